// Tab Integrations: the list; of one, its endpoints, connections and external API.
import { drawEndpoints } from './endpoints.js';
import { drawExternal } from './external.js';
import { h } from './dom.js';
import { drawFirstSteps, firstStepsNeed } from './first_steps.js';
import { plural } from './format.js';
import { badge, empty, loading, pageHead, subTabs } from './parts.js';
import { href } from './router.js';
import { data } from './store.js';

export const view = {
  needs: ({ parts }) => ['integrations', ...(parts.length ? ['schedules', 'world', 'upstream', 'streams'] : firstStepsNeed())],
  draw: ({ parts }) => {
    if (!data.integrations) return loading('integrations');
    return parts.length ? drawOne(parts) : drawList();
  },
};

export const monogram = integration =>
  h('span', { class: `monogram hue-${[...integration.id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6}`, 'aria-hidden': 'true' },
    (integration.display_name || integration.id).slice(0, 1).toUpperCase());

function card(integration) {
  const syncs = integration.endpoints.filter(e => e.type === 'sync');
  const on = syncs.filter(e => e.enabled).length;
  const actions = integration.endpoints.length - syncs.length;
  return h('li', { key: integration.id },
    h('a', { class: 'card choice', href: href('integrations', integration.id, 'endpoints') },
      h('div', { class: 'row' }, monogram(integration),
        h('div', { class: 'grow' }, h('h2', {}, integration.display_name), h('code', { class: 'muted' }, integration.id))),
      h('p', { class: 'muted' }, `${plural(integration.connections, 'connection')} · ${plural(syncs.length, 'sync')} · ${plural(actions, 'action')}`),
      h('p', {}, on ? badge('good', `${on} of ${syncs.length} enabled`) : badge('off', syncs.length ? 'No sync enabled' : 'No syncs'))));
}

function drawList() {
  const list = data.integrations.integrations;
  return [
    pageHead('Integrations', { about: 'APIs that Terapi reads from and writes to. Choose one to enable its sync templates.' }),
    h('div', { class: 'page', key: 'page' }, list.length
      ? h('ul', { class: 'cards' }, list.map(card))
      : empty('No integrations', 'A world file names them; POST /integrations makes one.'), drawFirstSteps()),
  ];
}

function drawOne([id, sub = 'endpoints']) {
  const integration = data.integrations.integrations.find(i => i.id === id);
  const back = { title: 'Integrations', link: href('integrations') };
  if (!integration) return [pageHead(id, { back }), empty('There is no such integration')];
  const tab = (title, name, count) => ({ title, link: href('integrations', id, name), isCurrent: sub === name, count });
  const draw = { endpoints: drawEndpoints, connections: drawConnections, external: drawExternal }[sub] ?? drawEndpoints;
  return [
    pageHead(integration.display_name, { back, about: `${plural(integration.connections, 'connection')} · provider ${integration.provider}` }),
    subTabs('Of this integration', [
      tab('Endpoints', 'endpoints', integration.endpoints.length), tab('Connections', 'connections', integration.connections), tab('External API', 'external'),
    ]),
    h('div', { class: 'page', key: `page-${sub}` }, draw(integration)),
  ];
}

function drawConnections(integration) {
  if (!data.world) return loading('world');
  const own = data.world.connections.filter(c => c.integration === integration.id);
  if (!own.length) return empty('No connections yet', null, h('a', { class: 'button primary', href: href('connections', 'new') }, 'New connection'));
  return h('ul', { class: 'plain-list' }, own.slice(0, 500).map(c => h('li', { key: c.id },
    h('a', { class: 'card choice slim', href: href('connections', integration.id, c.id) }, h('code', {}, c.id), h('span', { class: 'muted', 'aria-hidden': 'true' }, '›')))));
}
