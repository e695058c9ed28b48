// One operation of the log: what it was about, how it ended, and its steps.
import { get } from './api.js';
import { h } from './dom.js';
import { fullTime, msOf, plural, span } from './format.js';
import { badge, facts, loading } from './parts.js';
import { redraw } from './redraw.js';
import { href } from './router.js';
import { stepsTimeline } from './timeline.js';

const LEVELS = { debug: 'off', info: 'info', warning: 'warn', error: 'bad' };
const OUTCOMES = { running: ['wait', 'running'], success: ['good', 'success'], failure: ['bad', 'failed'], dropped: ['warn', 'lost'], cut_off: ['warn', 'cut off'] };

export const levelBadge = level => badge(LEVELS[level] ?? 'info', level);
// An event's level is all that there is to say; of the others, how they ended.
export const outcomeBadge = o => (o.kind === 'event' ? levelBadge(o.level) : badge(...OUTCOMES[o.outcome]));

export const streamOf = o => [o.integration, o.connection, o.models.join(', ')].filter(Boolean).join('/') + (o.variant && o.variant !== 'base' ? `/${o.variant}` : '');

const COUNTS = ['added', 'updated', 'deleted', 'unchanged'];
export const countsOf = o => COUNTS.filter(name => o.counts?.[name]).map(name => `${o.counts[name].toLocaleString('en')} ${name}`).join(', ');

const details = new Map(); // id → { mark, steps, left, problem }

const markOf = o => [o.at, o.steps_made, o.outcome].join();

async function load(operation) {
  const { id } = operation;
  const mark = markOf(operation);
  details.set(id, { ...details.get(id), mark });
  try {
    const { steps, steps_left_out: left } = await get(`logs/${id}`);
    details.set(id, { mark, steps, left });
  } catch (problem) {
    details.set(id, { mark, problem: problem.message });
  }
  redraw();
}

const code = value => h('code', { class: 'wrap' }, value);
const delivery = id => h('a', { href: href('webhooks', id) }, code(id));

const streams = o => o.models.map(model => h('a', { key: model, href: href('connections', o.integration, o.connection, 'records', model, o.variant || 'base') },
  [o.integration, o.connection, model].join('/'), o.variant && o.variant !== 'base' && `/${o.variant}`, ' '));

const NAMES = { run: 'Run', delivery: 'Delivery', action: 'Action', proxy: 'Request', event: 'Event' };

function aboutIt(o) {
  return facts([
    o.error && ['Error', h('strong', { class: 'error' }, o.error)],
    [NAMES[o.kind], o.kind === 'delivery' ? delivery(o.name) : code(o.name)],
    o.models.length > 0 ? ['Stream', streams(o)] : o.connection && ['Connection', h('a', { href: href('connections', o.integration, o.connection) }, `${o.integration}/${o.connection}`)],
    o.sync && ['Sync', code(o.sync)],
    ['Began', fullTime(o.at)],
    o.kind !== 'event' && ['Took', o.duration_ms === null ? '–' : span(o.duration_ms)],
    o.counts && ['Records', countsOf(o) || 'none changed'],
    ...Object.entries(o.fields).map(([name, value]) => [name[0].toUpperCase() + name.slice(1), code(value)]),
    o.kind !== 'event' && ['Level', levelBadge(o.level)],
  ]);
}

// What a step's message does not say.
function more(step) {
  const { delivery: id, rule, type, next } = step.fields;
  return [
    id && h('span', {}, ' ', delivery(id)), rule && h('span', {}, ' ', h('a', { href: href('faults') }, code(rule))), type && h('span', {}, ' ', code(type)),
    next && h('span', { class: 'muted' }, ` next at ${fullTime(next).slice(11)}`),
  ];
}

const stepRow = (operation, step, i) => h('li', { key: i, class: `step ${step.level}` },
  h('span', { class: 'after' }, `+${span(msOf(step.at) - msOf(operation.at))}`),
  h('span', { class: 'what' }, badge(LEVELS[step.level] ?? 'info', step.event)),
  h('span', { class: 'said' }, step.message, more(step)),
  h('span', { class: 'took' }, step.duration_ms ? span(step.duration_ms) : ''));

function drawSteps(operation, { steps, left }) {
  if (!steps.length) return h('p', { class: 'muted' }, operation.event === 'run.idle' ? 'Nothing had changed since the run before: nothing was read.' : 'No step yet.');
  const rows = steps.map((step, i) => stepRow(operation, step, i));
  if (left) rows.splice(steps.length / 2, 0, h('li', { key: 'left', class: 'muted' }, `${plural(left, 'step')} in between left out`));
  return [stepsTimeline({ ...operation, steps }), h('ol', { class: 'step-list', 'aria-label': 'Steps' }, rows)];
}

export function drawOperation(operation) {
  const isEvent = operation.kind === 'event';
  if (!isEvent && details.get(operation.id)?.mark !== markOf(operation)) load(operation);
  const detail = details.get(operation.id);
  return h('article', { key: `operation-${operation.id}` },
    h('header', { class: 'detail-head', key: 'head' }, h('h2', {}, isEvent ? operation.message : operation.message.replace(`: ${operation.error}`, '')), outcomeBadge(operation)),
    aboutIt(operation),
    !isEvent && h('section', { key: 'steps', 'aria-label': 'Steps' }, h('h3', {}, `Steps (${operation.steps_made})`),
      detail.problem ? h('p', { class: 'trouble' }, detail.problem) : detail.steps ? drawSteps(operation, detail) : loading('the steps')));
}
