// The guide's steps, as a list that ticks itself off; gone once all are done.
import { h } from './dom.js';
import { href } from './router.js';
import { data } from './store.js';

const STEPS = [
  { title: 'Enable a sync template', about: 'Choose an integration; its templates are on its Endpoints tab.', link: href('integrations'),
    isDone: () => data.integrations.integrations.some(i => i.endpoints.some(e => e.type === 'sync' && e.enabled)) },
  { title: 'Set the webhook URL', about: 'Where Terapi tells your backend that there is something new.', link: href('environment'),
    isDone: () => data.environment.webhook_urls.length > 0 },
  { title: 'Receive a webhook', about: 'Verify its signature, answer with a 2xx, then fetch.', link: href('webhooks'),
    isDone: () => data.deliveries.items.some(d => d.state === 'delivered') },
  { title: 'Fetch records from a cursor', about: 'GET /records, from the cursor of the last record that you stored.', link: href('logs', 'requests'),
    isDone: () => data.requests.items.some(r => r.path === '/records' && r.query.includes('cursor=') && r.status === 200) },
];

const NEEDS = ['environment', 'deliveries', 'requests'];
let allDone = false;

export const firstStepsNeed = () => (allDone ? [] : NEEDS);

export function drawFirstSteps() {
  if (allDone || !NEEDS.every(name => data[name])) return null;
  const steps = STEPS.map(step => ({ ...step, done: step.isDone() }));
  allDone = steps.every(step => step.done);
  if (allDone) return null;
  const next = steps.find(step => !step.done);
  return h('section', { class: 'card first-steps', key: 'first-steps', 'aria-label': 'First steps' }, h('h2', {}, 'First steps'),
    h('ol', {}, steps.map((step, i) => h('li', { key: step.title, class: step.done ? 'done' : step === next ? 'next' : undefined },
      h('span', { class: 'number', 'aria-hidden': 'true' }, step.done ? '✓' : i + 1),
      h('div', { class: 'grow' }, h('a', { href: step.link }, step.title), h('span', { class: 'sr' }, step.done ? ' (done)' : ' (to do)'), h('p', { class: 'muted' }, step.about))))));
}
