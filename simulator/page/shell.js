// What is around every tab: the tabs themselves, the clock at the top, whether the simulator is there.
import { act } from './act.js';
import { control } from './api.js';
import { chooseEnvironment, chosenEnvironment, environmentNames } from './chosen_environment.js';
import { h } from './dom.js';
import { dayOf, fullTime, plural, relative, span, durationMs } from './format.js';
import { isNarrow } from './narrow.js';
import { button, select } from './parts.js';
import { go, href, TABS } from './router.js';
import { data, forget, isVirtual, now } from './store.js';

const ICONS = {
  integrations: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM11.5 9v5M9 11.5h5',
  connections: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5L7.5 13A3 3 0 0 1 3 8.5L4.5 7',
  webhooks: 'M2 9l2-5.5h8L14 9v4H2zM2 9h3.5l1 1.5h3l1-1.5H14',
  logs: 'M2.5 3.5h11M2.5 6.5h7M2.5 9.5h11M2.5 12.5h5',
  environment: 'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.5v4M6 9.5v4',
  faults: 'M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.5V8l2.5 1.5',
  advisories: 'M8 2a4.5 4.5 0 0 0-2.5 8.200V12h5v-1.800A4.5 4.5 0 0 0 8 2zM6.5 14h3',
};

const icon = id => h('svg', { viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true', class: 'icon' }, h('path', { d: ICONS[id] }));

const counts = () => ({
  advisories: [data.advisories?.advisories.length, 'open'],
  faults: [data.faults?.faults.length, 'in force'],
});

export function drawTabs(route) {
  document.getElementById('tabs').setAttribute('aria-orientation', isNarrow() ? 'horizontal' : 'vertical');
  return TABS.map(({ id, title }) => {
    const [count, word] = counts()[id] ?? [];
    const isCurrent = route.tab === id;
    return h('a', {
      key: id, id: `tab-${id}`, role: 'tab', href: href(id), class: 'tab', 'aria-selected': String(isCurrent), tabindex: isCurrent ? '0' : '-1',
      'aria-controls': isCurrent ? 'panel' : undefined,
    }, icon(id), h('span', {}, title), count > 0 && h('span', { class: 'count' }, count, h('span', { class: 'sr' }, ` ${word}`)));
  });
}

export function moveAmongTabs(event, route) {
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const at = TABS.findIndex(t => t.id === route.tab);
  const next = event.key === 'Home' ? 0 : event.key === 'End' ? TABS.length - 1 : at + (steps[event.key] ?? 0);
  if (next === at) return;
  event.preventDefault();
  const { id } = TABS[(next + TABS.length) % TABS.length];
  go(id);
  document.getElementById(`tab-${id}`).focus();
}

const change = event => act(async () => {
  chooseEnvironment(event.target.value);
  forget();
});

export function drawStatus(reached, isLive) {
  const word = reached === null ? 'Connecting' : reached ? 'Connected' : 'Not answering';
  const { dialect, version } = data.ready ?? {};
  return [
    h('p', { role: 'status', class: `health ${reached ? 'good' : reached === false ? 'bad' : ''}` },
      h('span', { class: 'dot', 'aria-hidden': 'true' }), word, reached && h('span', { class: 'muted' }, isLive ? ' · live' : ' · each second')),
    environmentNames().length > 1 && h('label', { class: 'environment', key: 'environment' }, h('span', {}, 'Environment'),
      select('environment', environmentNames().map(name => [name, name]), chosenEnvironment(), { onchange: change, 'aria-label': 'Environment' })),
    dialect && h('p', { class: 'muted' }, `${dialect} dialect · ${version} · seed ${data.ready.seed}`),
  ];
}

export async function advance(by) {
  const { advanced, attempts } = await control('POST', 'clock/advance', by);
  return `Advanced ${span(durationMs(advanced))}: ${plural(attempts, 'webhook attempt')}`;
}

export async function runUntilIdle() {
  const { advanced, attempts } = await control('POST', 'clock/run-until-idle');
  return advanced && isVirtual() ? `Idle after ${span(durationMs(advanced))}: ${plural(attempts, 'webhook attempt')}` : `Idle: ${plural(attempts ?? 0, 'webhook attempt')}`;
}

export function drawTop(reached) {
  if (reached === false) {
    return h('p', { class: 'gone', role: 'alert', key: 'gone' }, 'The simulator does not answer. What is below is from before; trying again…');
  }
  if (!data.clock) return null;
  const { mode, next_due: due, in_flight: flying } = data.clock;
  const steps = [['1s', 'one second'], ['1m', 'one minute'], ['1h', 'one hour']];
  return [
    h('a', { class: 'now', key: 'now', href: href('clock'), title: 'To the Clock tab' },
      h('span', { class: 'tag' }, mode), h('time', { datetime: now() }, h('span', { class: 'date' }, `${dayOf(now())} `), fullTime(now()).slice(11).replace(/\.000$/, ''))),
    h('span', { class: 'due muted', key: 'due' }, flying ? `${plural(flying, 'webhook')} on the wire` : due ? `next: ${relative(due, now())}` : ''),
    isVirtual() && h('span', { class: 'steps', key: 'steps', role: 'group', 'aria-label': 'Advance the clock' },
      steps.map(([by, words]) => button(`+${by}`, () => advance({ by }), { 'aria-label': `+${by}: advance ${words}`, key: by }))),
    isVirtual() && button('Run until idle', runUntilIdle, { key: 'idle', title: 'Let time pass until no webhook is due any more' }),
  ];
}
