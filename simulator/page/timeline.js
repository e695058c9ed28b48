// What happened one after the other, on an axis of time. Near ones would lie on each other on a straight scale, so it is
// that of the square root.
import { h } from './dom.js';
import { msOf, plural, span } from './format.js';
import { isNarrow } from './narrow.js';

const place = (ms, whole) => (whole ? Math.sqrt(ms / whole) * 100 : 0);

export const outcome = attempt => {
  if (attempt.status >= 200 && attempt.status < 300) return { kind: 'good', word: String(attempt.status) };
  if (attempt.status) return { kind: 'bad', word: String(attempt.status) };
  if (attempt.error) return { kind: 'bad', word: attempt.error.replaceAll('_', ' ') };
  return { kind: 'wait', word: 'on the wire' };
};

// A time is written under the axis where there is room for it.
function labelled(all, whole) {
  let last = -Infinity;
  return all.map(point => {
    const at = place(point.ms, whole);
    const hasRoom = at - last >= (isNarrow() ? 18 : 11);
    if (hasRoom) last = at;
    return { ...point, at, hasRoom };
  });
}

const MARKS = { good: '✓', bad: '✕', next: '', wait: '◷', warn: '!', info: '' };

// all: { key, kind, mark, words, ms } in order, ms from the start.
function axis(all) {
  const whole = Math.max(...all.map(p => p.ms));
  const words = all.map(p => `${p.title} after ${span(p.ms)}: ${p.word}`).join('; ');
  return h('div', { class: 'timeline', role: 'img', 'aria-label': `Timeline: ${words}` },
    h('div', { class: 'axis' }),
    labelled(all, whole).map(p => h('div', { class: `point ${p.kind}`, key: p.key, style: { left: `${p.at}%` }, title: `${p.title}, ${p.word}, after ${span(p.ms)}` },
      h('span', { class: 'pin' }, p.mark ?? MARKS[p.kind]), p.hasRoom && h('span', { class: 'when' }, p.ms ? `+${span(p.ms)}` : '0'))));
}

// A delivery's attempts: what each came to, and when the next is due.
export function timeline(delivery) {
  const start = msOf(delivery.attempts[0]?.at ?? delivery.created_at);
  const made = delivery.attempts.map(attempt => ({ ...outcome(attempt), ms: msOf(attempt.at) - start, key: attempt.number, title: `attempt ${attempt.number}` }));
  if (delivery.next_attempt_at) {
    const number = delivery.attempts_made + 1;
    made.push({ kind: 'next', word: 'due', ms: Math.max(0, msOf(delivery.next_attempt_at) - start), key: number, title: `attempt ${number}` });
  }
  return made.length ? axis(made) : h('p', { class: 'muted' }, 'No attempt yet.');
}

// The same in a row's width: a mark for each attempt.
export const sparks = delivery => h('span', { class: 'sparks', 'aria-hidden': 'true' },
  delivery.attempts.slice(-10).map(attempt => h('span', { class: `spark ${outcome(attempt).kind}`, key: attempt.number })),
  delivery.next_attempt_at && h('span', { class: 'spark next' }));

const LEVELS = { debug: 'info', info: 'info', warning: 'warn', error: 'bad' };
const WORST = ['info', 'warn', 'bad'];

// An operation's steps; those of one instant are one point, as bad as the worst of them.
export function stepsTimeline({ at, steps }) {
  const points = new Map();
  for (const step of steps) {
    const ms = Math.max(0, msOf(step.at) - msOf(at));
    const point = points.get(ms) ?? { key: ms, ms, kind: 'info', events: [] };
    const kind = LEVELS[step.level];
    if (WORST.indexOf(kind) > WORST.indexOf(point.kind)) point.kind = kind;
    point.events.push(step.event);
    points.set(ms, point);
  }
  return axis([...points.values()].sort((a, b) => a.ms - b.ms).map(p => ({
    ...p, mark: p.kind === 'info' ? String(p.events.length) : undefined, title: plural(p.events.length, 'step'), word: p.events.join(', '),
  })));
}
