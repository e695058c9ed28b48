// Short messages of what was done, or could not be, in a corner that screen readers speak.
import { h } from './dom.js';

let quiet = 0;

export function say(message, isProblem = false) {
  const corner = document.getElementById('notice');
  clearTimeout(quiet);
  const close = h('button', { class: 'plain', 'aria-label': 'Dismiss', onclick: () => corner.replaceChildren() }, '×');
  corner.replaceChildren(h('p', { class: isProblem ? 'notice problem' : 'notice' },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, isProblem ? '!' : '✓'), h('span', {}, message), close));
  quiet = setTimeout(() => corner.replaceChildren(), isProblem ? 12000 : 5000);
}
