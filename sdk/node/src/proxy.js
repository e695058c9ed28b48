import { invalidOptions } from './terapi_error.js';
import { connectionHeaders } from './request.js';
import { required } from './required.js';

const METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);
const RESPONSE_TYPES = new Set([undefined, 'json', 'text', 'arraybuffer']);
const AS_THEY_ARE = new Set(['content-type', 'accept']); // the API passes these two on itself

/** Calls of an external API, which Terapi makes with the connection's credentials. */
export class Proxy {
  #transport;
  #settings;

  /**
   * @param {import('./transport.js').Transport} transport
   * @param {{ dialect: import('./dialect.js').Dialect, parseJson: (text: string) => any }} settings
   */
  constructor(transport, settings) {
    this.#transport = transport;
    this.#settings = settings;
  }

  /** What the external API answers, `{ status, headers, data }`; a TerapiError for a status outside 2xx. */
  async send(options) {
    required('proxy', options, ['providerConfigKey', 'connectionId', 'endpoint']);
    const { responseType } = options;
    if (!RESPONSE_TYPES.has(responseType)) {
      throw invalidOptions(`proxy: responseType is ${responseType}; expected "json", "text" or "arraybuffer"`);
    }
    const answer = await this.#transport.send({
      method: methodOf(options),
      path: pathOf(options),
      headers: headersOf(options, this.#settings.dialect.proxyPrefix),
      ...bodyOf(options.data),
    });
    const data = dataOf(answer, responseType, this.#settings.parseJson);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), data };
  }
}

function methodOf({ method = 'GET', data }) {
  const verb = String(method).toUpperCase();
  if (!METHODS.has(verb)) throw invalidOptions(`proxy: method is ${JSON.stringify(method)}; it cannot be passed on`);
  if (data !== undefined && (verb === 'GET' || verb === 'HEAD')) {
    throw invalidOptions(`proxy: ${verb} carries no data; put it into params`);
  }
  return verb;
}

function pathOf({ endpoint, params }) {
  const path = `/proxy/${endpoint.replace(/^\//, '').replaceAll('#', '%23')}`;
  // Dots in it may not lead out of the proxy, to the API itself.
  if (!new URL(path, 'http://localhost').pathname.startsWith('/proxy/')) {
    throw invalidOptions(`proxy: endpoint is ${JSON.stringify(endpoint)}, which leads elsewhere`);
  }
  const query = queryOf(params);
  return query ? `${path}${endpoint.includes('?') ? '&' : '?'}${query}` : path;
}

function queryOf(params = {}) {
  if (typeof params === 'string') return params.replace(/^\?/, '');
  if (params instanceof URLSearchParams) return params.toString();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) query.append(name, one);
  }
  return query.toString();
}

function headersOf(options, prefix) {
  const passedOn = Object.entries(options.headers ?? {}).map(([name, value]) => {
    return [AS_THEY_ARE.has(name.toLowerCase()) ? name : prefix + name, value];
  });
  return {
    ...connectionHeaders(options),
    Accept: '*/*',
    'Base-Url-Override': options.baseUrlOverride,
    Retries: options.retries,
    'Retry-On': options.retryOn?.join(','),
    Decompress: options.decompress,
    ...Object.fromEntries(passedOn),
  };
}

// What fetch knows how to send goes as it is; any other value goes as JSON.
function bodyOf(data) {
  const isForFetch = [URLSearchParams, FormData, Blob, ArrayBuffer].some((type) => data instanceof type);
  if (typeof data === 'string' || isForFetch || ArrayBuffer.isView(data)) return { body: data };
  if (data instanceof ReadableStream || typeof data?.pipe === 'function') {
    throw invalidOptions('proxy: data is a stream; read it first, and give its bytes');
  }
  return { json: data };
}

function dataOf(answer, responseType, parseJson) {
  const isJson = /\bjson\b/i.test(answer.headers.get('content-type') ?? '');
  switch (responseType ?? (isJson ? 'json' : 'text')) {
    case 'arraybuffer': {
      const { buffer, byteOffset, byteLength } = answer.bytes;
      return buffer.slice(byteOffset, byteOffset + byteLength);
    }
    case 'json':
      return answer.bytes.length === 0 ? null : answer.json(parseJson);
    default:
      return answer.text();
  }
}
