// Lists of thousands: only what is in sight is in the page, all of it can be reached, and what is typed or read stays
// while they grow.
//
//   node lists_test.mjs PATH/TO/terapi-simulator
import { check, equal, run } from './browser.mjs';

const RECORDS = 6000;
const REQUESTS = 1500;
const MOST_ROWS = 80;

const stream = { integration: 'github', connection: 'demo', model: 'Comment' };

async function fillsTheWorld({ simulator }) {
  const save = Array.from({ length: RECORDS }, (_, i) => ({ id: `c${i}`, body: `comment ${i}`, big: 9007199254740993n }));
  const text = JSON.stringify({ ...stream, save }, (_, value) => (typeof value === 'bigint' ? 'BIG' : value)).replaceAll('"BIG"', '9007199254740993');
  await fetch(`${simulator.base}/_simulator/runs`, { method: 'POST', body: text });
  for (let i = 0; i < REQUESTS; i += 50) {
    await Promise.all(Array.from({ length: 50 }, () => simulator.call('GET', '/records?model=Comment&limit=1', { integration: 'github', connection: 'demo' })));
  }
}

const list = (page, name) => page.getByRole('listbox', { name });
const inPage = (page, name) => list(page, name).getByRole('option').count();

async function showsThousandsOfRecords(stage) {
  stage.page = await stage.browser.open('#/connections/github/demo/records/Comment/base');
  const { page } = stage;
  await page.getByText(`${RECORDS.toLocaleString('en')} records of github/demo/Comment`).waitFor();
  const streams = await page.getByRole('group', { name: 'Stream' }).getByRole('button').allInnerTexts();
  equal(streams.map(text => text.replace(/\s+/g, ' ')), [`Comment ${RECORDS.toLocaleString('en')}`, 'Issue 1,000'], 'the streams');
  const name = 'Records of github/demo/Comment';
  check(await inPage(page, name) <= MOST_ROWS, `${await inPage(page, name)} rows are in the page`);
  equal(await list(page, name).getByRole('option').first().getAttribute('aria-setsize'), String(RECORDS), 'aria-setsize');
  const first = await list(page, name).locator('.c-id').first().innerText();
  await list(page, name).focus();
  await page.keyboard.press('End');
  await list(page, name).locator(`[aria-posinset="${RECORDS}"]`).waitFor();
  check(await inPage(page, name) <= MOST_ROWS, 'more rows at the end');
  await page.keyboard.press('Home');
  await list(page, name).locator('[aria-posinset="1"][aria-selected=true]').waitFor();
  equal(await list(page, name).locator('.c-id').first().innerText(), first, 'the first row again');
}

async function findsOneOfThem({ page }) {
  await page.getByRole('searchbox', { name: 'Filter records' }).fill('comment 4321');
  await page.getByText('1 record of github/demo/Comment').waitFor();
  await page.getByRole('option').click();
  await page.getByRole('region', { name: 'Payload of c4321' }).getByText('9007199254740993').waitFor();
}

async function keepsBigNumbers({ page, simulator }) {
  await page.getByText('Change this record').click();
  const payload = page.getByRole('textbox', { name: 'Payload' });
  await payload.fill((await payload.inputValue()).replace('comment 4321', 'comment 4321 again'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('region', { name: 'History' }).getByText('"comment 4321 again"').waitFor();
  const truth = await simulator.control('GET', 'truth?integration=github&model=Comment');
  const line = truth.trim().split('\n').at(-1);
  check(line.includes('"comment 4321 again"') && line.includes(':9007199254740993'), `it was saved as ${line}`);
}

// What is read stays where it is while requests come in above it, and what is typed keeps its focus.
async function staysWhileItGrows({ page, simulator }) {
  await page.evaluate(() => { location.hash = '#/logs/requests'; });
  await page.getByText(`${REQUESTS.toLocaleString('en')} requests`).waitFor();
  const requests = list(page, 'Requests');
  await requests.evaluate(el => { el.scrollTop = 32 * 700; });
  await requests.locator('[aria-posinset="701"]').waitFor();
  const before = await requests.locator('[aria-posinset="701"]').getAttribute('id');
  await page.getByRole('searchbox', { name: 'Filter requests' }).focus();
  await simulator.call('GET', '/records?model=Comment&limit=2', { integration: 'github', connection: 'demo' });
  await page.getByText(`${(REQUESTS + 1).toLocaleString('en')} requests`).waitFor();
  const top = id => page.evaluate(name => document.getElementById(name).getBoundingClientRect().top - document.querySelector('[role=listbox]').getBoundingClientRect().top, id);
  check(Math.abs(await top(before)) < 2, `the row that was read is ${await top(before)} px away`);
  equal(await page.evaluate(() => document.activeElement.name), 'requests', 'the focus');
}

await run({ fillsTheWorld, showsThousandsOfRecords, findsOneOfThem, keepsBigNumbers, staysWhileItGrows });
