// What happens when a button is pressed: do it, say what came of it, look again.
import { h } from './dom.js';
import { say } from './notice.js';
import { drawNow, redraw } from './redraw.js';

let lookAgain = () => {};

export function afterActing(f) {
  lookAgain = f;
}

// What came of it is said when it can be seen.
export async function act(work, whenDone = () => {}) {
  const { said, problem } = await work().then(text => ({ said: text }), error => ({ problem: error }));
  await lookAgain();
  drawNow();
  if (!problem) whenDone();
  if (problem || said) say(problem ? problem.message : said, Boolean(problem));
}

// A form's submit: acts, and goes back to what is true when that went well.
export const submit = work => async event => {
  event.preventDefault();
  const form = event.currentTarget;
  await act(async () => work(form, new FormData(form)), () => form.reset());
};

let armed = null;
let disarming = 0;

// A button for what cannot be undone: it asks for a second press within four seconds.
export function sureButton(key, label, work, { question = 'Sure?', ...attributes } = {}) {
  const isArmed = armed === key;
  const onclick = () => {
    clearTimeout(disarming);
    armed = isArmed ? null : key;
    if (isArmed) act(work);
    else disarming = setTimeout(() => { armed = null; redraw(); }, 4000);
    redraw();
  };
  return h('button', { type: 'button', key, ...attributes, class: isArmed ? 'danger armed' : 'danger', onclick }, isArmed ? question : label);
}
