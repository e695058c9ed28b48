// Tab Clock: what time it is, moving it, and what is due next.
import { act, submit } from './act.js';
import { axis } from './axis.js';
import { control } from './api.js';
import { h } from './dom.js';
import { durationMs, fullTime, plural, relative, span } from './format.js';
import { badge, button, empty, field, input, loading, pageHead, time } from './parts.js';
import { advance, runUntilIdle } from './shell.js';
import { data, isVirtual, now } from './store.js';
import { KINDS, upcoming } from './upcoming.js';

export const view = {
  needs: () => ['clock', 'schedules', 'deliveries', 'upstream'],
  draw: () => (data.clock ? drawClock() : loading('clock')),
};

const SHOWN = 100;
const STEPS = [['1s', '1 second'], ['1m', '1 minute'], ['10m', '10 minutes'], ['1h', '1 hour'], ['1d', '1 day']];

const by = submit((form, values) => advance({ by: values.get('by').trim() }));
const idleWithin = submit(async (form, values) => {
  const limit = values.get('limit').trim();
  if (!limit) return runUntilIdle();
  const { advanced, attempts } = await control('POST', 'clock/run-until-idle', { limit });
  return `Advanced ${span(durationMs(advanced))}: ${plural(attempts, 'webhook attempt')}`;
});

function drawControls() {
  if (!isVirtual()) {
    return h('section', { class: 'card pad', key: 'controls', 'aria-label': 'Move the clock' }, h('p', {}, 'The clock is the system’s: time passes by itself. To move it, start the simulator with ', h('code', {}, '--clock virtual'), '.'),
      h('div', { class: 'row pad-top' }, button('Wait until idle', runUntilIdle, { class: 'primary' })));
  }
  return h('section', { class: 'card', key: 'controls', 'aria-label': 'Move the clock' },
    h('div', { class: 'pad' }, h('h2', {}, 'Advance by'), h('div', { class: 'row' }, STEPS.map(([step, words]) => button(`+${words}`, () => advance({ by: step }), { key: step })))),
    h('div', { class: 'forms' },
      h('form', { class: 'form inline', onsubmit: by }, field('Another length of time', 'clock/by', input('by', '', { required: true, placeholder: '90m', pattern: '(\\d+(\\.\\d+)?(us|ms|s|m|h|d))+' })), h('button', {}, 'Advance')),
      h('form', { class: 'form inline', onsubmit: idleWithin }, field('Until no webhook is due, but no further than', 'clock/limit', input('limit', '', { placeholder: '10 years' })), h('button', { class: 'primary' }, 'Run until idle'))));
}

const dueRow = event => h('tr', { key: event.key }, h('td', {}, time(event.at)), h('td', { class: 'n' }, relative(event.at, now())), h('td', {}, KINDS[event.kind].replace(/s$/, '')),
  h('td', {}, h('a', { href: event.link }, event.title)), h('td', {}, event.where),
  isVirtual() && h('td', { class: 'to' }, h('button', { type: 'button', class: 'quiet', 'aria-label': `Advance to it: ${event.title} of ${event.where}`, onclick: () => act(() => advance({ to: event.at })) }, 'Advance to it')));

function drawDue() {
  const events = upcoming();
  if (!events.length) return empty('Nothing is due', 'Enable a sync, or set a webhook URL and change a record.');
  const titles = ['When', 'From now', 'Kind', 'What', 'Of', ...(isVirtual() ? [h('span', { class: 'sr' }, 'Advance')] : [])];
  return [
    axis(events, now()),
    h('div', { class: 'scroll-x', key: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table of what is due next' },
      h('table', {}, h('caption', { class: 'sr' }, 'What is due next'), h('thead', {}, h('tr', {}, titles.map((t, i) => h('th', { scope: 'col', key: i }, t)))),
        h('tbody', {}, events.slice(0, SHOWN).map(dueRow)))),
    events.length > SHOWN && h('p', { class: 'muted pad', key: 'more' }, `and ${plural(events.length - SHOWN, 'event')} later`),
  ];
}

function drawClock() {
  const { mode, pending_timers: timers, in_flight: flying } = data.clock;
  return [
    pageHead('Clock', { about: isVirtual() ? 'Virtual: time stands still until you move it. A day of retries takes a moment.' : 'The system’s clock.' }),
    h('div', { class: 'page', key: 'page' },
      h('section', { class: 'big-clock', key: 'now', 'aria-label': 'Now', role: 'status' }, h('time', { datetime: now() }, fullTime(now()).replace(/\.000$/, '')),
        h('p', { class: 'row' }, badge('info', mode), flying ? badge('wait', `${plural(flying, 'webhook')} on the wire`) : null,
          h('span', { class: 'muted' }, timers ? `${plural(timers, 'timer')} pending` : 'idle: no webhook waits'))),
      drawControls(),
      h('section', { class: 'card due-card', key: 'due', 'aria-label': 'Due next' }, h('h2', {}, 'Due next'), drawDue())),
  ];
}
