// A fault rule by form: about what, which of those, what happens; with the rule in words and as JSON while it grows.
import { act } from './act.js';
import { control, segment } from './api.js';
import { DO, inWords, ON, PRESETS } from './fault_kinds.js';
import { h } from './dom.js';
import { jsonText } from './json_text.js';
import { chips, field, input, select } from './parts.js';
import { redraw } from './redraw.js';
import { data } from './store.js';

const WHICH = { each: 'Each', nth: 'The nth', every: 'Every nth', probability: 'By chance' };
const firstOf = on => Object.keys(DO).find(name => DO[name].on.includes(on));
const fresh = (on = 'api') => ({ id: '', on, match: [], which: 'each', count: '', times: '', does: firstOf(on), value: DO[firstOf(on)].value ?? '', headers: '' });

let draft = fresh();
let drawn = 0; // counts presets and kinds, so that fields begin anew

function change(changes, anew = false) {
  draft = { ...draft, ...changes };
  if (anew) ++drawn;
  redraw();
}

function fromRule({ id, on, match = {}, nth, every, probability, times, do: does }) {
  const [name] = Object.keys(does).filter(key => DO[key]);
  const which = nth ? 'nth' : every ? 'every' : probability !== undefined ? 'probability' : 'each';
  change({
    id, on, match: Object.entries(match).map(([key, value]) => [key, String(value)]), which, count: String(nth?.join(', ') ?? every ?? probability ?? ''),
    times: times ? String(times) : '', does: name, value: String(does[name]), headers: does.headers ? JSON.stringify(does.headers) : '',
  }, true);
}

const valueOf = ({ kind }, text) => (kind === 'flag' ? true : kind === 'integer' ? Number(text) : text);

function toRule() {
  const rule = { on: draft.on };
  const match = draft.match.filter(([name]) => name);
  if (match.length) rule.match = Object.fromEntries(match);
  if (draft.which === 'nth') rule.nth = draft.count.split(/[\s,]+/).filter(Boolean).map(Number);
  if (draft.which === 'every') rule.every = Number(draft.count);
  if (draft.which === 'probability') rule.probability = Number(draft.count);
  if (draft.times) rule.times = Number(draft.times);
  rule.do = { [draft.does]: valueOf(DO[draft.does], draft.value) };
  if (draft.does === 'status' && draft.headers.trim()) {
    try {
      rule.do.headers = JSON.parse(draft.headers);
    } catch (problem) {
      throw new Error(`The headers are no JSON object: ${problem.message}`);
    }
  }
  return rule;
}

function freeId() {
  const taken = new Set((data.faults?.faults ?? []).map(f => f.id));
  let n = 1;
  while (taken.has(`${draft.does}-${n}`)) ++n;
  return `${draft.does}-${n}`.replaceAll('_', '-');
}

async function add() {
  const rule = toRule();
  const id = draft.id.trim() || freeId();
  await control('PUT', `faults/${segment(id)}`, rule);
  change(fresh(draft.on), true);
  return `${id} is in force`;
}

const id = name => `fault/${drawn}/${name}`;

function drawMatch() {
  const choices = ON[draft.on].match;
  // Of what the draft is by then: it may have changed since it was drawn.
  const edit = (i, part) => change({ match: draft.match.map(([name, pattern], at) => (at === i ? [part.name ?? name, part.pattern ?? pattern] : [name, pattern])) });
  return h('fieldset', { key: 'match' }, h('legend', {}, 'Where'),
    !draft.match.length && h('p', { class: 'hint' }, 'All of them.'),
    draft.match.map(([name, pattern], i) => h('div', { class: 'row match-row', key: `${drawn}-${i}-${draft.match.length}` },
      select(`match-${i}`, choices.map(c => [c, c]), name, { 'aria-label': `Attribute ${i + 1}`, onchange: e => edit(i, { name: e.target.value }) }),
      h('span', { class: 'muted' }, 'is'),
      input(`pattern-${i}`, pattern, { 'aria-label': `Pattern of attribute ${i + 1}`, placeholder: '* stands for anything', class: 'grow', oninput: e => edit(i, { pattern: e.target.value }) }),
      h('button', { type: 'button', class: 'quiet', 'aria-label': `Remove attribute ${i + 1}`, onclick: () => change({ match: draft.match.filter((_, at) => at !== i) }, true) }, '×'))),
    h('button', { type: 'button', class: 'quiet', onclick: () => change({ match: [...draft.match, [choices.find(c => !draft.match.some(([n]) => n === c)) ?? choices[0], '']] }, true) }, '+ Only where…'));
}

function drawWhich() {
  const hints = { nth: ['2, 5', 'counted from now'], every: ['3', 'counted from now'], probability: ['0.1', 'from 0 to 1, by the seed'] };
  return h('fieldset', { key: 'which' }, h('legend', {}, 'Which of those'),
    chips('Which of those', Object.entries(WHICH), draft.which, which => change({ which, count: hints[which]?.[0] ?? '' }, true)),
    h('div', { class: 'grid pad-top' },
      draft.which !== 'each' && field(WHICH[draft.which], id(`count-${draft.which}`), input('count', draft.count, { required: true, oninput: e => change({ count: e.target.value }) }), hints[draft.which][1]),
      field('At most so often', id('times'), input('times', draft.times, { type: 'number', min: '1', placeholder: 'no limit', oninput: e => change({ times: e.target.value }) }))));
}

function valueField() {
  const { kind, choices, unit, title } = DO[draft.does];
  if (kind === 'flag') return null;
  const name = id(`value-${draft.does}`);
  const set = e => change({ value: e.target.value });
  if (kind === 'choice') return field('What', name, select('value', choices.map(c => [c, c]), draft.value, { onchange: set }));
  const label = draft.does === 'status' ? 'Status' : unit ? `How many ${unit}` : kind === 'duration' ? 'How long' : title;
  return field(label, name, input('value', draft.value, { required: true, type: kind === 'integer' ? 'number' : 'text', oninput: set }), kind === 'duration' ? '500ms, 2s, 10m' : undefined);
}

function drawDo() {
  const choices = Object.entries(DO).filter(([, d]) => d.on.includes(draft.on)).map(([name, d]) => [name, d.title]);
  return h('fieldset', { key: 'do' }, h('legend', {}, 'What happens'), h('div', { class: 'grid' },
    field('Fault', id(`do-${draft.on}`), select('does', choices, draft.does, { onchange: e => change({ does: e.target.value, value: DO[e.target.value].value ?? '' }, true) })),
    valueField(),
    draft.does === 'status' && field('Headers (JSON)', id('headers'), input('headers', draft.headers, { placeholder: '{"Retry-After":"3"}', oninput: e => change({ headers: e.target.value }) }))));
}

function drawPreview() {
  let rule;
  try {
    rule = toRule();
  } catch (problem) {
    return h('p', { class: 'trouble' }, problem.message);
  }
  return h('div', { class: 'preview', key: 'preview' }, h('p', {}, inWords(rule), '.'),
    h('details', {}, h('summary', {}, 'As JSON'), jsonText(JSON.stringify(rule), 'The rule as JSON')));
}

export function drawFaultForm() {
  const on = Object.entries(ON).map(([name, { title }]) => [name, title]);
  return h('section', { class: 'card', key: 'form', 'aria-label': 'Add a fault' },
    h('div', { class: 'pad' }, h('h2', {}, 'Add a fault'),
      h('div', { class: 'chips presets', role: 'group', 'aria-label': 'Begin with' }, PRESETS.map(([title, rule]) => h('button', { type: 'button', key: title, onclick: () => fromRule(rule) }, title)))),
    h('form', { class: 'form', autocomplete: 'off', onsubmit: event => { event.preventDefault(); act(add); } },
      h('fieldset', { key: 'on' }, h('legend', {}, 'Strikes'), chips('Strikes', on, draft.on, name => change({ ...fresh(name), id: draft.id }, true))),
      drawMatch(), drawWhich(), drawDo(),
      field('Name', id('id'), input('id', draft.id, { placeholder: freeId(), oninput: e => change({ id: e.target.value }) }), 'How the journal and deliveries call it.'),
      drawPreview(),
      h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Add fault'))));
}
