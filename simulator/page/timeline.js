// A delivery's attempts on an axis of time: what each came to, and when the next is due. Near ones would lie on each
// other on a straight scale, so it is that of the square root.
import { h } from './dom.js';
import { msOf, span } from './format.js';
import { isNarrow } from './narrow.js';

const place = (ms, whole) => (whole ? Math.sqrt(ms / whole) * 100 : 0);

export const outcome = attempt => {
  if (attempt.status >= 200 && attempt.status < 300) return { kind: 'good', word: String(attempt.status) };
  if (attempt.status) return { kind: 'bad', word: String(attempt.status) };
  if (attempt.error) return { kind: 'bad', word: attempt.error.replaceAll('_', ' ') };
  return { kind: 'wait', word: 'on the wire' };
};

function points(delivery) {
  const start = msOf(delivery.attempts[0]?.at ?? delivery.created_at);
  const made = delivery.attempts.map(attempt => ({ ...outcome(attempt), ms: msOf(attempt.at) - start, number: attempt.number }));
  if (delivery.next_attempt_at) {
    made.push({ kind: 'next', word: 'due', ms: Math.max(0, msOf(delivery.next_attempt_at) - start), number: delivery.attempts_made + 1 });
  }
  return made;
}

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

export function timeline(delivery) {
  const all = points(delivery);
  if (!all.length) return h('p', { class: 'muted' }, 'No attempt yet.');
  const whole = Math.max(...all.map(p => p.ms));
  const words = all.map(p => `attempt ${p.number} after ${span(p.ms)}: ${p.word}`).join('; ');
  return h('div', { class: 'timeline', role: 'img', 'aria-label': `Timeline: ${words}` },
    h('div', { class: 'axis' }),
    labelled(all, whole).map(p => h('div', { class: `point ${p.kind}`, key: p.number, style: { left: `${p.at}%` }, title: `Attempt ${p.number}, ${p.word}, after ${span(p.ms)}` },
      h('span', { class: 'pin' }, { good: '✓', bad: '✕', next: '', wait: '◷' }[p.kind]), p.hasRoom && h('span', { class: 'when' }, p.ms ? `+${span(p.ms)}` : '0'))));
}

// The same in a row's width: a mark for each attempt.
export const sparks = delivery => h('span', { class: 'sparks', 'aria-hidden': 'true' },
  delivery.attempts.slice(-10).map(attempt => h('span', { class: `spark ${outcome(attempt).kind}`, key: attempt.number })),
  delivery.next_attempt_at && h('span', { class: 'spark next' }));
