// Tab Connections: the list; of one, its records, syncs and details.
import { act, sureButton } from './act.js';
import { publicCall, query, segment } from './api.js';
import { drawNewConnection } from './connection_form.js';
import { h } from './dom.js';
import { runBadge, trigger } from './endpoints.js';
import { plural } from './format.js';
import { jsonText } from './json_text.js';
import { rowHeight } from './narrow.js';
import { countsOf } from './operation.js';
import { badge, copyButton, empty, facts, input, loading, pageHead, subTabs, time } from './parts.js';
import { drawRecords } from './records.js';
import { redraw } from './redraw.js';
import { go, href } from './router.js';
import { data } from './store.js';
import { virtualList } from './virtual.js';

export const view = {
  needs: () => ['world', 'streams', 'schedules', 'integrations'],
  draw: ({ parts }) => {
    if (!data.world || !data.streams) return loading(data.world ? 'streams' : 'world');
    if (parts.length === 1 && parts[0] === 'new') return drawNewConnection();
    return parts.length > 1 ? drawOne(parts) : drawList();
  },
};

let filter = '';

const keyOf = c => `${c.integration}/${c.id}`;
const inWords = c => `${c.id} ${c.integration}`.toLowerCase();

function counted() {
  const records = new Map();
  for (const s of data.streams.streams) {
    const key = `${s.integration}/${s.connection}`;
    records.set(key, (records.get(key) ?? 0) + s.records - s.deleted);
  }
  const syncs = new Map();
  for (const s of data.schedules?.schedules ?? []) {
    const key = `${s.integration}/${s.connection}`;
    if (s.enabled) syncs.set(key, [...(syncs.get(key) ?? []), s]);
  }
  return { records, syncs };
}

function health(syncs) {
  if (!syncs?.length) return badge('off', 'No sync enabled');
  const bad = syncs.filter(s => s.last === 'error').length;
  if (bad) return badge('bad', `${bad} of ${syncs.length} failed`);
  const paused = syncs.filter(s => s.paused).length;
  return paused ? badge('off', `${paused} of ${plural(syncs.length, 'sync')} paused`) : badge('good', plural(syncs.length, 'sync'));
}

function drawList() {
  const all = data.world.connections;
  const items = filter ? all.filter(c => inWords(c).includes(filter.toLowerCase())) : all;
  const { records, syncs } = counted();
  const draw = c => [
    h('span', { class: 'c-main' }, h('code', {}, c.id)), h('span', { class: 'c-mid' }, c.integration),
    h('span', { class: 'c-num' }, plural(records.get(keyOf(c)) ?? 0, 'record')), h('span', { class: 'c-end' }, health(syncs.get(keyOf(c)))),
  ];
  return [
    pageHead('Connections', { about: 'One for each of your users and each API: its records, and how its syncs are.',
      actions: h('a', { class: 'button primary', href: href('connections', 'new') }, 'New connection') }),
    h('div', { class: 'bar', key: 'bar' },
      input('filter', filter, { type: 'search', placeholder: 'Filter by id or integration', 'aria-label': 'Filter connections', oninput: e => { filter = e.target.value; redraw(); } }),
      h('span', { class: 'muted', role: 'status' }, plural(items.length, 'connection'))),
    h('div', { class: 'fill rows-connections', key: 'fill' }, virtualList({
      key: 'connections', label: 'Connections', items, keyOf, draw, selected: null, rowHeight: rowHeight(44, 64),
      onpick: c => go('connections', c.integration, c.id), empty: filter ? 'No connection is called so' : 'No connections yet',
    })),
  ];
}

function drawOne(parts) {
  const [integration, id, sub = 'records'] = parts;
  const connection = data.world.connections.find(c => c.id === id && c.integration === integration);
  const back = { title: 'Connections', link: href('connections') };
  if (!connection) return [pageHead(id, { back }), empty('There is no such connection')];
  const streams = data.streams.streams.filter(s => s.integration === integration && s.connection === id);
  const schedules = (data.schedules?.schedules ?? []).filter(s => s.integration === integration && s.connection === id);
  const tab = (title, name, count) => ({ title, link: href('connections', integration, id, name), isCurrent: sub === name, count });
  const draw = { syncs: () => drawSyncs(schedules), details: () => drawDetails(connection) }[sub];
  return [
    pageHead(id, { back, about: ['Connection of ', h('a', { href: href('integrations', integration) }, integration)] }),
    subTabs('Of this connection', [
      tab('Records', 'records', streams.reduce((sum, s) => sum + s.records - s.deleted, 0)), tab('Syncs', 'syncs', schedules.length), tab('Details', 'details'),
    ]),
    draw ? h('div', { class: 'page', key: `page-${sub}` }, draw()) : drawRecords(connection, streams, parts),
  ];
}

const setPaused = schedule => async () => {
  const name = schedule.variant === 'base' ? schedule.sync : `${schedule.sync}::${schedule.variant}`;
  await publicCall('POST', schedule.paused ? '/sync/start' : '/sync/pause', {
    environment: schedule.environment,
    body: { syncs: [name], provider_config_key: schedule.integration, connection_id: schedule.connection },
  });
  return `${schedule.sync} ${schedule.paused ? 'runs again' : 'is paused'}`;
};

function drawSyncs(schedules) {
  if (!schedules.length) return empty('No sync has run for it', 'Enable a template on the integration’s Endpoints tab.');
  return h('ul', { class: 'stack' }, schedules.map(s => h('li', { class: 'card endpoint', key: `${s.sync}/${s.variant}` },
    h('div', { class: 'row top-row' }, h('h2', { class: 'grow' }, h('code', {}, s.sync), s.variant !== 'base' && ` (${s.variant})`), runBadge(s)),
    facts([['Every', s.frequency], ['Next run', s.next_run ? time(s.next_run) : 'not planned'], ['Last ended', time(s.finished_at)],
      ['Last run', s.run_id ? h('code', { class: 'wrap' }, s.run_id) : null],
      s.error && ['Error', h('strong', { class: 'error' }, s.error)], ...Object.entries(s.counts).map(([model, counts]) => [model, countsOf({ counts }) || 'nothing changed']), s.queued && ['Queued', 'one more run']]),
    h('div', { class: 'row pad' },
      h('button', { type: 'button', onclick: () => act(trigger(s)), 'aria-label': `Run now: ${s.sync}` }, 'Run now'),
      h('button', { type: 'button', class: 'quiet', onclick: () => act(setPaused(s)), 'aria-label': `${s.paused ? 'Start' : 'Pause'} ${s.sync}` }, s.paused ? 'Start' : 'Pause')))));
}

async function remove(connection) {
  await publicCall('DELETE', `/connections/${segment(connection.id)}${query({ provider_config_key: connection.integration })}`, { environment: connection.environment });
  go('connections');
  return `${connection.id} was deleted`;
}

function drawDetails(connection) {
  return [
    h('section', { class: 'card endpoint', key: 'facts' }, facts([['Connection id', [h('code', {}, connection.id), ' ', copyButton(connection.id)]],
      ['Integration', connection.integration], ['Webhooks go to', connection.webhook_url ?? 'the environment’s URLs']])),
    h('section', { class: 'card endpoint', key: 'metadata' }, h('h2', {}, 'Metadata'), jsonText(JSON.stringify(connection.metadata ?? {}), 'Metadata of the connection')),
    h('div', { class: 'row', key: 'delete' }, sureButton(`delete-${connection.integration}/${connection.id}`, 'Delete connection', () => remove(connection), { question: 'Delete it and its records?' })),
  ];
}
