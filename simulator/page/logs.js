// Tab Logs: what the simulator did, and what callers of the API asked for.
import { act } from './act.js';
import { query } from './api.js';
import { h } from './dom.js';
import { fullTime, msOf, plural, span, streamName } from './format.js';
import { jsonText } from './json_text.js';
import { decodeCursor } from './cursor.js';
import { rowHeight } from './narrow.js';
import { countsOf, drawOperation, outcomeBadge, streamOf } from './operation.js';
import { badge, empty, facts, input, loading, pageHead, select, split, subTabs, time } from './parts.js';
import { redraw } from './redraw.js';
import { go, href, replace } from './router.js';
import { askForLogs, data, now } from './store.js';
import { virtualList } from './virtual.js';

const wanted = { text: '', level: 'info', kind: '', outcome: '', since: '', requests: '', status: '' };

export const view = {
  needs: ({ parts }) => ['logs', 'requests'].filter(name => name === (parts[0] === 'requests' ? 'requests' : 'logs') || !data[name]),
  draw: ({ parts: [sub = 'operations', chosen] }) => {
    const isRequests = sub === 'requests';
    return [
      pageHead('Logs', { about: 'Runs, deliveries, actions and calls of the proxy with their steps; and every request to the API.' }),
      subTabs('Kinds of logs', [
        { title: 'Operations', link: href('logs'), isCurrent: !isRequests, count: data.logs?.items.length },
        { title: 'Requests', link: href('logs', 'requests'), isCurrent: isRequests, count: data.requests?.items.length },
      ]),
      isRequests ? drawRequests(chosen) : drawOperations(chosen),
    ];
  },
};

const set = name => event => {
  wanted[name] = event.target.value;
  redraw();
};

// --- operations: the simulator chooses, so that what is shown is the newest of these, however many others there are -----

const KINDS = ['run', 'delivery', 'action', 'proxy', 'event'];
const SINCE = [['', 'All times'], ['60000', 'Last minute'], ['3600000', 'Last hour'], ['86400000', 'Last day']];
const TYPING = 250;
let typing = 0;

const asked = () => query({
  level: wanted.level, kind: wanted.kind, outcome: wanted.outcome, text: wanted.text,
  from: wanted.since && now() && new Date(msOf(now()) - Number(wanted.since)).toISOString(),
}).slice(1);

const choose = (name, wait = 0) => event => {
  wanted[name] = event.target.value;
  clearTimeout(typing);
  typing = setTimeout(() => act(async () => askForLogs(asked())), wait);
};
askForLogs(asked());

function whatItIs(o) {
  switch (o.kind) {
    case 'run': return [o.sync, countsOf(o) || (o.event === 'run.idle' ? 'nothing new' : '')];
    case 'delivery': return [`${o.fields.type} webhook`, o.fields.url];
    case 'event': return [o.message, Object.values(o.fields).join('  ')];
    default: return [o.name, ''];
  }
}

function drawRow(o) {
  const [title, more] = whatItIs(o);
  return [
    h('span', { class: 'c-state' }, outcomeBadge(o)), h('span', { class: 'c-kind' }, h('code', {}, o.kind === 'event' ? o.event : o.kind)),
    h('span', { class: 'c-main' }, title, ' ', h('span', { class: o.error ? 'error' : 'muted' }, o.error ?? more)),
    h('span', { class: 'c-mid' }, streamOf(o)), h('span', { class: 'c-num' }, o.kind === 'event' || o.duration_ms === null ? '' : span(o.duration_ms)),
    h('span', { class: 'c-end' }, time(o.at)),
  ];
}

// What was let go of the kinds that are shown.
const dropped = () => data.logs.retention.filter(r => !wanted.kind || r.kind.split('.')[0] === wanted.kind).reduce((sum, r) => sum + r.dropped, 0);

let newestFirst = {};
function itemsNow() {
  if (newestFirst.from !== data.logs) newestFirst = { from: data.logs, items: [...data.logs.items].reverse() };
  return newestFirst.items;
}

function drawOperations(chosen) {
  if (!data.logs) return loading('logs');
  const items = itemsNow();
  const number = Number(chosen);
  const operation = chosen && items.find(o => o.id === number);
  const list = virtualList({
    key: 'operations', label: 'Operations', items, keyOf: o => o.id, draw: drawRow, selected: number, rowHeight: rowHeight(32, 56),
    onpick: o => (chosen ? replace : go)('logs', 'operations', String(o.id)), empty: 'No operation like that',
  });
  const words = choices => choices.map(word => [word, word.replace('_', ' ')]);
  return [
    h('div', { class: 'bar', key: 'bar-operations' },
      input('text', wanted.text, { type: 'search', placeholder: 'Filter by stream, id, error…', 'aria-label': 'Filter operations by text', oninput: choose('text', TYPING) }),
      select('kind', [['', 'All kinds'], ...words(KINDS)], wanted.kind, { 'aria-label': 'Kind', onchange: choose('kind') }),
      select('level', [['', 'All levels'], ['info', 'info and above'], ['warning', 'warning and above'], ['error', 'error']], wanted.level, { 'aria-label': 'Level', onchange: choose('level') }),
      select('outcome', [['', 'All outcomes'], ...words(['running', 'success', 'failure', 'dropped', 'cut_off'])], wanted.outcome, { 'aria-label': 'Outcome', onchange: choose('outcome') }),
      select('since', SINCE, wanted.since, { 'aria-label': 'When', onchange: choose('since') }),
      h('span', { class: 'muted', role: 'status' }, plural(items.length, 'operation'), dropped() > 0 && `; ${dropped().toLocaleString('en')} older let go`)),
    h('div', { class: 'fill rows-operations', key: 'fill-operations' }, split(list, operation && drawOperation(operation), href('logs'))),
  ];
}

// --- requests -----------------------------------------------------------------------------------------------------------

const statusBadge = r => badge(r.status >= 500 || r.status === 0 ? 'bad' : r.status >= 400 ? 'warn' : 'good', String(r.status || 'none'));

const drawRequest = r => [
  h('span', { class: 'c-state' }, statusBadge(r)), h('span', { class: 'c-kind' }, h('code', {}, r.method)),
  h('span', { class: 'c-main' }, h('code', {}, r.path, r.query && h('span', { class: 'muted' }, `?${r.query}`)), r.fault && badge('warn', `fault ${r.fault}`)),
  h('span', { class: 'c-mid' }, r.integration && streamName(r)), h('span', { class: 'c-end' }, time(r.at)),
];

function cursorFacts(r) {
  const cursor = new URLSearchParams(r.query).get('cursor');
  const decoded = cursor && decodeCursor(cursor);
  return decoded ? ['Cursor asked from', h('code', { class: 'wrap' }, decoded.text)] : null;
}

const requestDetail = r => h('article', { key: `request-${r.id}` },
  h('header', { class: 'detail-head' }, h('h2', {}, h('code', { class: 'wrap' }, `${r.method} ${r.path}`)), statusBadge(r)),
  facts([['Request', `#${r.id}`], ['At', fullTime(r.at)], ['Stream', r.integration && streamName(r)], ['From', r.remote], r.error && ['Error', h('code', {}, r.error)],
    r.fault && ['Fault', h('a', { href: href('faults') }, r.fault)], ['Records', r.records], cursorFacts(r), r.next_cursor && ['Next cursor', h('code', { class: 'wrap' }, r.next_cursor)]]),
  r.query && h('section', { 'aria-label': 'Query' }, h('h3', {}, 'Query'), jsonText(JSON.stringify(Object.fromEntries(new URLSearchParams(r.query))), 'Query of the request')));

const STATUSES = { '': () => true, ok: r => r.status < 400 && r.status > 0, bad: r => r.status >= 400 || r.status === 0, fault: r => r.fault };
let requests = {};
function requestsNow() {
  const key = `${wanted.requests}\n${wanted.status}`;
  if (requests.from !== data.requests || requests.key !== key) {
    const text = wanted.requests.toLowerCase();
    const items = data.requests.items.filter(r => STATUSES[wanted.status](r)
      && (!text || `${r.method} ${r.path}?${r.query} ${r.status} ${r.error ?? ''} ${streamName(r)} ${r.fault ?? ''}`.toLowerCase().includes(text)));
    requests = { from: data.requests, key, items: items.reverse() };
  }
  return requests.items;
}

function drawRequests(chosen) {
  if (!data.requests) return loading('requests');
  const items = requestsNow();
  const number = Number(chosen);
  const request = chosen && data.requests.items.find(r => r.id === number);
  if (!data.requests.items.length) return h('div', { class: 'page', key: 'none' }, empty('No requests yet', 'Every call of the public API is here, as soon as there is one.'));
  const list = virtualList({
    key: 'requests', label: 'Requests', items, keyOf: r => r.id, draw: drawRequest, selected: number, rowHeight: rowHeight(32, 56),
    onpick: r => (chosen ? replace : go)('logs', 'requests', String(r.id)), empty: 'No request like that',
  });
  return [
    h('div', { class: 'bar', key: 'bar-requests' },
      input('requests', wanted.requests, { type: 'search', placeholder: 'Filter by path, query, stream, error…', 'aria-label': 'Filter requests', oninput: set('requests') }),
      select('status', [['', 'All answers'], ['ok', '2xx and 3xx'], ['bad', '4xx and 5xx'], ['fault', 'Struck by a fault']], wanted.status, { 'aria-label': 'Answer', onchange: set('status') }),
      h('span', { class: 'muted', role: 'status' }, plural(items.length, 'request'), data.requests.dropped > 0 && `; ${data.requests.dropped.toLocaleString('en')} older let go`)),
    h('div', { class: 'fill rows-requests', key: 'fill-requests' }, split(list, request && requestDetail(request), href('logs', 'requests'))),
  ];
}
