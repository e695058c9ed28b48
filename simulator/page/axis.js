// What is due, drawn on an axis from now on: a lane for each kind. Near and far have room on the scale of the cube root.
import { h } from './dom.js';
import { msOf, plural, span } from './format.js';
import { KINDS } from './upcoming.js';

const TICKS = [1e3, 10e3, 60e3, 600e3, 3600e3, 6 * 3600e3, 24 * 3600e3, 7 * 24 * 3600e3, 30 * 24 * 3600e3, 365 * 24 * 3600e3];
const place = (ms, whole) => Math.cbrt(Math.max(0, ms) / whole) * 100;

function ticksOf(whole) {
  let last = 0;
  return TICKS.filter(ms => ms <= whole).filter(ms => {
    const at = place(ms, whole);
    if (at - last < 14 || at > 97) return false;
    last = at;
    return true;
  });
}

// Events that would lie on each other are one mark with a number.
function clusters(events, start, whole) {
  const found = [];
  for (const event of events) {
    const at = place(msOf(event.at) - start, whole);
    const last = found.at(-1);
    if (last && at - last.at < 2.2) last.events.push(event);
    else found.push({ at, events: [event] });
  }
  return found;
}

function mark({ at, events }, start) {
  const [first] = events;
  const when = span(msOf(first.at) - start);
  const title = events.length === 1 ? `${first.title} of ${first.where}, in ${when}` : `${plural(events.length, 'event')}, the first in ${when}: ${first.title} of ${first.where}`;
  return h('a', { class: `due-mark ${first.kind}${events.length > 1 ? ' many' : ''}`, key: first.key, href: first.link, style: { left: `${at}%` }, title, 'aria-label': title },
    events.length > 1 ? events.length : '');
}

export function axis(events, now) {
  const start = msOf(now);
  const whole = Math.max(10e3, ...events.map(e => msOf(e.at) - start));
  const lanes = Object.entries(KINDS).map(([kind, title]) => [kind, title, events.filter(e => e.kind === kind)]).filter(([, , own]) => own.length);
  return h('div', { class: 'due-axis', role: 'group', 'aria-label': 'What is due next, on an axis of time' },
    lanes.map(([kind, title, own]) => h('div', { class: 'lane', key: kind }, h('span', { class: 'lane-title' }, title),
      h('div', { class: 'lane-line' }, clusters(own, start, whole).map(c => mark(c, start))))),
    h('div', { class: 'ticks', 'aria-hidden': 'true' }, h('span', { class: 'tick first', style: { left: '0%' } }, 'now'),
      ticksOf(whole).map(ms => h('span', { class: 'tick', key: ms, style: { left: `${place(ms, whole)}%` } }, `+${span(ms)}`))));
}
