// README.md is true: its code runs against the simulator, and its table of methods is whole.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { SKIP, startSimulator } from './simulator.js';

const page = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const [first, backend] = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
const library = new URL('../src/index.js', import.meta.url).href;

// The reader's part: a database in memory, which tells its parent what it was given.
const DB = `
const cursors = new Map();
export const db = {
  cursorOf: async ({ model }) => cursors.get(model) ?? null,
  inOneTransaction: async ({ model }, records, cursor) => {
    cursors.set(model, cursor);
    console.log(JSON.stringify({ model, ids: records.map(({ id }) => id), cursor }));
  },
  streams: async () => [],
};
`;

/** Runs code of the page beside a db.js, against the simulator; its lines, as they come. */
async function run(t, simulator, code, more = '') {
  const folder = await mkdtemp(path.join(tmpdir(), 'terapi-node-readme-'));
  await writeFile(path.join(folder, 'db.js'), DB);
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(folder, 'main.js'), code.replace("'@terapihq/node'", JSON.stringify(library)) + more);
  const env = {
    ...process.env,
    TERAPI_SECRET_KEY: simulator.secretKey,
    TERAPI_SIGNING_KEY: simulator.signingKey,
    TERAPI_BASE_URL: simulator.host,
    PORT: '0',
  };
  const child = spawn(process.execPath, ['main.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true });
  });
  return createInterface(child.stdout)[Symbol.asyncIterator]();
}

test('the first example', { skip: SKIP }, async (t) => {
  const simulator = await startSimulator(t);
  const lines = await run(t, simulator, first);
  const { records, next_cursor: next } = await new Terapi({
    host: simulator.host,
    secretKey: simulator.secretKey,
  }).listRecords({ providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' });
  assert.equal((await lines.next()).value, `${records.length} ${next}`);
});

test('the backend: webhooks make it fetch, each record once, to the end', { skip: SKIP }, async (t) => {
  const simulator = await startSimulator(t);
  const lines = await run(t, simulator, backend, "server.on('listening', () => console.log(server.address().port));\n");
  const url = `http://127.0.0.1:${(await lines.next()).value}/`;
  await simulator.control('PATCH', '/environment', { webhook_urls: [url] });
  const change = { integration: 'github', connection: 'demo', model: 'Note' };
  const ids = [];
  const readUntil = async (count) => {
    while (ids.length < count) ids.push(...JSON.parse((await lines.next()).value).ids);
  };

  await simulator.control('POST', '/runs', { ...change, save: [{ id: 'a' }, { id: 'b' }] });
  await simulator.advance('1s');
  await readUntil(2);
  await simulator.control('POST', '/runs', {
    ...change,
    save: Array.from({ length: 250 }, (_, i) => ({ id: `n${i}` })),
  });
  await simulator.advance('1s');
  await readUntil(252);
  assert.equal(new Set(ids).size, 252);

  const forged = await fetch(url, {
    method: 'POST',
    body: '{"type":"sync"}',
    headers: { 'X-Terapi-Hmac-Sha256': '0'.repeat(64) },
  });
  assert.equal(forged.status, 401);
  const { deliveries } = await simulator.control('GET', '/deliveries');
  assert.deepEqual(new Set(deliveries.map(({ state }) => state)), new Set(['delivered']));
});

test('the table of methods is whole', () => {
  const names = Object.getOwnPropertyNames(Terapi.prototype).filter((name) => name !== 'constructor');
  const table = page.slice(page.indexOf('## All methods'), page.indexOf('| option of'));
  assert.deepEqual(
    names.filter((name) => !table.includes(`\`${name}\``)),
    [],
  );
});
