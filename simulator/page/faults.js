// Tab Faults: the rules in force, how often each has struck, and a form for one more.
import { sureButton } from './act.js';
import { control, segment } from './api.js';
import { h } from './dom.js';
import { drawFaultForm } from './fault_form.js';
import { inWords, ON } from './fault_kinds.js';
import { jsonText } from './json_text.js';
import { badge, button, empty, loading, pageHead, tag } from './parts.js';
import { data } from './store.js';

export const view = {
  needs: () => ['faults'],
  draw: () => {
    if (!data.faults) return loading('faults');
    const rules = data.faults.faults;
    return [
      pageHead('Faults', { about: 'What goes wrong, on purpose: for requests, webhooks, external APIs and the store.',
        actions: rules.length > 1 && sureButton('clear-faults', 'Remove all', clear) }),
      h('div', { class: 'page two', key: 'page' },
        h('section', { key: 'rules', 'aria-label': 'Rules in force' }, h('h2', {}, 'In force'),
          rules.length ? h('ul', { class: 'stack' }, rules.map(ruleCard)) : empty('All is well', 'No rule is in force. Add one to see how your backend takes it.')),
        drawFaultForm()),
    ];
  },
};

async function clear() {
  await control('DELETE', 'faults');
  return 'All faults are removed';
}

const remove = rule => async () => {
  await control('DELETE', `faults/${segment(rule.id)}`);
  return `${rule.id} is removed`;
};

const plainRule = ({ matched, fired, ...rule }) => rule;

function ruleCard(rule) {
  const isOver = rule.times !== undefined && rule.fired >= rule.times;
  const share = rule.matched ? Math.min(100, (rule.fired / rule.matched) * 100) : 0;
  return h('li', { class: 'card endpoint', key: rule.id },
    h('div', { class: 'row top-row' }, h('h3', { class: 'grow' }, h('code', {}, rule.id), ' ', tag(ON[rule.on]?.title ?? rule.on)),
      button('Remove', remove(rule), { class: 'quiet', 'aria-label': `Remove ${rule.id}` })),
    h('p', {}, inWords(rule), '.'),
    h('div', { class: 'meter-row' }, rule.fired ? badge('warn', `fired ${rule.fired.toLocaleString('en')}`) : badge('off', 'not fired yet'),
      h('span', { class: 'muted' }, `of ${rule.matched.toLocaleString('en')} matched`), isOver && badge('info', 'used up'),
      h('span', { class: 'meter', 'aria-hidden': 'true' }, h('span', { style: { width: `${share}%` } }))),
    h('details', {}, h('summary', {}, 'Rule', h('span', { class: 'sr' }, ` ${rule.id} as JSON`)), jsonText(JSON.stringify(plainRule(rule)), `Rule ${rule.id}`)));
}
