// The page: which tab is shown, and keeping it true.
import { afterActing } from './act.js';
import { view as advisories } from './advisories.js';
import { view as clock } from './clock.js';
import { view as connections } from './connections.js';
import { show } from './dom.js';
import { view as environment } from './environment.js';
import { Watch } from './events.js';
import { view as faults } from './faults.js';
import { view as integrations } from './integrations.js';
import { view as logs } from './logs.js';
import { redraw, whenAsked } from './redraw.js';
import { currentRoute, TABS } from './router.js';
import { drawStatus, drawTabs, drawTop, moveAmongTabs } from './shell.js';
import { data, refresh } from './store.js';
import { view as webhooks } from './webhooks.js';

const VIEWS = { integrations, connections, webhooks, logs, environment, faults, clock, advisories };
const ALWAYS = ['ready', 'clock', 'advisories', 'faults'];

const byId = id => document.getElementById(id);
let route = currentRoute();
let reached = null;

const needed = () => [...new Set([...ALWAYS, ...(data.world ? [] : ['world']), ...VIEWS[route.tab].needs(route)])];

function draw() {
  show(byId('tabs'), drawTabs(route));
  show(byId('status'), drawStatus(reached, watch.live));
  show(byId('top'), drawTop(reached));
  const panel = byId('panel');
  panel.setAttribute('aria-labelledby', `tab-${route.tab}`);
  panel.classList.toggle('stale', reached === false);
  show(panel, VIEWS[route.tab].draw(route));
  const title = panel.querySelector('h1')?.textContent ?? TABS.find(t => t.id === route.tab).title;
  document.title = `${title} · Terapi simulator`;
}

async function look(names) {
  const wanted = needed();
  const answer = await refresh(names ? wanted.filter(name => names.includes(name) || name === 'clock') : wanted);
  const changed = answer.changed.size > 0 || answer.reached !== reached;
  reached = answer.reached;
  if (changed) redraw();
  return reached;
}

// On a narrow window the tabs are a strip that scrolls.
function showTab() {
  byId(`tab-${route.tab}`).scrollIntoView({ block: 'nearest', inline: 'center' });
}

function onRoute() {
  const before = route;
  route = currentRoute();
  if (route.tab !== before.tab) byId('panel').replaceChildren();
  draw();
  showTab();
  if (document.activeElement === document.body) byId('panel').querySelector('h1')?.focus({ preventScroll: true });
  watch.again();
}

whenAsked(draw);
const watch = new Watch(look);
afterActing(() => watch.again());
addEventListener('hashchange', onRoute);
byId('tabs').addEventListener('keydown', event => moveAmongTabs(event, route));
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  byId('panel').focus();
});
matchMedia('(max-width: 760px)').addEventListener('change', redraw);
draw();
showTab();
