// What fault rules can be about and do: the choices of the form, and the rules in words.
import { span, durationMs } from './format.js';

export const ON = {
  api: { title: 'API requests', one: 'request to the API', match: ['method', 'path', 'integration', 'connection', 'model', 'variant', 'cursor'] },
  webhook: { title: 'Webhooks', one: 'webhook attempt', match: ['attempt', 'type', 'url', 'integration', 'connection', 'model', 'variant', 'delivery'] },
  upstream: { title: 'External API', one: 'request to an external API', match: ['method', 'path', 'integration', 'connection', 'collection'] },
  store: { title: 'Records store', one: 'run’s saves', match: ['integration', 'connection', 'model', 'variant', 'sync'] },
};

const length = text => (Number.isNaN(durationMs(text)) ? text : span(durationMs(text)));
const wire = ['api', 'upstream'];

// name → title, where it can be used, the kind of its value with one to begin with, and what it does in words.
export const DO = {
  status: { title: 'Answer a status', on: wire, kind: 'integer', value: '503', words: x => `answers ${x}` },
  reset: { title: 'Reset the connection', on: wire, kind: 'flag', words: () => 'resets the connection' },
  delay: { title: 'Delay', on: [...wire, 'webhook'], kind: 'duration', value: '2s', words: x => `delays by ${length(x)}` },
  truncate_after: { title: 'Break off the body', on: wire, kind: 'integer', value: '40', unit: 'bytes', words: x => `breaks off after ${x} bytes` },
  stall: { title: 'Stall half-way', on: wire, kind: 'duration', value: '30s', words: x => `stalls half-way for ${length(x)}` },
  drip: { title: 'Drip slowly', on: wire, kind: 'text', value: '100B/s', words: x => `drips at ${x}` },
  stale: { title: 'Stale records', on: ['api'], kind: 'duration', value: '5s', words: x => `shows records of ${length(x)} ago` },
  drop: { title: 'Lose it', on: ['webhook'], kind: 'flag', words: () => 'is lost' },
  duplicate: { title: 'Send it several times', on: ['webhook'], kind: 'integer', value: '3', unit: 'times', words: x => `is sent ${x} times` },
  reorder: { title: 'Change places', on: ['webhook'], kind: 'flag', words: () => 'changes places with another' },
  forge: { title: 'Forge', on: ['webhook'], kind: 'choice', value: 'signature', choices: ['signature', 'body'], words: x => `has a forged ${x}` },
  before_commit: { title: 'Send before its data', on: ['webhook'], kind: 'duration', value: '1s', words: x => `is sent ${x === true ? 'a second' : length(x)} before its data` },
  late_commit: { title: 'Commit late', on: ['store'], kind: 'duration', value: '10s', words: x => `become visible ${length(x)} later` },
};

const ordinal = n => `${n}${{ 1: 'st', 2: 'nd', 3: 'rd' }[n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`;

function whichOnes({ nth, every, probability, times }) {
  const often = nth ? `The ${nth.map(ordinal).join(', ')}` : every ? `Every ${ordinal(every)}` : probability !== undefined ? `${+(probability * 100).toFixed(2)} % of each` : 'Each';
  return { often, most: times ? `, ${times === 1 ? 'once' : `${times} times`} at most` : '' };
}

// "The 3rd request to an external API where collection is invoices answers 502"
export function inWords(rule) {
  const { often, most } = whichOnes(rule);
  const where = Object.entries(rule.match ?? {}).map(([name, pattern]) => `${name} is ${pattern === '' ? 'empty' : pattern}`).join(' and ');
  const does = Object.entries(rule.do).filter(([name]) => DO[name]).map(([name, value]) => DO[name].words(value)).join(' and ');
  return `${often} ${ON[rule.on]?.one ?? rule.on}${where ? ` where ${where}` : ''} ${does || 'is struck'}${most}`;
}

export const PRESETS = [
  ['A run fails half-way', { id: 'half-way', on: 'upstream', nth: [3], do: { status: 502 } }],
  ['503 once', { id: '503-once', on: 'api', match: { path: '/records' }, times: 1, do: { status: 503 } }],
  ['429, wait 3 s', { id: 'slow-down', on: 'api', match: { path: '/records' }, times: 2, do: { status: 429, headers: { 'Retry-After': '3' } } }],
  ['Pages break off', { id: 'short', on: 'api', match: { path: '/records' }, every: 3, do: { truncate_after: 200 } }],
  ['Lose webhooks', { id: 'lost', on: 'webhook', match: { attempt: 1 }, every: 2, do: { drop: true } }],
  ['Webhooks thrice', { id: 'echo', on: 'webhook', do: { duplicate: 3 } }],
  ['Forged signature', { id: 'forged', on: 'webhook', times: 1, do: { forge: 'signature' } }],
  ['Late commit', { id: 'overlap', on: 'store', do: { late_commit: '10s' } }],
];
