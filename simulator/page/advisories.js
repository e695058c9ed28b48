// Tab Advisories: what looks wrong in how the API is used.
import { h } from './dom.js';
import { plural } from './format.js';
import { badge, empty, loading, pageHead, tag, time } from './parts.js';
import { href } from './router.js';
import { data } from './store.js';

export const view = {
  needs: () => ['advisories'],
  draw: () => {
    if (!data.advisories) return loading('advisories');
    const { advisories, dropped } = data.advisories;
    return [
      pageHead('Advisories', { about: 'What the simulator noticed about your client that will lose data, or time, one day. It changes no answer.' }),
      h('div', { class: 'page', key: 'page' },
        h('p', { class: 'sr', role: 'status' }, plural(advisories.length, 'advisory', 'advisories')),
        advisories.length ? h('ul', { class: 'stack' }, [...advisories].reverse().map(card)) : empty('Nothing to say', 'Nothing in the requests so far looks wrong.'),
        dropped > 0 && h('p', { class: 'muted' }, `${dropped} older ones were let go.`)),
    ];
  },
};

function streamLink(stream) {
  const [integration, connection, model, variant = 'base'] = stream.split('/');
  return model ? h('a', { href: href('connections', integration, connection, 'records', model, variant) }, stream) : stream;
}

const card = a => h('li', { class: 'card endpoint advisory', key: a.id },
  h('div', { class: 'row top-row' }, badge('warn', a.count === 1 ? 'seen once' : `seen ${plural(a.count, 'time')}`), h('h2', { class: 'grow' }, a.message), tag(a.clause, { title: 'The clause at stake' })),
  h('p', { class: 'muted' }, h('code', {}, a.code), ' · ', streamLink(a.stream), ' · first ', time(a.first_at), ', last ', time(a.last_at)),
  h('p', {}, 'Requests that show it: ', a.requests.map((id, i) => [i ? ', ' : '', h('a', { key: id, href: href('logs', 'requests', String(id)) }, `#${id}`)])));
