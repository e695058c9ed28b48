import { nameOf } from './request.js';
import { retryAfterMs } from './retry_after.js';
import { TerapiError } from './terapi_error.js';

/** A whole answer over HTTP: it has arrived to its last byte. */
export class Answer {
  /**
   * @param {import('./request.js').Call} call what was asked
   * @param {{ status: number, headers: Headers, bytes: Uint8Array }} parts
   */
  constructor(call, { status, headers, bytes }) {
    this.call = call;
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  get isGood() {
    return this.status >= 200 && this.status < 300;
  }

  /** Its body as text. Bytes that are no UTF-8 are an error: they must not be stored as something else. */
  text() {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes);
    } catch (cause) {
      throw this.invalid('the body is not UTF-8', cause);
    }
  }

  /**
   * Its body as a value; undefined for an answer that has none (204).
   * @param {(text: string) => unknown} parse
   */
  json(parse) {
    if (this.status === 204 && this.bytes.length === 0) return undefined;
    const text = this.text();
    try {
      return parse(text);
    } catch (cause) {
      throw this.invalid('the body is not JSON', cause);
    }
  }

  /**
   * The error of an answer that says something impossible.
   * @param {string} why
   * @param {unknown} [cause]
   */
  invalid(why, cause) {
    const message = `${nameOf(this.call)} answered ${this.status}, but ${why}`;
    return new TerapiError(message, { code: 'invalid_answer', status: this.status, cause });
  }

  /**
   * The error that an answer outside 2xx is.
   * @param {string} secretKey is taken out: a server may repeat it, and errors end up in logs
   */
  refusal(secretKey) {
    const text = withoutKey(new TextDecoder().decode(this.bytes), secretKey);
    const body = parsedIfJson(text);
    const error = body?.error ?? body;
    const code = typeof error?.code === 'string' ? error.code : 'http_error';
    const errors = Array.isArray(error?.errors) ? error.errors : [];
    const message = `${nameOf(this.call)} answered ${this.status} ${code}${said(error, errors)}`;
    return new TerapiError(message, {
      code,
      status: this.status,
      errors,
      body,
      retryAfterMs: retryAfterMs(this.headers),
    });
  }
}

// A short key is a word of some test: it would be taken out of other words.
function withoutKey(text, key) {
  return key.length < 16 ? text : text.replaceAll(key, '(key)');
}

function parsedIfJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// What the server says about its refusal, to put behind the status.
function said(error, errors) {
  const issues = errors.map((issue) => `${[issue?.path ?? []].flat().join('.')}: ${issue?.message}`);
  const message = [error?.message, error].find((text) => typeof text === 'string') ?? issues.join('; ');
  return message && `: ${message.slice(0, 500)}`;
}
