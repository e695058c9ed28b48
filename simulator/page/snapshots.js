// The world as a whole: snapshots to go back to, and how it was at the start.
import { submit, sureButton } from './act.js';
import { control, segment } from './api.js';
import { h } from './dom.js';
import { fullTime, plural } from './format.js';
import { field, input } from './parts.js';
import { data } from './store.js';

const path = name => `snapshots/${segment(name)}`;

const keep = submit(async (form, values) => {
  const name = values.get('name').trim();
  await control('POST', path(name));
  return `Kept as ${name}`;
});

const restore = name => async () => {
  await control('POST', `${path(name)}/restore`);
  return `Everything is as it was at ${name}`;
};

const forget = name => async () => {
  await control('DELETE', path(name));
  return `${name} is deleted`;
};

async function reset() {
  await control('POST', 'reset');
  return 'The world is as it was at the start';
}

const line = s => h('li', { key: s.name, class: 'toggle-row' },
  h('div', { class: 'grow' }, h('p', { class: 'title' }, s.name), h('p', { class: 'muted' }, plural(s.records, 'record'), s.at && ` · clock at ${fullTime(s.at)}`)),
  sureButton(`restore-${s.name}`, 'Restore', restore(s.name), { 'aria-label': `Restore ${s.name}` }),
  sureButton(`forget-${s.name}`, 'Delete', forget(s.name), { 'aria-label': `Delete ${s.name}` }));

export function drawWorld() {
  const snapshots = data.snapshots?.snapshots ?? [];
  return h('section', { class: 'setting', key: 'world', 'aria-label': 'World' },
    h('div', { class: 'setting-about' }, h('h2', {}, 'World'), h('p', { class: 'muted' }, 'Records, deliveries, faults, settings and the virtual clock, kept under a name.')),
    h('div', { class: 'card' },
      h('ul', {}, snapshots.map(line)),
      h('form', { class: 'form', onsubmit: keep },
        field('Name of a new snapshot', 'snapshot', input('name', '', { required: true, placeholder: 'before' })), h('div', { class: 'row' }, h('button', {}, 'Keep snapshot'))),
      h('div', { class: 'toggle-row' }, h('div', { class: 'grow' }, h('p', { class: 'title' }, 'Reset'), h('p', { class: 'muted' }, 'Back to how everything was at the start. Snapshots stay.')),
        sureButton('reset', 'Reset the world', reset))));
}
