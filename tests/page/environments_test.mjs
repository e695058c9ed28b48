// A world of several environments: the page is about one of them, and signs, counts and changes no other's. And what was
// shown is not kept when the world is another one.
//
//   node environments_test.mjs PATH/TO/terapi-simulator
import { equal, run } from './browser.mjs';
import { Receiver } from './receiver.mjs';

const WORLD = {
  environments: [{ name: 'dev', secret_key: 'key-of-dev' }, { name: 'prod', secret_key: 'key-of-prod' }],
  integrations: [{ id: 'github', environment: 'dev' }, { id: 'stripe', environment: 'prod' }],
  connections: [{ id: 'mine', integration: 'github', environment: 'dev' }, { id: 'theirs', integration: 'stripe', environment: 'prod' }],
  records: [{ environment: 'prod', connection: 'theirs', integration: 'stripe', model: 'Invoice', generate: { count: 5, bytes: 200 } }],
};

async function beginsWithTheFirst(stage) {
  const { simulator, browser } = stage;
  stage.receiver = await Receiver.start();
  await simulator.control('PUT', 'world', WORLD);
  stage.page = await browser.open();
  await stage.page.getByRole('heading', { name: 'GitHub' }).waitFor();
  equal(await stage.page.getByRole('heading', { name: 'Stripe' }).count(), 0, 'integrations of the other environment');
}

async function changesToTheOther({ page }) {
  await page.getByRole('combobox', { name: 'Environment' }).selectOption('prod');
  await page.getByRole('heading', { name: 'Stripe' }).waitFor();
  equal(await page.getByRole('heading', { name: 'GitHub' }).count(), 0, 'integrations of the first environment');
  await page.getByRole('tab', { name: 'Connections' }).click();
  await page.getByText('1 connection', { exact: true }).waitFor();
  await page.getByRole('listbox', { name: 'Connections' }).getByRole('option').click();
  await page.getByText('5 records of stripe/theirs/Invoice').waitFor();
}

async function changesItsSettings({ page, simulator, receiver }) {
  await page.getByRole('tab', { name: 'Environment settings' }).click();
  await page.getByLabel('Webhook URL', { exact: true }).fill(receiver.url);
  await page.getByRole('button', { name: 'Save webhook URLs' }).click();
  await page.locator('#notice').getByText('Webhooks go to').waitFor();
  const urls = (await simulator.control('GET', 'world')).environments.map(e => [e.name, e.webhook_urls]);
  equal(urls, [['dev', []], ['prod', [receiver.url]]], 'webhook_urls');
}

async function checksItsSignatures({ page, simulator, receiver }) {
  await simulator.control('POST', 'runs', { environment: 'prod', integration: 'stripe', connection: 'theirs', model: 'Invoice', save: [{ id: 'x' }] });
  await receiver.came(1);
  await page.getByRole('tab', { name: 'Webhooks' }).click();
  await page.getByRole('listbox', { name: 'Webhook deliveries' }).getByRole('option').click();
  await page.getByText('Signature matches').nth(1).waitFor();
}

async function followsAReset({ page }) {
  await page.getByRole('tab', { name: 'Environment settings' }).click();
  await page.getByRole('button', { name: 'Reset the world' }).click();
  await page.getByRole('button', { name: 'Sure?' }).click();
  await page.locator('#notice').getByText('The world is as it was').waitFor();
  equal(await page.getByLabel('Webhook URL', { exact: true }).inputValue(), '', 'the webhook URL');
  await page.getByRole('tab', { name: 'Webhooks' }).click();
  await page.getByRole('link', { name: 'Set the webhook URL' }).waitFor();
}

await run({ beginsWithTheFirst, changesToTheOther, changesItsSettings, checksItsSignatures, followsAReset });
