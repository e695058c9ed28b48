// One webhook: its attempts, what was sent and answered, whether the signature is right, sending it again.
import { act } from './act.js';
import { control, get, query, segment } from './api.js';
import { h } from './dom.js';
import { plural, span, streamName } from './format.js';
import { jsonText } from './json_text.js';
import { badge, copyButton, facts, loading, time } from './parts.js';
import { redraw } from './redraw.js';
import { href } from './router.js';
import { checkSignatures } from './signature.js';
import { data } from './store.js';
import { outcome, timeline } from './timeline.js';

const STATES = {
  delivered: ['good', 'delivered'], failed: ['bad', 'failed'], dropped: ['warn', 'dropped'],
  pending: ['wait', 'pending'], in_flight: ['wait', 'in flight'], held: ['wait', 'held'],
};

export const stateBadge = d => badge(...(STATES[d.state] ?? ['info', d.state]));

const details = new Map(); // id → { mark, body, headers, answers, signatures }

// Bodies never change, but after a reset an id may come again with another one.
const markOf = d => [d.created_at, d.run_id, d.url, d.attempts_made, data.environment?.signing_key].join();

async function load(delivery) {
  const { id } = delivery;
  const mark = markOf(delivery);
  details.set(id, { ...details.get(id), mark });
  try {
    const { body, headers, attempts } = await get(`deliveries/${segment(id)}`);
    details.set(id, { mark, body, headers, answers: attempts.map(a => a.response_headers), signatures: await checkSignatures({ headers, body }, await get(`environment${query({ environment: delivery.environment })}`)) });
  } catch (problem) {
    details.set(id, { mark, problem: problem.message });
  }
  redraw();
}

export async function resend(delivery) {
  await control('POST', `deliveries/${segment(delivery.id)}/resend`);
  return 'It goes out again';
}

function drawSignatures(detail) {
  if (!detail.signatures.length) return h('p', { class: 'muted' }, 'This browser checks signatures on secure or local addresses only.');
  return h('ul', { class: 'signatures' }, detail.signatures.map(s => h('li', { key: s.name },
    h('p', { class: 'row' }, s.verdict === 'right' ? badge('good', 'Signature matches') : badge('bad', 'Not of the present key'), h('code', {}, s.name)),
    h('p', { class: 'muted small' }, s.how), h('div', { class: 'code-line' }, h('code', { class: 'wrap' }, s.value), copyButton(s.value, 'Copy', `Copy ${s.name}`)))));
}

const headerList = fields => h('dl', { class: 'headers' },
  fields.map(([name, value], i) => h('div', { key: `${name} ${i}` }, h('dt', {}, h('code', {}, name)), h('dd', {}, h('code', { class: 'wrap' }, value)))));

// As it left; the number of its attempt is another one each time.
function drawRequest(delivery, detail) {
  const last = delivery.attempts.at(-1)?.number ?? 1;
  const product = data.ready?.dialect === 'nango' ? 'Nango' : 'Terapi';
  const sent = [['Content-Type', 'application/json'], ...Object.entries(detail.headers), [`X-${product}-Delivery`, delivery.id],
    [`X-${product}-Attempt`, last > 1 ? `${delivery.attempts[0].number} to ${last}` : String(last)]];
  return [
    h('section', { key: 'request', 'aria-label': 'Request' }, h('h3', {}, 'Request'),
      h('p', { class: 'request-line' }, h('code', { class: 'wrap' }, `POST ${delivery.url}`)),
      headerList(sent),
      jsonText(detail.body, 'Body of the webhook')),
    h('section', { key: 'signature', 'aria-label': 'Signature' }, h('h3', {}, 'Signature'), drawSignatures(detail)),
  ];
}

// What was answered has a line of its own, on demand.
function headersRow(attempt, headers) {
  return h('tr', { key: `${attempt.number} headers`, class: 'more' }, h('td', {}), h('td', { colspan: '5' },
    h('details', {}, h('summary', {}, plural(headers.length, 'header'), h('span', { class: 'sr' }, ` of the response to attempt ${attempt.number}`)), headerList(headers))));
}

function attemptRows(attempt, first, headers) {
  const { kind, word } = outcome(attempt);
  return [h('tr', { key: attempt.number }, h('td', { class: 'n' }, attempt.number), h('td', {}, time(attempt.at)),
    h('td', { class: 'n' }, attempt.number === first.number ? '' : `+${span(Date.parse(attempt.at) - Date.parse(first.at))}`),
    h('td', {}, badge(kind, word), attempt.fault && badge('warn', `fault ${attempt.fault}`)), h('td', { class: 'n' }, span(attempt.duration_ms)),
    h('td', { class: 'answer' }, attempt.response_body ? h('code', { class: 'wrap' }, attempt.response_body) : h('span', { class: 'muted' }, attempt.status ? 'empty' : '–'))),
  headers?.length > 0 && headersRow(attempt, headers)];
}

function drawAttempts(delivery, answers) {
  if (!delivery.attempts.length) return null;
  const titles = ['#', 'Sent', 'After', 'Response', 'Took', 'Body'];
  return h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Table of attempts' }, h('table', {}, h('caption', { class: 'sr' }, 'Attempts and responses'),
    h('thead', {}, h('tr', {}, titles.map(t => h('th', { scope: 'col', key: t }, t)))),
    h('tbody', {}, delivery.attempts.map((a, i) => attemptRows(a, delivery.attempts[0], answers?.[i])))));
}

export function drawDelivery(delivery) {
  if (details.get(delivery.id)?.mark !== markOf(delivery)) load(delivery);
  const detail = details.get(delivery.id);
  const isBusy = ['pending', 'in_flight'].includes(delivery.state);
  const why = delivery.held_by ? `held by ${delivery.held_by}` : delivery.dropped_by ? `lost by fault ${delivery.dropped_by}` : null;
  return h('article', { key: `delivery-${delivery.id}` },
    h('header', { class: 'detail-head', key: 'head' }, h('h2', {}, `${delivery.type} webhook`), stateBadge(delivery), why && h('span', { class: 'muted' }, why),
      h('span', { class: 'grow' }),
      h('button', { type: 'button', class: 'primary', disabled: isBusy, title: isBusy ? 'An attempt is due already' : undefined, onclick: () => act(() => resend(delivery)) }, 'Resend')),
    facts([['Stream', delivery.model ? h('a', { href: href('connections', delivery.integration, delivery.connection, 'records', delivery.model, delivery.variant) }, streamName(delivery)) : streamName(delivery)],
      ['To', h('code', { class: 'wrap' }, delivery.url)], ['Created', time(delivery.created_at)],
      ['Delivery', h('code', { class: 'wrap' }, delivery.id)], delivery.run_id && ['Run', h('code', { class: 'wrap' }, delivery.run_id)]]),
    h('section', { key: 'attempts', 'aria-label': 'Attempts' }, h('h3', {}, `Attempts (${delivery.attempts_made})`,
      delivery.next_attempt_at && h('span', { class: 'muted' }, ' next ', time(delivery.next_attempt_at))),
      timeline(delivery), drawAttempts(delivery, detail.answers),
      delivery.attempts_made > delivery.attempts.length && h('p', { class: 'muted' }, `The last ${plural(delivery.attempts.length, 'attempt')} of ${delivery.attempts_made}`)),
    detail.problem ? h('p', { class: 'trouble' }, detail.problem) : detail.body === undefined ? loading('the delivery') : drawRequest(delivery, detail),
    data.environment?.standard_webhooks && h('p', { class: 'muted small' }, 'Standard Webhooks headers are sent beside these, each attempt its own.'));
}
