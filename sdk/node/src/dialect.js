import { invalidOptions } from './terapi_error.js';

/**
 * The names in which the two dialects differ.
 * @typedef {{ metadataKey: string, signatureHeader: string, proxyPrefix: string }} Dialect
 */
const DIALECTS = new Map([
  ['terapi', named('terapi', 'Terapi')],
  ['nango', named('nango', 'Nango')],
]);

function named(lower, upper) {
  return {
    metadataKey: `_${lower}_metadata`,
    signatureHeader: `x-${lower}-hmac-sha256`,
    proxyPrefix: `${upper}-Proxy-`,
  };
}

/**
 * @param {string} name 'terapi' or 'nango'
 * @returns {Dialect}
 */
export function dialectNamed(name) {
  const dialect = DIALECTS.get(name);
  if (!dialect) throw invalidOptions(`dialect is ${JSON.stringify(name)}; expected "terapi" or "nango"`);
  return dialect;
}
