// The endpoints of an integration: sync templates with their toggles, and actions to try.
import { act, submit } from './act.js';
import { control, publicCall, segment } from './api.js';
import { h } from './dom.js';
import { plural } from './format.js';
import { jsonText } from './json_text.js';
import { badge, empty, field, input, select, tag, time, toggle } from './parts.js';
import { redraw } from './redraw.js';
import { href } from './router.js';
import { data } from './store.js';

const SHOWN = 6; // connections of a sync

const enable = (integration, endpoint) => async () => {
  const enabled = !endpoint.enabled;
  await control('PATCH', `integrations/${segment(integration.id)}/endpoints/${segment(endpoint.name)}`, { enabled });
  return enabled
    ? `${endpoint.name} is on: it runs now, then every ${endpoint.frequency}`
    : `${endpoint.name} is off. Its records stay`;
};

export const runBadge = schedule => {
  if (schedule.running) return badge('wait', 'Running');
  if (schedule.paused) return badge('off', 'Paused');
  return { success: badge('good', 'Success'), error: badge('bad', 'Failed'), failed: badge('bad', 'Failed') }[schedule.last] ?? badge('off', 'Not run yet');
};

export const trigger = schedule => async () => {
  const sync = schedule.variant === 'base' ? schedule.sync : { name: schedule.sync, variant: schedule.variant };
  await publicCall('POST', '/sync/trigger', {
    environment: schedule.environment,
    body: { syncs: [sync], provider_config_key: schedule.integration, connection_id: schedule.connection },
  });
  return `${schedule.sync} runs for ${schedule.connection}`;
};

function scheduleLine(schedule) {
  const { integration, connection, variant } = schedule;
  return h('li', { key: `${connection}/${variant}` },
    h('a', { href: href('connections', integration, connection) }, connection, variant !== 'base' && ` (${variant})`), runBadge(schedule),
    h('span', { class: 'muted grow' }, schedule.next_run ? ['next run ', time(schedule.next_run)] : 'no run planned'),
    h('button', { type: 'button', class: 'quiet', 'aria-label': `Run now: ${schedule.sync} for ${connection}`, onclick: () => act(trigger(schedule)) }, 'Run now'));
}

function syncCard(integration, endpoint) {
  const own = (data.schedules?.schedules ?? []).filter(s => s.integration === integration.id && s.sync === endpoint.name && s.enabled);
  const first = [...own].sort((a, b) => (b.last === 'error') - (a.last === 'error')).slice(0, SHOWN);
  return h('li', { key: endpoint.name, class: 'card endpoint' },
    h('div', { class: 'row top-row' },
      h('div', { class: 'grow' },
        h('h3', {}, h('code', {}, endpoint.name)), endpoint.description && h('p', { class: 'muted' }, endpoint.description),
        h('p', { class: 'tags' }, endpoint.models?.map(m => tag(m, { key: m })), tag(endpoint.sync_type), tag(`every ${endpoint.frequency}`))),
      toggle(`Sync ${endpoint.name}`, endpoint.enabled, enable(integration, endpoint))),
    endpoint.enabled && h('ul', { class: 'schedules', 'aria-label': `Runs of ${endpoint.name}` }, first.map(scheduleLine),
      own.length > SHOWN && h('li', { class: 'muted' }, `and ${plural(own.length - SHOWN, 'connection')} more`)),
    endpoint.enabled && !own.length && h('p', { class: 'muted pad' }, 'It runs for each connection, as soon as there is one.'));
}

const results = new Map(); // action → { ok, text }

async function tryAction(integration, action, form, values) {
  const key = `${integration.id}/${action.name}`;
  const more = values.get('more').trim();
  const given = more ? JSON.parse(more) : {};
  for (const name of action.input ?? []) given[name] = values.get(`in-${name}`);
  try {
    const answer = await publicCall('POST', '/action/trigger', {
      headers: { 'Provider-Config-Key': integration.id, 'Connection-Id': values.get('connection') },
      body: { action_name: action.name, input: given },
    });
    results.set(key, { ok: true, text: JSON.stringify(answer) });
    return `${action.name} was carried out`;
  } catch (problem) {
    results.set(key, { ok: false, text: problem.message });
    throw problem;
  } finally {
    redraw();
  }
}

function actionCard(integration, action) {
  const key = `${integration.id}/${action.name}`;
  const result = results.get(key);
  const connections = (data.world?.connections ?? []).filter(c => c.integration === integration.id).slice(0, 200);
  const onsubmit = submit((form, values) => tryAction(integration, action, form, values));
  return h('li', { key: action.name, class: 'card endpoint' },
    h('div', { class: 'row top-row' }, h('div', { class: 'grow' },
      h('h3', {}, h('code', {}, action.name)), action.description && h('p', { class: 'muted' }, action.description),
      h('p', { class: 'tags' }, (action.input ?? []).map(name => tag(name, { key: name, title: 'required' }))))),
    h('details', {}, h('summary', {}, 'Try it', h('span', { class: 'sr' }, `: ${action.name}`)),
      h('form', { class: 'form grid', onsubmit },
        field('Connection', `${key}/connection`, select('connection', connections.map(c => [c.id, c.id]), connections[0]?.id)),
        (action.input ?? []).map(name => field(name, `${key}/${name}`, input(`in-${name}`, '', { required: true }))),
        h('div', { class: 'wide' }, field('More input (JSON object)', `${key}/more`, h('textarea', { name: 'more', rows: '2', spellcheck: 'false', placeholder: '{}' }))),
        h('div', { class: 'wide' }, h('button', { class: 'primary', disabled: !connections.length }, 'Carry it out'))),
      result && h('div', { class: 'pad', role: 'status' }, badge(result.ok ? 'good' : 'bad', result.ok ? 'What it answered' : 'Refused'), jsonText(result.text, `What ${action.name} answered`))));
}

export function drawEndpoints(integration) {
  const of = type => integration.endpoints.filter(e => e.type === type);
  return [
    h('section', { key: 'syncs', 'aria-label': 'Syncs' }, h('h2', {}, 'Syncs'), of('sync').length
      ? h('ul', { class: 'stack' }, of('sync').map(e => syncCard(integration, e)))
      : empty('No sync templates', `None is known for ${integration.provider}.`)),
    of('action').length > 0 && h('section', { key: 'actions', 'aria-label': 'Actions' }, h('h2', {}, 'Actions'),
      h('ul', { class: 'stack' }, of('action').map(e => actionCard(integration, e)))),
  ];
}
