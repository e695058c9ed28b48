// The tab Logs: a run that failed half-way, a delivery with three attempts, an action, a call of the proxy; what is chosen
// of them; their steps on a line of time; by keyboard.
//
//   node logs_test.mjs PATH/TO/terapi-simulator
import { check, equal, run } from './browser.mjs';
import { Receiver } from './receiver.mjs';

const HUBSPOT = { integration: 'hubspot', connection: 'demo' };

const rows = page => page.getByRole('listbox', { name: 'Operations' }).getByRole('option');
const details = page => page.getByRole('region', { name: 'Details' });
const fact = (page, name) => details(page).locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd');
const steps = page => details(page).getByRole('list', { name: 'Steps' }).getByRole('listitem');
const choose = (page, label, value) => page.getByLabel(label, { exact: true }).selectOption(value);
const are = (page, count) => page.getByRole('status').filter({ hasText: new RegExp(`^${count} operations?(;|$)`) }).waitFor();

async function fillsTheWorld(stage) {
  const { simulator } = stage;
  stage.receiver = await Receiver.start();
  stage.receiver.status = 500;
  await simulator.control('PATCH', 'environment', { webhook_urls: [stage.receiver.url], retry: { attempts: 3 } });
  await simulator.control('PATCH', 'upstream/hubspot/demo/contacts', { page_size: 50, latency: '250ms' });
  await simulator.control('PUT', 'faults/half', { on: 'upstream', match: { collection: 'contacts', method: 'GET' }, nth: [2], do: { status: 502 } });
  await simulator.control('PATCH', 'integrations/hubspot/endpoints/hubspot-contacts', { enabled: true });
  await simulator.control('POST', 'clock/run-until-idle');
  await simulator.control('DELETE', 'faults/half');
  await simulator.call('POST', '/action/trigger', { ...HUBSPOT, body: { action_name: 'create-contact', input: { email: 'ada@example.com' } } });
  await simulator.call('GET', '/proxy/contacts/none', HUBSPOT).catch(() => {});
}

async function showsARunThatFailedHalfWay(stage) {
  stage.page = await stage.browser.open('#/logs');
  const { page } = stage;
  await choose(page, 'Kind', 'run');
  await choose(page, 'Outcome', 'failure');
  await are(page, 1);
  const row = rows(page).first();
  await row.getByText('hubspot-contacts').waitFor();
  await row.getByText('hubspot/demo/Contact').waitFor();
  await row.getByText('failed').waitFor();
  await row.getByText('script_http_error: GET /contacts answered 502').waitFor();
  await row.click();
  equal(await fact(page, 'Error').innerText(), 'script_http_error: GET /contacts answered 502', 'the error');
  equal(await fact(page, 'Took').innerText(), '500 ms', 'how long it took');
  equal(await fact(page, 'Records').innerText(), '50 added', 'what it saved');
  await steps(page).first().waitFor();
  const said = (await steps(page).allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
  check(said[0].startsWith('+0 s') && said[0].endsWith('answered 200: 50 objects 250 ms'), `the first step: ${said[0]}`);
  check(said[1].includes('save 50 added'), `the second step: ${said[1]}`);
  check(said[2].startsWith('+250 ms') && said[2].includes('answered 502'), `the third step: ${said[2]}`);
  check(said[3].includes('the run ends here'), `the fourth step: ${said[3]}`);
  const line = await details(page).getByRole('img', { name: /^Timeline/ }).getAttribute('aria-label');
  equal(line.replace(/.*?: /, ''), '1 step after 0 s: page; 2 steps after 250 ms: save, page; 2 steps after 500 ms: failure, webhook', 'the line of time');
  if (process.env.TERAPI_SHOTS) await page.screenshot({ path: `${process.env.TERAPI_SHOTS}/run.png` });
}

async function leadsToItsDeliveryWithThreeAttempts({ page }) {
  await choose(page, 'Outcome', '');
  await choose(page, 'Kind', 'delivery');
  await are(page, 1);
  await rows(page).first().click();
  await page.waitForFunction(() => /Delivery/.test(document.querySelector('.detail dl')?.textContent));
  equal(await fact(page, 'Error').innerText(), 'the last attempt: 500', 'the error');
  await steps(page).getByText('attempt 3 was answered 500').waitFor();
  const said = (await steps(page).allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
  equal(said.map(text => /attempt \d was answered \d+/.exec(text)[0]), [1, 2, 3].map(n => `attempt ${n} was answered 500`), 'the attempts');
  check(said[1].startsWith('+100 ms') && said[1].includes('next at'), `the second attempt: ${said[1]}`);
  await fact(page, 'Delivery').getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
  await details(page).getByText('sync webhook').waitFor();
  await page.goBack();
}

async function showsAnAction({ page }) {
  await choose(page, 'Kind', 'action');
  await rows(page).first().getByText('create-contact').waitFor();
  await rows(page).first().click();
  await fact(page, 'Action').getByText('create-contact').waitFor();
  await steps(page).getByText('POST /contacts answered 201').waitFor();
}

async function showsACallOfTheProxy({ page }) {
  await choose(page, 'Kind', 'proxy');
  await rows(page).first().getByText('GET /contacts/none').waitFor();
  await rows(page).first().click();
  equal(await fact(page, 'Error').innerText(), 'answered 404', 'the error');
  await steps(page).getByText('GET /contacts/none answered 404').waitFor();
}

async function findsByTextLevelAndTime({ page, simulator }) {
  await choose(page, 'Kind', '');
  await choose(page, 'Level', 'error');
  await are(page, 3);
  await page.getByLabel('Filter operations by text').fill('CONTACTS ANSWERED 502');
  await are(page, 1);
  await page.getByLabel('Filter operations by text').fill('');
  await are(page, 3);
  await simulator.control('POST', 'clock/advance', { by: '2h' });
  await are(page, 4); // the new contact's webhook
  await page.getByText('2024-01-01 02:00:00').waitFor();
  await choose(page, 'When', '60000');
  await page.getByText('No operation like that').waitFor();
  await choose(page, 'When', '86400000');
  await are(page, 4);
  await choose(page, 'When', '');
}

// Runs that found nothing new are there for whoever asks for all levels.
async function hidesIdleRunsUntilAsked({ page, simulator }) {
  await choose(page, 'Level', 'info');
  await choose(page, 'Kind', 'run');
  const { logs } = await simulator.control('GET', 'logs?event=run.idle');
  check(logs.length > 0, 'no run was idle');
  await page.getByText('hubspot-contacts').first().waitFor();
  equal(await page.getByText('nothing new').count(), 0, 'idle runs');
  await choose(page, 'Level', '');
  await page.getByText('nothing new').first().waitFor();
}

// What is under way is seen to end.
async function seesOneEnd({ page, simulator }) {
  await choose(page, 'Kind', 'run');
  await choose(page, 'Level', 'info');
  await simulator.call('POST', '/sync/trigger', { body: { syncs: ['hubspot-contacts'], provider_config_key: 'hubspot', connection_id: 'demo' } });
  await rows(page).first().getByText('running').waitFor();
  await rows(page).first().click();
  await simulator.control('POST', 'clock/run-until-idle');
  await rows(page).first().getByText('success').waitFor();
  await steps(page).getByText('Contact was read to its end').waitFor();
}

async function isUsableByKeyboard({ page }) {
  const list = page.getByRole('listbox', { name: 'Operations' });
  await list.focus();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('[role=listbox] [aria-selected=true]')?.getAttribute('aria-posinset') === '1');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('[role=listbox] [aria-selected=true]')?.getAttribute('aria-posinset') === '2');
  await details(page).waitFor();
  await page.keyboard.press('Escape');
  await details(page).waitFor({ state: 'detached' });
}

async function isShownInTheDark(stage) {
  await stage.page.close();
  stage.page = await stage.browser.open('#/logs', { colorScheme: 'dark' });
  await rows(stage.page).nth(2).click();
  await details(stage.page).waitFor();
  if (process.env.TERAPI_SHOTS) await stage.page.screenshot({ path: `${process.env.TERAPI_SHOTS}/dark.png` });
}

await run({
  fillsTheWorld, showsARunThatFailedHalfWay, leadsToItsDeliveryWithThreeAttempts, showsAnAction, showsACallOfTheProxy,
  findsByTextLevelAndTime, hidesIdleRunsUntilAsked, seesOneEnd, isUsableByKeyboard, isShownInTheDark,
});
