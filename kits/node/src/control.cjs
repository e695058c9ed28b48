'use strict';

// The control API, over connections that are kept.
const http = require('node:http');

const { SimulatorError, invalidOptions } = require('./simulator_error.cjs');

class Control {
  #base;
  #child;
  #agent = new http.Agent({ keepAlive: true }); // what it keeps does not keep Node alive

  /**
   * @param {string} url of the simulator
   * @param {Pick<import('./child.cjs').Child, 'gone' | 'goneSoon'>} child asked when nobody answers
   */
  constructor(url, child) {
    this.#base = `${url}/_simulator`;
    this.#child = child;
  }

  /**
   * What is answered: parsed if it is JSON, else text; undefined if it is empty.
   * @param {string} method
   * @param {string} where below /_simulator, with its query
   * @param {unknown} [body] JSON, unless it is a text
   */
  async call(method, where, body) {
    if (!where.startsWith('/')) throw invalidOptions(`${method} ${where}: expected a path that begins with /, as in /faults`);
    const gone = this.#child.gone();
    if (gone) throw gone;
    const { status, type, text } = await this.#ask(method, where, body);
    const value = type?.startsWith('application/json') ? parsed(text) : text;
    if (status < 400) return value === '' ? undefined : value;
    throw refusal(`${method} /_simulator${where}`, status, value);
  }

  async #ask(method, where, body) {
    for (let repeated = false; ; repeated = true) {
      try {
        return await this.#send(method, where, body);
      } catch (error) {
        if (error instanceof SimulatorError) throw error;
        if (error.canRepeat && !repeated) continue;
        const gone = await this.#child.goneSoon();
        if (gone) throw gone;
        const message = `${method} /_simulator${where}: ${error.message || error.code}`;
        throw new SimulatorError(message, { code: 'network_error', cause: error });
      }
    }
  }

  #send(method, where, body) {
    const text = body === undefined || typeof body === 'string' ? body : written(body);
    const headers = {};
    if (text !== undefined) {
      headers['Content-Type'] = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
      headers['Content-Length'] = Buffer.byteLength(text);
    }
    return new Promise((resolve, reject) => {
      const request = http.request(this.#base + where, { method, headers, agent: this.#agent });
      let answered = false;
      const fail = (error) => {
        // A connection that was closed while nobody used it: the request never arrived.
        error.canRepeat = request.reusedSocket && !answered && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(error);
      };
      request.on('error', fail);
      request.on('response', (response) => {
        answered = true;
        let got = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => (got += piece));
        response.on('error', fail);
        response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], text: got }));
      });
      request.end(text);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

function written(body) {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw invalidOptions(`what is sent has to be JSON: ${error.message}`);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(what, status, value) {
  const { code = 'http_error', message, errors = [] } = value?.error ?? {};
  const why = errors.length > 0 ? errors.map((issue) => issue.message).join('; ') : (message ?? String(value));
  return new SimulatorError(`${what}: ${status} ${code}: ${why}`, { code, status, errors });
}

/**
 * "?state=failed&limit=3", without what is undefined; "" if all is.
 * @param {Record<string, unknown>} parameters
 */
function queryOf(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}

module.exports = { Control, queryOf };
