// Walks the guide ("Sync data from an API") in a browser, from its first sentence to its last, and what the page has
// beside it.
//
//   node guide_test.mjs PATH/TO/terapi-simulator
import { check, equal, run } from './browser.mjs';
import { isSigned, Receiver } from './receiver.mjs';

const tab = (page, name) => page.getByRole('tab', { name, exact: false }).click();
const says = (page, text) => page.locator('#notice').getByText(text).waitFor();
const rows = (page, list) => page.getByRole('listbox', { name: list }).getByRole('option');
const fact = (scope, name) => scope.locator('.facts > div', { has: scope.page().locator(`dt:text-is("${name}")`) }).locator('dd');

async function counts(locator, wanted, what) {
  await locator.nth(wanted - 1).waitFor();
  equal(await locator.count(), wanted, what);
}

const HUBSPOT = { integration: 'hubspot', connection: 'demo' };

async function seesIntegrations(stage) {
  stage.page = await stage.browser.open();
  await stage.page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor();
  const tabs = await stage.page.getByRole('tab').evaluateAll(all => all.map(each => each.querySelector('span').textContent));
  equal(tabs, ['Integrations', 'Connections', 'Webhooks', 'Logs', 'Environment settings', 'Faults', 'Clock', 'Advisories'], 'the tabs');
  equal(await stage.page.getByRole('tab', { selected: true }).count(), 1, 'tabs that are selected');
  const first = stage.page.getByRole('region', { name: 'First steps' });
  await first.getByText('Set the webhook URL').waitFor();
}

async function enablesTheTemplate({ page, simulator }) {
  await page.getByRole('link', { name: /HubSpot/ }).click();
  await page.getByRole('link', { name: 'Endpoints' }).and(page.locator('[aria-current=page]')).waitFor();
  const toggle = page.getByRole('switch', { name: 'Sync hubspot-contacts' });
  equal(await toggle.getAttribute('aria-checked'), 'false', 'the toggle before');
  await toggle.click();
  await page.getByRole('switch', { name: 'Sync hubspot-contacts', checked: true }).waitFor();
  await says(page, 'hubspot-contacts is on');
  await page.getByRole('list', { name: 'Runs of hubspot-contacts' }).getByText('Success').waitFor();
  const { integrations } = await simulator.control('GET', 'integrations');
  check(integrations.find(i => i.id === 'hubspot').endpoints[0].enabled, 'the template is not enabled at the simulator');
}

async function seesTheRecords({ page, simulator }) {
  await page.getByRole('list', { name: 'Runs of hubspot-contacts' }).getByRole('link', { name: 'demo' }).click();
  await page.getByText('80 records of hubspot/demo/Contact').waitFor();
  const truth = (await simulator.control('GET', 'truth?integration=hubspot')).trim().split('\n').map(line => JSON.parse(line));
  const newest = truth.at(-1);
  const row = rows(page, 'Records of hubspot/demo/Contact').first();
  equal(await row.locator('.c-id').innerText(), newest.id, 'the first row');
  await row.click();
  const detail = page.getByRole('region', { name: 'Details' });
  const payload = detail.getByRole('region', { name: `Payload of ${newest.id}` });
  equal(JSON.parse(await payload.innerText()), newest.payload, 'the payload');
  const cursor = detail.getByRole('region', { name: 'Cursor', exact: true });
  equal(await fact(cursor, 'Text').innerText(), Buffer.from(newest.cursor, 'base64').toString(), 'the decoded cursor');
  await detail.getByRole('button', { name: 'Read the rest by GET /records' }).click();
  equal(await fact(detail, 'last_action').innerText(), 'ADDED', 'last_action');
}

async function setsTheWebhookUrl(stage) {
  const { page, simulator } = stage;
  stage.receiver = await Receiver.start();
  await tab(page, 'Environment settings');
  await page.getByLabel('Webhook URL', { exact: true }).fill(stage.receiver.url);
  await page.getByRole('button', { name: 'Save webhook URLs' }).click();
  await says(page, `Webhooks go to ${stage.receiver.url}`);
  equal((await simulator.control('GET', 'environment')).webhook_urls, [stage.receiver.url], 'webhook_urls');
  equal(await page.getByLabel('Webhook URL', { exact: true }).inputValue(), stage.receiver.url, 'the field afterwards');
}

async function keepsTheKeyUntilAsked({ page, simulator }) {
  const inPage = async () => (await page.content()).includes(simulator.key);
  check(!(await inPage()), 'the secret key is in the page');
  await page.getByRole('button', { name: 'Show the secret key' }).click();
  await page.getByText(simulator.key).waitFor();
  await page.getByRole('button', { name: 'Hide the secret key' }).click();
  await page.getByText(simulator.key).waitFor({ state: 'detached' });
  check(!(await inPage()), 'the secret key is still in the page');
}

async function writesBackByAnAction({ page }) {
  await page.getByRole('button', { name: /advance one minute/ }).click();
  await says(page, 'Advanced 1 m: 0 webhook attempts');
  await page.goto(page.url().replace(/#.*/, '#/integrations/hubspot/endpoints'));
  const action = page.getByRole('region', { name: 'Actions' });
  await action.getByText('Try it').click();
  await action.getByLabel('email').fill('ada@example.com');
  await action.getByRole('button', { name: 'Carry it out' }).click();
  await action.getByText('"ada@example.com"').waitFor();
}

async function receivesTheWebhook(stage) {
  const { page, simulator, receiver } = stage;
  await page.getByRole('button', { name: 'Run now: hubspot-contacts for demo' }).click();
  await receiver.came(1);
  check(isSigned(receiver.webhooks[0], simulator.key), 'the receiver does not find it signed');
  const body = JSON.parse(receiver.webhooks[0].body);
  equal(body.responseResults, { added: 1, updated: 0, deleted: 0 }, 'responseResults');
  await tab(page, 'Webhooks');
  const row = rows(page, 'Webhook deliveries').first();
  await row.getByText('delivered').waitFor();
  await row.click();
  const detail = page.getByRole('region', { name: 'Details' });
  stage.delivery = receiver.webhooks[0].headers['x-terapi-delivery'];
  equal(await fact(detail, 'Delivery').innerText(), stage.delivery, 'the delivery');
  await detail.getByRole('img', { name: 'Timeline: attempt 1 after 0 s: 204' }).waitFor();
  await counts(detail.getByText('Signature matches'), 2, 'signatures that match');
  equal(JSON.parse(await detail.getByRole('region', { name: 'Body of the webhook' }).innerText()), body, 'the body that is shown');
  const request = detail.getByRole('region', { name: 'Request' });
  await request.getByText('X-Terapi-Attempt').waitFor();
  await request.getByText(stage.delivery).waitFor();
  await detail.getByText(/^\d+ headers of the response to attempt 1$/).click();
  await detail.getByRole('table').getByText('from the backend').waitFor();
}

async function sendsItAgain({ page, receiver, delivery }) {
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByRole('button', { name: 'Resend' }).click();
  await receiver.came(2);
  equal(receiver.webhooks[1].headers['x-terapi-delivery'], delivery, 'the delivery');
  equal(receiver.webhooks[1].headers['x-terapi-attempt'], '2', 'the attempt');
  await detail.getByRole('heading', { name: 'Attempts (2)' }).waitFor();
}

async function changesARecord({ page, receiver }) {
  receiver.status = 500;
  await page.goto(page.url().replace(/#.*/, '#/connections/hubspot/demo/records/Contact/base/50101'));
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByText('Change this record').click();
  const payload = detail.getByRole('textbox', { name: 'Payload' });
  await payload.fill(JSON.stringify({ ...JSON.parse(await payload.inputValue()), lifecycle_stage: 'customer of the year' }));
  await detail.getByRole('button', { name: 'Save' }).click();
  const history = detail.getByRole('region', { name: 'History' });
  await history.getByText('"customer of the year"').waitFor();
  await counts(history.getByRole('listitem'), 2, 'versions');
  await receiver.came(3);
}

async function seesItRetried({ page, receiver }) {
  await tab(page, 'Clock');
  const due = page.getByRole('region', { name: 'Due next' });
  await due.getByRole('link', { name: /attempt 2 of sync of hubspot\/demo\/Contact, in 100 ms/ }).waitFor();
  await page.getByRole('region', { name: 'Move the clock' }).getByRole('button', { name: 'Run until idle' }).click();
  await says(page, 'Idle after 6.3 s: 6 webhook attempts');
  equal(receiver.webhooks.length, 9, 'webhooks');
  await tab(page, 'Webhooks');
  const row = rows(page, 'Webhook deliveries').first();
  await row.getByText('failed').waitFor();
  await row.click();
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByRole('heading', { name: 'Attempts (7)' }).waitFor();
  const sent = await detail.locator('tbody tr td:nth-child(3)').allInnerTexts();
  equal(sent, ['', '+100 ms', '+300 ms', '+700 ms', '+1.5 s', '+3.1 s', '+6.3 s'], 'when they were sent');
  await counts(detail.getByText('not today'), 7, 'answers that are shown');
  receiver.status = 204;
}

async function fetchesByTimeAndByCursor(stage) {
  const { page, simulator } = stage;
  const since = await simulator.call('GET', '/records?model=Contact&modified_after=2024-01-01T00:00:30Z&limit=100', HUBSPOT);
  equal(since.records.map(r => r.id), ['50181', '50101'], 'records modified since');
  const cursor = since.records[0]._terapi_metadata.cursor;
  const next = await simulator.call('GET', `/records?model=Contact&cursor=${cursor}`, HUBSPOT);
  equal(next.records.map(r => r.id), ['50101'], 'records after the cursor');
  await tab(page, 'Logs');
  await page.getByRole('link', { name: /Requests/ }).click();
  await rows(page, 'Requests').first().getByText(`model=Contact&cursor=${cursor}`).waitFor();
  await rows(page, 'Requests').first().click();
  const detail = page.getByRole('region', { name: 'Details' });
  equal(await fact(detail, 'Cursor asked from').innerText(), Buffer.from(cursor, 'base64').toString(), 'the cursor');
}

async function writesBackByTheProxy({ page, simulator }) {
  await simulator.call('PATCH', '/proxy/contacts/50102', { ...HUBSPOT, body: { company: 'Analytical Engines' } });
  await page.goto(page.url().replace(/#.*/, '#/connections/hubspot/demo/syncs'));
  await page.getByRole('button', { name: 'Run now: hubspot-contacts' }).click();
  await page.getByRole('link', { name: /Records/ }).click();
  await rows(page, 'Records of hubspot/demo/Contact').first().locator('.c-id').getByText('50102').waitFor();
  await rows(page, 'Records of hubspot/demo/Contact').first().click();
  await page.getByRole('region', { name: 'Payload of 50102' }).getByText('"Analytical Engines"').waitFor();
}

async function addsAFaultThatFires({ page, simulator }) {
  await tab(page, 'Faults');
  const form = page.getByRole('region', { name: 'Add a fault' });
  await form.getByRole('group', { name: 'Strikes' }).getByRole('button', { name: 'External API' }).click();
  await form.getByRole('button', { name: '+ Only where…' }).click();
  await form.getByLabel('Attribute 1', { exact: true }).selectOption('collection');
  await form.getByLabel('Pattern of attribute 1').fill('contacts');
  await form.getByRole('group', { name: 'Which of those' }).getByRole('button', { name: 'The nth' }).click();
  await form.getByLabel('The nth').fill('1');
  await form.getByLabel('Status').fill('502');
  await form.getByLabel('Name').fill('half');
  await form.getByText('The 1st request to an external API where collection is contacts answers 502.').waitFor();
  await form.getByRole('button', { name: 'Add fault' }).click();
  const rule = page.getByRole('region', { name: 'Rules in force' }).getByRole('listitem').filter({ hasText: 'half' });
  await rule.getByText('not fired yet').waitFor();
  const [{ matched, fired, ...stored }] = (await simulator.control('GET', 'faults')).faults;
  equal(stored, { id: 'half', on: 'upstream', match: { collection: 'contacts' }, nth: [1], do: { status: 502 } }, 'the rule');
  await simulator.call('POST', '/sync/trigger', { body: { syncs: ['hubspot-contacts'], provider_config_key: 'hubspot', connection_id: 'demo' } });
  await rule.getByText('fired 1').waitFor();
}

async function troubleshootsByTheLogs({ page, receiver }) {
  await receiver.came(11);
  await tab(page, 'Logs');
  await page.getByLabel('Filter operations by text').fill('hubspot-contacts');
  await page.getByLabel('Level').selectOption('error');
  const failed = rows(page, 'Operations').first();
  await failed.getByText('script_http_error').waitFor();
  await failed.click();
  const detail = page.getByRole('region', { name: 'Details' });
  await fact(detail, 'Sync').getByText('hubspot-contacts').waitFor();
  await detail.getByRole('list', { name: 'Steps' }).getByText('answered 502').waitFor();
  await page.getByLabel('Kind', { exact: true }).selectOption('delivery');
  await page.getByText('No operation like that').waitFor();
  await page.getByLabel('Filter operations by text').fill('');
  await rows(page, 'Operations').first().getByText('the last attempt: 500').waitFor();
}

async function removesTheFault({ page, simulator }) {
  await tab(page, 'Faults');
  await page.getByRole('button', { name: 'Remove half' }).click();
  await page.getByText('No rule is in force').waitFor();
  equal((await simulator.control('GET', 'faults')).faults, [], 'rules');
}

async function movesTheClock({ page, simulator }) {
  await tab(page, 'Clock');
  const before = Date.parse((await simulator.control('GET', 'clock')).now);
  await page.getByRole('region', { name: 'Move the clock' }).getByRole('button', { name: '+1 hour' }).click();
  await says(page, 'Advanced 1 h');
  const { now } = await simulator.control('GET', 'clock');
  equal(Date.parse(now) - before, 3600e3, 'how far it went');
  await page.getByRole('status', { name: 'Now' }).getByText(now.slice(11, 19)).waitFor();
}

async function isAdvised({ page, simulator }) {
  for (let i = 0; i < 10; ++i) await simulator.call('GET', '/records?model=Contact&cursor=mine', HUBSPOT).catch(() => {});
  await page.getByRole('tab', { name: /Advisories 1 open/ }).click();
  await page.getByText('hot_loop_on_4xx').waitFor();
  await page.getByRole('link', { name: /^#\d+$/ }).first().click();
  await page.getByRole('region', { name: 'Details' }).getByText('invalid_cursor').waitFor();
}

async function makesAConnection({ page, simulator, receiver }) {
  const before = receiver.webhooks.length;
  await tab(page, 'Connections');
  await page.getByRole('link', { name: 'New connection' }).click();
  await page.getByLabel('Integration').selectOption('hubspot');
  await page.getByLabel('Connection id').fill('acme');
  await page.getByRole('button', { name: 'Create connection' }).click();
  await page.getByRole('heading', { level: 1, name: 'acme' }).waitFor();
  await receiver.came(before + 2);
  const types = receiver.webhooks.slice(before).map(w => JSON.parse(w.body).type).sort();
  equal(types, ['auth', 'sync'], 'webhooks of the new connection');
  await page.getByText(/records of hubspot\/acme\/Contact/).waitFor();
  check((await simulator.control('GET', 'world')).connections.some(c => c.id === 'acme'), 'there is no such connection');
}

await run({
  seesIntegrations, enablesTheTemplate, seesTheRecords, setsTheWebhookUrl, keepsTheKeyUntilAsked, writesBackByAnAction, receivesTheWebhook,
  sendsItAgain, changesARecord, seesItRetried, fetchesByTimeAndByCursor, writesBackByTheProxy, addsAFaultThatFires, troubleshootsByTheLogs,
  removesTheFault, movesTheClock, isAdvised, makesAConnection,
});
