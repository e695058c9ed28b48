// The external API behind an integration's connections: how much is in it, and how it behaves.
import { submit } from './act.js';
import { control, segment } from './api.js';
import { h } from './dom.js';
import { plural } from './format.js';
import { badge, empty, facts, field, input, loading, time } from './parts.js';
import { data } from './store.js';

const pathOf = c => `upstream/${segment(c.integration)}/${segment(c.connection)}/${segment(c.collection)}`;
const whole = (values, name) => Number(values.get(name) || 0);

const addObjects = collection => submit(async (form, values) => {
  const { ids } = await control('POST', pathOf(collection), { generate: { count: whole(values, 'count') } });
  return `${plural(ids.length, 'object')} added; the next run reads them`;
});

const behave = collection => submit(async (form, values) => {
  const every = values.get('every').trim();
  const changes = every ? { every, added: whole(values, 'added'), changed: whole(values, 'changed'), deleted: whole(values, 'deleted') } : null;
  await control('PATCH', pathOf(collection), { latency: values.get('latency').trim() || '0s', page_size: whole(values, 'page_size'), changes });
  return `${collection.collection} of ${collection.connection} behaves so from now on`;
});

function behaviour(collection) {
  const id = name => `${pathOf(collection)}/${name}`;
  const { changes } = collection;
  return h('form', { class: 'form grid', onsubmit: behave(collection) },
    field('Latency', id('latency'), input('latency', collection.latency)),
    field('Objects on a page', id('page'), input('page_size', collection.page_size, { type: 'number', min: '1', max: '1000' })),
    field('Changes by itself every', id('every'), input('every', changes?.every, { placeholder: 'never' }), 'A duration: 10m, 1h. Empty: never.'),
    ['added', 'changed', 'deleted'].map(name => field(`Objects ${name}`, id(name), input(name, changes?.[name] ?? 0, { type: 'number', min: '0' }))),
    h('div', { class: 'wide' }, h('button', {}, 'Save')));
}

function collectionCard(collection) {
  const { changes, rate_limit: limit } = collection;
  const name = `${collection.connection} / ${collection.collection}`;
  return h('li', { class: 'card endpoint', key: name },
    h('div', { class: 'row top-row' }, h('h2', { class: 'grow' }, h('code', {}, name)), badge('info', plural(collection.count, 'object'))),
    facts([['Latency', collection.latency], ['Page size', collection.page_size],
      ['Rate limit', limit ? `${limit.requests} each ${limit.per}` : 'none'],
      ['Changes by itself', changes ? `+${changes.added} ~${changes.changed} −${changes.deleted} every ${changes.every}` : 'never'],
      changes?.next && ['Next change', time(changes.next)]]),
    h('form', { class: 'form row bare', onsubmit: addObjects(collection) },
      h('label', {}, 'Add ', input('count', 10, { type: 'number', min: '1', max: '10000', class: 'short' }), ' generated objects'), h('button', {}, 'Add')),
    h('details', {}, h('summary', {}, 'How it behaves', h('span', { class: 'sr' }, `: ${name}`)), behaviour(collection)));
}

export function drawExternal(integration) {
  if (!data.upstream) return loading('upstream');
  const own = data.upstream.collections.filter(c => c.integration === integration.id);
  return own.length
    ? h('ul', { class: 'stack' }, own.slice(0, 100).map(collectionCard))
    : empty('Not needed yet', 'A collection is made when a sync that reads it is enabled, or the proxy asks for it.');
}
