import { createHmac, timingSafeEqual } from 'node:crypto';

import { invalidOptions } from './terapi_error.js';

/**
 * Whether one of a header's signatures is that of these very bytes. While a key is rotated there are several, with commas
 * between. How long it takes tells nothing about the right signature.
 * @param {string | Uint8Array} rawBody as it came, before it is parsed
 * @param {string} header
 * @param {string} signingKey
 */
export function isSignedWith(rawBody, header, signingKey) {
  if (typeof rawBody !== 'string' && !(rawBody instanceof Uint8Array)) {
    throw invalidOptions('the raw body of a webhook is a string or bytes; a parsed body is not what was signed');
  }
  const expected = createHmac('sha256', signingKey).update(rawBody).digest();
  const matches = header.split(',').map((text) => isDigest(text.trim(), expected));
  return matches.includes(true);
}

function isDigest(text, expected) {
  if (!/^[0-9a-f]{64}$/i.test(text)) return false; // its form is no secret
  return timingSafeEqual(Buffer.from(text, 'hex'), expected);
}

/**
 * The values of a header, joined by commas; '' if there is none.
 * @param {Headers | Record<string, string | string[] | undefined>} headers
 * @param {string} name in lower case
 */
export function headerNamed(headers, name) {
  const pairs = typeof headers?.entries === 'function' ? [...headers.entries()] : Object.entries(headers ?? {});
  const found = pairs.filter(([key]) => key.toLowerCase() === name);
  return found.flatMap(([, value]) => value ?? []).join(',');
}
