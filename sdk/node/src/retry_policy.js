const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How many milliseconds to wait before a call is made again; null when it must not be. A 429 was not carried out, so any
 * call may be repeated after it. After anything else only a read may: nobody knows what became of a write.
 * @param {import('./terapi_error.js').TerapiError} error why it failed
 * @param {string} method
 * @param {number} failures how often it has failed before
 * @param {() => number} [random] from 0 to 1
 */
export function delayBeforeRetry(error, method, failures, random = Math.random) {
  const passes = error.status === undefined ? ['network_error', 'timeout'].includes(error.code) : error.status >= 500;
  const repeatable = error.status === 429 || (passes && (method === 'GET' || method === 'HEAD'));
  const asked = error.retryAfterMs ?? 0;
  if (!repeatable || asked > LONGEST_RETRY_AFTER_MS) return null;
  const backOff = Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS) * (0.5 + random() / 2);
  return Math.max(asked, backOff);
}
