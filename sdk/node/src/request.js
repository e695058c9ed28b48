import { invalidOptions } from './terapi_error.js';
import { VERSION } from './version.js';

/**
 * A call of the API, before it is a request over HTTP.
 * @typedef {object} Call
 * @property {string} method in capitals
 * @property {string} path from `/`, percent-encoded
 * @property {[string, unknown][]} [query] a list is repeated; what is undefined or null is left out
 * @property {Record<string, unknown>} [headers] what is undefined or null is left out
 * @property {unknown} [json] the body, as a value
 * @property {BodyInit} [body] the body, as it is sent
 */

/**
 * The two headers that name a connection.
 * @param {{ providerConfigKey: string, connectionId: string }} options
 */
export function connectionHeaders({ providerConfigKey, connectionId }) {
  return { 'Provider-Config-Key': providerConfigKey, 'Connection-Id': connectionId };
}

/**
 * A call in a message. Without its query, which may say what is nobody's business.
 * @param {Call} call
 */
export function nameOf({ method, path }) {
  return `${method} ${path.replace(/\?.*/s, '')}`;
}

/**
 * One part of a path. `.` and `..` are refused, since a URL would lead elsewhere with them.
 * @param {string} name what it is, for the message
 * @param {string} value
 */
export function pathPart(name, value) {
  if (value === '.' || value === '..') throw invalidOptions(`${name} is "${value}", which cannot be in a path`);
  return percentEncode(value);
}

/**
 * What `fetch` takes for a call.
 * @param {Call} call
 * @param {{ host: string, secretKey: string }} settings
 * @returns {[string, RequestInit]}
 */
export function toFetch(call, { host, secretKey }) {
  const headers = toHeaders({
    Accept: 'application/json',
    Authorization: `Bearer ${secretKey}`,
    'User-Agent': `terapi-node/${VERSION}`,
    ...(call.json === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...call.headers,
  });
  const body = call.json === undefined ? call.body : toJson(call.json);
  // The key is for this server alone, so nothing follows a redirect with it.
  return [host + call.path + toQuery(call.query ?? []), { method: call.method, headers, body, redirect: 'manual' }];
}

function toQuery(query) {
  const pairs = query.flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const given = pairs.filter(([, value]) => value !== undefined && value !== null);
  const text = given.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
  return text && `?${text}`;
}

function toHeaders(values) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    try {
      // Its bytes: Headers takes no character beyond U+00FF, and a connection's id may have one.
      headers.set(name, Buffer.from(String(value)).toString('latin1'));
    } catch {
      // Without the cause, which would say the value: it may be the key.
      throw invalidOptions(`the header ${JSON.stringify(name)} has a name or a value that cannot be sent`);
    }
  }
  return headers;
}

function toJson(value) {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw invalidOptions(`the body cannot be written as JSON: ${cause.message}`, cause);
  }
}

function percentEncode(value) {
  try {
    return encodeURIComponent(value);
  } catch (cause) {
    throw invalidOptions('a text with half a surrogate pair cannot be in a URL', cause);
  }
}
