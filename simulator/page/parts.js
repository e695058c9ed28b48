// The small parts that every tab is made of.
import { h } from './dom.js';
import { fullTime, relative, shortTime } from './format.js';
import { act } from './act.js';
import { say } from './notice.js';
import { now, problems } from './store.js';

const MARKS = { good: '✓', bad: '✕', warn: '!', wait: '◷', off: '–', info: 'i' };

// A word with a mark of its own shape: never colour alone.
export const badge = (kind, text, attributes = {}) =>
  h('span', { ...attributes, class: `badge ${kind}` }, h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[kind] ?? '•'), text);

export const tag = (text, attributes = {}) => h('span', { class: 'tag', ...attributes }, text);

export const time = text => h('time', { datetime: text ?? undefined, title: text ? `${fullTime(text)} · ${relative(text, now())}` : undefined }, shortTime(text, now()));

export const button = (label, work, attributes = {}) =>
  h('button', { type: 'button', ...attributes, onclick: () => act(work) }, label);

export function toggle(label, isOn, work, attributes = {}) {
  return h('button', { type: 'button', class: 'switch', role: 'switch', 'aria-checked': String(isOn), 'aria-label': label, ...attributes, onclick: () => act(work) },
    h('span', { class: 'track', 'aria-hidden': 'true' }), h('span', { class: 'state', 'aria-hidden': 'true' }, isOn ? 'On' : 'Off'));
}

let lastField = 0;
const fieldIds = new Map();

// A label and what it labels; `name` makes the id, so that it stays the same.
export function field(label, name, control, hint) {
  if (!fieldIds.has(name)) fieldIds.set(name, `field-${++lastField}`);
  const id = fieldIds.get(name);
  control.id = id;
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return h('div', { class: 'field', key: `field-${name}` }, h('label', { for: id }, label), control,
    hint && h('p', { class: 'hint', id: `${id}-hint` }, hint));
}

export const input = (name, value, attributes = {}) =>
  h('input', { name, value: value ?? '', type: 'text', spellcheck: 'false', autocomplete: 'off', ...attributes });

export const select = (name, choices, chosen, attributes = {}) =>
  h('select', { name, ...attributes }, choices.map(([value, label]) => h('option', { value, selected: value === chosen }, label)));

export const empty = (title, text, ...more) =>
  h('div', { class: 'nothing' }, h('p', { class: 'title' }, title), text && h('p', {}, text), more);

export const loading = name =>
  (problems[name] ? h('p', { class: 'trouble', role: 'alert' }, `Could not read ${name}: ${problems[name]}`) : h('p', { class: 'nothing' }, 'Reading…'));

export const facts = pairs => h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value]) =>
  h('div', { key: name }, h('dt', {}, name), h('dd', {}, value ?? '–'))));

// Tabs within a tab: links, of which one is the current.
export const subTabs = (label, choices) => h('nav', { class: 'sub-tabs', 'aria-label': label, key: `sub-${label}` },
  choices.map(({ title, link, isCurrent, count }) =>
    h('a', { href: link, key: title, 'aria-current': isCurrent ? 'page' : undefined }, title, count !== undefined && h('span', { class: 'count' }, count.toLocaleString('en')))));

export const pageHead = (title, { back, about, actions } = {}) => h('header', { class: 'page-head', key: 'head' },
  h('div', { class: 'titles' },
    back && h('a', { class: 'back', href: back.link }, `‹ ${back.title}`),
    h('h1', { tabindex: '-1' }, title), about && h('p', { class: 'about' }, about)),
  actions && h('div', { class: 'actions' }, actions));

export const copyButton = (text, label = 'Copy', name = label) => h('button', { type: 'button', class: 'quiet', 'aria-label': name, onclick: async () => {
  await navigator.clipboard.writeText(text).then(() => say('Copied'), () => say('The browser did not let it be copied', true));
} }, label);

// Choices of which one is pressed.
export const chips = (label, choices, chosen, onpick) => h('div', { class: 'chips', role: 'group', 'aria-label': label },
  choices.map(([value, text, count], i) => h('button', {
    type: 'button', key: i, 'aria-pressed': String(value === chosen), onclick: () => onpick(value),
  }, text, count !== undefined && h('span', { class: 'count' }, count.toLocaleString('en')))));

// Escape closes the details, but not while something is being typed in them.
function leave(event, back) {
  if (event.key === 'Escape' && back && !event.target.closest('input, textarea, select')) location.hash = back;
}

// Something's list and, once one was chosen, that one beside it.
export const split = (list, detail, back) => h('div', { class: detail ? 'split chosen' : 'split', key: 'split', onkeydown: event => leave(event, detail && back) },
  h('div', { class: 'list', key: 'list' }, list),
  detail && h('section', { class: 'detail', key: 'detail', 'aria-label': 'Details', tabindex: '0' },
    h('a', { class: 'back narrow-only', href: back, key: 'back' }, '‹ Back to the list'),
    h('a', { class: 'close', href: back, key: 'close', 'aria-label': 'Close the details', title: 'Close' }, '×'), detail));
