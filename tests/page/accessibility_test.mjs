// axe-core finds nothing worse than minor on any tab, light and dark, wide and narrow; and the page can be used by keyboard.
//
//   node accessibility_test.mjs PATH/TO/terapi-simulator
import { axeSource, check, equal, run } from './browser.mjs';
import { Receiver } from './receiver.mjs';

const FORMS = [
  ['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }],
  ['narrow', { colorScheme: 'light', width: 390, height: 844 }], ['narrow and dark', { colorScheme: 'dark', width: 390, height: 844 }],
];

// A world in which every tab has something to show: webhooks that came and that did not, runs that failed, advisories.
async function fillsTheWorld(stage) {
  const { simulator } = stage;
  stage.receiver = await Receiver.start();
  await simulator.control('PATCH', 'environment', { webhook_urls: [stage.receiver.url, 'http://127.0.0.1:9/closed'] });
  await simulator.control('PATCH', 'integrations/hubspot/endpoints/hubspot-contacts', { enabled: true });
  await simulator.control('PUT', 'faults/half', { on: 'upstream', match: { collection: 'invoices' }, nth: [1], do: { status: 502 } });
  await simulator.control('PATCH', 'integrations/stripe/endpoints/stripe-invoices', { enabled: true });
  await simulator.control('PATCH', 'upstream/github/demo/issues', { changes: { every: '10m', added: 1, changed: 1, deleted: 1 } });
  await simulator.control('POST', 'clock/advance', { by: '1h' });
  await simulator.control('POST', 'snapshots/before');
  for (let i = 0; i < 10; ++i) await simulator.call('GET', '/records?model=Issue&cursor=mine', { integration: 'github', connection: 'demo' }).catch(() => {});
  const { deliveries } = await simulator.control('GET', 'deliveries');
  const failed = deliveries.find(d => d.state === 'failed');
  check(failed, 'no webhook failed');
  const { logs: [run] } = await simulator.control('GET', 'logs?event=run.failed');
  stage.places = [
    ['integrations', 'HubSpot'], ['integrations/hubspot/endpoints', 'hubspot-contacts'], ['integrations/github/external', 'generated objects'],
    ['connections', '3 connections'], ['connections/new', 'Create connection'], ['connections/hubspot/demo/records/Contact/base/50101', 'Decoded from base64'],
    ['connections/hubspot/demo/syncs', 'Last ended'], ['connections/hubspot/demo/details', 'Delete connection'],
    ['webhooks', 'delivered'], [`webhooks/${failed.id}`, 'Signature matches'], ['logs', 'advisory'], ['logs/operations/1', 'a run ended'], [`logs/operations/${run.id}`, 'the run ends here'], ['logs/requests/1', '#1'],
    ['environment', 'Retry policy'], ['faults', 'fired 1'], ['clock', 'External API changes'], ['advisories', 'hot_loop_on_4xx'],
  ];
}

async function audit(page, where) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const bad = violations.filter(v => v.impact !== 'minor');
  const told = bad.flatMap(v => v.nodes.map(n => `${v.impact} ${v.id}: ${v.help}: ${n.html.slice(0, 200)} ${n.any.map(a => a.message).join('; ').slice(0, 200)}`));
  check(!bad.length, `${where}:\n${told.join('\n')}`);
}

// Nothing sticks out of the window on its side.
async function fits(page, where) {
  const [wanted, has] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  check(wanted <= has, `${where}: ${wanted} px wide in a window of ${has}`);
  const [panel, own] = await page.evaluate(() => [document.getElementById('panel').scrollWidth, document.getElementById('panel').clientWidth]);
  check(panel <= own, `${where}: the panel is ${panel} px wide, in ${own}`);
}

async function looksEverywhere(stage) {
  for (const [form, options] of FORMS) {
    stage.page = await stage.browser.open('', options);
    for (const [place, text] of stage.places) {
      await stage.page.evaluate(hash => { location.hash = `#/${hash}`; }, place);
      await stage.page.locator('#panel').getByText(text).and(stage.page.locator(':visible')).first().waitFor();
      await audit(stage.page, `${form}, ${place}`);
      await fits(stage.page, `${form}, ${place}`);
    }
    await stage.page.close();
  }
}

const focused = page => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);

async function movesAmongTabs(stage) {
  stage.page = await stage.browser.open();
  const { page } = stage;
  await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor();
  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content', 'the first stop');
  await page.keyboard.press('Tab');
  equal(await focused(page), 'tab-integrations', 'the second stop');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor();
  equal(await focused(page), 'tab-connections', 'the focus after ArrowDown');
  await page.keyboard.press('End');
  await page.getByRole('heading', { level: 1, name: 'Advisories' }).waitFor();
  await page.keyboard.press('Home');
  await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor();
  equal(await page.locator('[role=tab][tabindex="0"]').count(), 1, 'tabs that Tab stops at');
}

async function choosesRows({ page }) {
  await page.getByRole('tab', { name: 'Webhooks' }).click();
  const list = page.getByRole('listbox', { name: 'Webhook deliveries' });
  await list.focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('region', { name: 'Details' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('[role=listbox] [aria-selected=true]')?.getAttribute('aria-posinset') === '2');
  equal(await list.evaluate(el => el.getAttribute('aria-activedescendant') === el.querySelector('[aria-selected=true]').id), true, 'aria-activedescendant');
  equal(await list.evaluate(el => el === document.activeElement), true, 'the focus is on the list');
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Details' }).waitFor({ state: 'detached' });
  equal(await list.evaluate(el => el === document.activeElement), true, 'the focus is on the list after Escape');
}

// The toggle is pressed, everything is drawn anew, and the focus is where it was.
async function keepsTheFocus({ page, simulator }) {
  await page.evaluate(() => { location.hash = '#/integrations/github/endpoints'; });
  const toggle = page.getByRole('switch', { name: 'Sync github-issues' });
  await toggle.focus();
  await page.keyboard.press('Space');
  await page.getByRole('switch', { name: 'Sync github-issues', checked: false }).waitFor();
  equal(await toggle.evaluate(el => el === document.activeElement), true, 'the focus is on the toggle');
  await simulator.control('PATCH', 'integrations/github/endpoints/github-issues', { enabled: true });
  await page.getByRole('switch', { name: 'Sync github-issues', checked: true }).waitFor();
  equal(await toggle.evaluate(el => el === document.activeElement), true, 'the focus after a change from elsewhere');
}

await run({ fillsTheWorld, looksEverywhere, movesAmongTabs, choosesRows, keepsTheFocus });
