/**
 * How long an answer asks its caller to wait, in milliseconds; undefined if it does not say, or says nonsense. A date
 * counts from the server's own `Date` where there is one, since clocks differ.
 * @param {Headers} headers
 */
export function retryAfterMs(headers) {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = /[a-z]/i.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(until)) return undefined;
  const now = Date.parse(headers.get('date') ?? '');
  return Math.max(0, until - (Number.isNaN(now) ? Date.now() : now));
}
