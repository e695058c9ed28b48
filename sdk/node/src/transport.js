import { setTimeout as sleep } from 'node:timers/promises';

import { Answer } from './answer.js';
import { nameOf, toFetch } from './request.js';
import { delayBeforeRetry } from './retry_policy.js';
import { TerapiError } from './terapi_error.js';

// What fetch calls its own time-outs: to connect, until the headers, between two pieces of the body.
const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** Makes calls over HTTP, with the key, the time-out and the retries of a client. */
export class Transport {
  #settings;
  #sleep;

  /**
   * @param {ReturnType<typeof import('./settings.js').readSettings>} settings
   * @param {(ms: number) => Promise<unknown>} [wait]
   */
  constructor(settings, wait = sleep) {
    this.#settings = settings;
    this.#sleep = wait;
  }

  /**
   * The whole answer to a call; throws a TerapiError for any that is not 2xx, or not whole.
   * @param {import('./request.js').Call} call
   * @returns {Promise<Answer>}
   */
  async send(call) {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#sendOnce(call);
      } catch (error) {
        const delay = failures < this.#settings.retries ? delayBeforeRetry(error, call.method, failures) : null;
        if (delay === null) throw error;
        await this.#sleep(delay);
      }
    }
  }

  /**
   * What the API answers to a call, as a value.
   * @param {import('./request.js').Call} call
   * @returns {Promise<any>}
   */
  async ask(call) {
    const answer = await this.send(call);
    return answer.json(this.#settings.parseJson);
  }

  async #sendOnce(call) {
    const [url, init] = toFetch(call, this.#settings);
    const answer = await this.#receive(call, url, init);
    if (answer.isGood) return answer;
    throw answer.refusal(this.#settings.secretKey);
  }

  async #receive(call, url, init) {
    const { fetch, timeoutMs } = this.#settings;
    const signal = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined; // for the body, too
    try {
      const response = await fetch(url, { ...init, signal });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return new Answer(call, { status: response.status, headers: response.headers, bytes });
    } catch (cause) {
      throw failure(call, timeoutMs, cause);
    }
  }
}

// There is no answer, or not all of one.
function failure(call, timeoutMs, cause) {
  if (cause?.name === 'TimeoutError') {
    return new TerapiError(`${nameOf(call)} took longer than ${timeoutMs} ms`, { code: 'timeout', cause });
  }
  const reason = cause?.cause ?? cause;
  const code = TIMEOUTS.has(reason?.code) ? 'timeout' : 'network_error';
  const why = reason?.message || reason?.code || String(reason);
  return new TerapiError(`${nameOf(call)} failed: ${why}`, { code, cause });
}
