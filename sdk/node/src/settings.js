import { dialectNamed } from './dialect.js';
import { invalidOptions } from './terapi_error.js';

const DEFAULT_HOST = 'http://127.0.0.1:3003';
const DEFAULT_TIMEOUT_MS = 60_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1; // a Node timer holds no more
const MOST_RETRIES = 20;

/**
 * What a client was made with, checked, with what the environment and the defaults add.
 * @param {import('../index.d.ts').TerapiOptions<any>} options
 * @param {Record<string, string | undefined>} environment process.env
 */
export function readSettings(options, environment) {
  const secretKey = options.secretKey || environment.TERAPI_SECRET_KEY;
  if (!secretKey) {
    throw invalidOptions('there is no secret key: give { secretKey }, or set TERAPI_SECRET_KEY');
  }
  return {
    secretKey,
    signingKey: options.webhookSigningKey || environment.TERAPI_SIGNING_KEY || secretKey,
    host: readHost(options.host || environment.TERAPI_BASE_URL || DEFAULT_HOST),
    fetch: options.fetch ?? globalThis.fetch,
    timeoutMs: readCount('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS, LONGEST_TIMEOUT_MS),
    retries: readCount('retries', options.retries ?? 0, MOST_RETRIES),
    dialect: dialectNamed(options.dialect ?? 'terapi'),
    parseJson: options.parseJson ?? JSON.parse,
  };
}

/** The base URL without a slash at its end: paths are put behind it. */
function readHost(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw invalidOptions(`host is ${JSON.stringify(text)}; expected a URL such as ${DEFAULT_HOST}`);
  }
  return url.href.replace(/\/+$/, '');
}

function readCount(name, value, most) {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw invalidOptions(`${name} is ${value}; expected a whole number from 0 to ${most}`);
}
