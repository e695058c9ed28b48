// Tab Logs: what the simulator did, and what callers of the API asked for.
import { h } from './dom.js';
import { fullTime, plural, streamName } from './format.js';
import { jsonText } from './json_text.js';
import { decodeCursor } from './cursor.js';
import { rowHeight } from './narrow.js';
import { badge, empty, facts, input, loading, pageHead, select, split, subTabs, time } from './parts.js';
import { redraw } from './redraw.js';
import { go, href, replace } from './router.js';
import { data } from './store.js';
import { virtualList } from './virtual.js';

export const view = {
  needs: ({ parts }) => ['logs', 'requests'].filter(name => name === (parts[0] === 'requests' ? 'requests' : 'logs') || !data[name]),
  draw: ({ parts: [sub = 'entries', chosen] }) => {
    const isRequests = sub === 'requests';
    return [
      pageHead('Logs', { about: 'Runs, deliveries, actions and faults as they happened; and every request to the API.' }),
      subTabs('Kinds of logs', [
        { title: 'Entries', link: href('logs'), isCurrent: !isRequests, count: data.logs?.items.length },
        { title: 'Requests', link: href('logs', 'requests'), isCurrent: isRequests, count: data.requests?.items.length },
      ]),
      isRequests ? drawRequests(chosen) : drawEntries(chosen),
    ];
  },
};

const LEVELS = { debug: 'off', info: 'info', warning: 'warn', error: 'bad' };
const wanted = { text: '', level: '', kind: '', requests: '', status: '' };

const set = name => event => {
  wanted[name] = event.target.value;
  redraw();
};

// Sequence numbers stay with their entries while older ones are let go.
let entries = {};
function entriesNow() {
  const from = data.logs;
  if (entries.from !== from) {
    entries = { from, all: from.items.map((entry, i) => ({
      ...entry, number: from.dropped + i + 1, words: `${entry.event} ${entry.message} ${Object.values(entry.fields).join(' ')}`.toLowerCase(),
    })) };
  }
  const key = [wanted.text, wanted.level, wanted.kind].join('\n');
  if (entries.key !== key) {
    const text = wanted.text.toLowerCase();
    entries.key = key;
    entries.items = entries.all.filter(e => (!text || e.words.includes(text)) && (!wanted.level || e.level === wanted.level)
      && (!wanted.kind || e.event.split('.')[0] === wanted.kind)).reverse();
  }
  return entries;
}

const inShort = fields => Object.entries(fields).filter(([name]) => !['run', 'delivery'].includes(name)).map(([name, value]) => `${name}=${value}`).join('  ');

const drawEntry = e => [
  h('span', { class: 'c-state' }, badge(LEVELS[e.level] ?? 'info', e.level)), h('span', { class: 'c-kind' }, h('code', {}, e.event)),
  h('span', { class: 'c-main' }, e.message, ' ', h('span', { class: 'muted' }, inShort(e.fields))), h('span', { class: 'c-end' }, time(e.at)),
];

function linkOf(name, value) {
  if (name === 'stream') {
    const [integration, connection, model, variant = 'base'] = value.split('/');
    if (model) return h('a', { href: href('connections', integration, connection, 'records', model, variant) }, value);
  }
  return name === 'delivery' ? h('a', { href: href('webhooks', value) }, h('code', { class: 'wrap' }, value)) : h('code', { class: 'wrap' }, value);
}

const entryDetail = e => h('article', { key: `entry-${e.number}` },
  h('header', { class: 'detail-head' }, h('h2', {}, e.message), badge(LEVELS[e.level] ?? 'info', e.level)),
  facts([['Event', h('code', {}, e.event)], ['At', fullTime(e.at)], ...Object.entries(e.fields).map(([name, value]) => [name, linkOf(name, value)])]));

function drawEntries(chosen) {
  if (!data.logs) return loading('logs');
  const { all, items } = entriesNow();
  const kinds = [...new Set(all.map(e => e.event.split('.')[0]))].sort();
  const number = Number(chosen);
  const entry = chosen && all.find(e => e.number === number);
  const list = virtualList({
    key: 'entries', label: 'Log entries', items, keyOf: e => e.number, draw: drawEntry, selected: number, rowHeight: rowHeight(32, 56),
    onpick: e => (chosen ? replace : go)('logs', 'entries', String(e.number)), empty: all.length ? 'No entry like that' : 'Nothing has happened yet',
  });
  return [
    h('div', { class: 'bar', key: 'bar-entries' },
      input('text', wanted.text, { type: 'search', placeholder: 'Filter by text', 'aria-label': 'Filter entries by text', oninput: set('text') }),
      select('level', [['', 'All levels'], ...Object.keys(LEVELS).map(l => [l, l])], wanted.level, { 'aria-label': 'Level', onchange: set('level') }),
      select('kind', [['', 'All kinds'], ...kinds.map(k => [k, k])], wanted.kind, { 'aria-label': 'Kind', onchange: set('kind') }),
      h('span', { class: 'muted', role: 'status' }, plural(items.length, 'entry', 'entries'), data.logs.dropped > 0 && `; ${data.logs.dropped.toLocaleString('en')} older let go`)),
    h('div', { class: 'fill rows-entries', key: 'fill-entries' }, split(list, entry && entryDetail(entry), href('logs'))),
  ];
}

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
