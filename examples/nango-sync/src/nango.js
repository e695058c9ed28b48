// The official client, with the two things that it leaves to you: a time limit, and keeping the key at home.
import { Nango } from '@nangohq/node';

const WITHIN = 30_000; // milliseconds, from the request to the last byte of the answer
const MOST_BYTES = 128 << 20;

/**
 * @param {string} host       this one line is the difference between your machine and production
 * @param {string} apiKey
 * @param {string} signingKey  of webhooks; the secret key, unless your environment has one of its own
 */
export function makeNango(host, apiKey, signingKey = apiKey) {
  const bounded = (config) => ({
    ...config,
    signal: AbortSignal.timeout(WITHIN), // a server that never answers must not stop you for ever
    maxContentLength: MOST_BYTES,
    maxRedirects: 0, // the key goes to nobody else
  });
  return new Nango({ host, apiKey, webhookSigningKey: signingKey }, { interceptors: { request: bounded } });
}
