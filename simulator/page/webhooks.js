// Tab Webhooks: an inbox of all deliveries; of one, all that there is to know.
import { drawDelivery, stateBadge } from './delivery.js';
import { h } from './dom.js';
import { plural, streamName } from './format.js';
import { rowHeight } from './narrow.js';
import { chips, empty, input, loading, pageHead, split, time } from './parts.js';
import { redraw } from './redraw.js';
import { go, href, replace } from './router.js';
import { data } from './store.js';
import { sparks } from './timeline.js';
import { virtualList } from './virtual.js';

export const view = {
  needs: () => ['deliveries', 'environment'],
  draw: ({ parts }) => (data.deliveries ? drawInbox(parts[0]) : loading('deliveries')),
};

const GROUPS = {
  all: ['All', () => true],
  delivered: ['Delivered', d => d.state === 'delivered'],
  waiting: ['Waiting', d => ['pending', 'in_flight', 'held'].includes(d.state)],
  failed: ['Failed', d => d.state === 'failed'],
  dropped: ['Dropped', d => d.state === 'dropped'],
};
let group = 'all';
let filter = '';
let last = {};

const inWords = d => `${d.type} ${streamName(d)} ${d.url} ${d.id} ${d.state} ${d.attempts.at(-1)?.error ?? ''} ${d.attempts.at(-1)?.status ?? ''}`.toLowerCase();

function matching() {
  const from = data.deliveries;
  if (last.from !== from || last.filter !== filter || last.group !== group) {
    const wanted = filter.toLowerCase();
    const items = from.items.filter(d => GROUPS[group][1](d) && (!wanted || inWords(d).includes(wanted))).reverse();
    last = { from, filter, group, items };
  }
  return last.items;
}

const drawRow = d => [
  h('span', { class: 'c-state' }, stateBadge(d)),
  h('span', { class: 'c-main' }, h('strong', {}, d.type), ' ', h('span', {}, streamName(d))),
  h('span', { class: 'c-url' }, d.url),
  h('span', { class: 'c-mid' }, sparks(d), h('span', { class: 'muted' }, plural(d.attempts_made, 'attempt'))),
  h('span', { class: 'c-end' }, time(d.created_at)),
];

function noneYet() {
  const urls = data.environment?.webhook_urls ?? [];
  return urls.length
    ? empty('No webhooks yet', `The next run that changes records sends one to ${urls.join(' and ')}.`)
    : empty('Nobody to tell', 'Webhooks go out once there is a URL for them.', h('a', { class: 'button primary', href: href('environment') }, 'Set the webhook URL'));
}

function drawInbox(chosen) {
  const { items: all, dropped } = data.deliveries;
  const head = pageHead('Webhooks', { about: 'Every notification to your backend, each attempt of it, and what was answered.' });
  if (!all.length) return [head, h('div', { class: 'page', key: 'none' }, noneYet())];
  const items = matching();
  const counts = Object.entries(GROUPS).map(([name, [title, has]]) => [name, title, all.filter(has).length]);
  const delivery = all.find(d => d.id === chosen);
  const list = virtualList({
    key: 'deliveries', label: 'Webhook deliveries', items, keyOf: d => d.id, draw: drawRow, selected: chosen, rowHeight: rowHeight(40, 60),
    onpick: d => (chosen ? replace : go)('webhooks', d.id), empty: 'No webhook like that',
  });
  return [
    head,
    h('div', { class: 'bar', key: 'bar' }, chips('State', counts.filter(([name, , n]) => n || name === 'all' || name === group), group, name => { group = name; redraw(); }),
      input('filter', filter, { type: 'search', placeholder: 'Filter by stream, URL, answer…', 'aria-label': 'Filter webhooks', oninput: e => { filter = e.target.value; redraw(); } }),
      h('span', { class: 'muted', role: 'status' }, plural(items.length, 'webhook'), dropped > 0 && `; ${plural(dropped, 'older one')} let go`)),
    h('div', { class: 'fill rows-webhooks', key: 'fill' }, split(list, delivery && drawDelivery(delivery), href('webhooks'))),
  ];
}
