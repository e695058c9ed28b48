// The records browser of a connection: choose a stream, a record.
import { h } from './dom.js';
import { plural, streamName } from './format.js';
import { rowHeight } from './narrow.js';
import { badge, chips, empty, input, loading, split, time } from './parts.js';
import { drawNewRecord, drawRecord } from './record.js';
import { redraw } from './redraw.js';
import { go, href, replace } from './router.js';
import { inShort, MOST, recordsOf } from './stream_records.js';
import { virtualList } from './virtual.js';

const NEW = '+new';
let filter = '';

const nameOf = s => (s.variant === 'base' ? s.model : `${s.model} (${s.variant})`);
let filtered = { from: null, filter: '', items: [] };

function matching(records) {
  if (filtered.from !== records || filtered.filter !== filter) {
    const wanted = filter.toLowerCase();
    filtered = { from: records, filter, items: wanted ? records.filter(r => r.words.includes(wanted) || r.line.toLowerCase().includes(wanted)) : records };
  }
  return filtered.items;
}

const drawRow = record => [
  h('span', { class: 'c-id' }, h('code', {}, record.id)), h('span', { class: 'c-main' }, record.title, ' ', h('span', { class: 'muted' }, inShort(record))),
  h('span', { class: 'c-state' }, record.deleted && badge('off', 'deleted')), h('span', { class: 'c-end' }, time(record.at)),
];

export function drawRecords(connection, streams, [integration, id, , model, variant = 'base', chosen]) {
  if (!streams.length) {
    return h('div', { class: 'page', key: 'none' }, empty('No records yet', 'They come with the first run of an enabled sync.',
      h('a', { class: 'button', href: href('integrations', integration, 'endpoints') }, 'Enable a sync')));
  }
  const stream = streams.find(s => s.model === model && s.variant === variant) ?? streams[0];
  const place = ['connections', integration, id, 'records', stream.model, stream.variant];
  const { records, byId, versions, problem } = recordsOf(stream);
  const pick = chips('Stream', streams.map(s => [s, nameOf(s), s.records - s.deleted]), stream, s => go(...place.slice(0, 4), s.model, s.variant));
  const bar = h('div', { class: 'bar', key: 'bar' }, pick,
    input('filter', filter, { type: 'search', placeholder: 'Filter by id or any text', 'aria-label': 'Filter records', oninput: e => { filter = e.target.value; redraw(); } }),
    h('a', { class: 'button', href: href(...place, NEW) }, 'Add a record'));
  if (problem) return [bar, h('p', { class: 'trouble', role: 'alert', key: 'trouble' }, problem)];
  if (!records) return [bar, loading('records')];
  const items = matching(records);
  const record = byId.get(chosen);
  const detail = chosen === NEW ? drawNewRecord(stream, place) : record ? drawRecord(stream, record, versions.get(chosen) ?? []) : null;
  const list = [
    h('p', { class: 'muted list-note', role: 'status' }, `${plural(items.length, 'record')} of ${streamName(stream)}, newest change first`,
      stream.deleted > 0 && `, ${stream.deleted.toLocaleString('en')} deleted ones included`, stream.records > MOST && `; the first ${MOST.toLocaleString('en')} in reading order`),
    virtualList({
      key: 'records', label: `Records of ${streamName(stream)}`, items, keyOf: r => r.id, draw: drawRow, selected: chosen, rowHeight: rowHeight(33, 54),
      onpick: r => (chosen ? replace : go)(...place, r.id), empty: filter ? 'No record has that text' : 'No records',
    }),
  ];
  return [bar, h('div', { class: 'fill rows-records', key: `fill-${stream.model}-${stream.variant}` }, split(list, detail, href(...place)))];
}
