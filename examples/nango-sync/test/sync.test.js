import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { makeNango } from '../src/nango.js';
import { Store } from '../src/store.js';
import { Stream } from '../src/stream.js';
import { receiveWebhooks } from '../src/webhooks.js';
import { change, control, differences, host, reads, secretKey, signingKey } from './simulator.js';

const names = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };
const nothing = { lost: [], stale: [], phantom: [], resurrected: [] };
const patience = { timeout: 20_000, interval: 20 };

let folder;
let nango;
let running;
let server;

beforeEach(async () => {
  await control('POST', '/reset'); // 1,000 issues, no faults
  folder = mkdtempSync(path.join(tmpdir(), 'nango-sync-'));
  nango = makeNango(host, secretKey, signingKey);
  running = [];
});

afterEach(async () => {
  running.forEach(({ stream }) => stream.stop());
  await Promise.all(running.map(({ ended }) => ended));
  if (server) await new Promise((resolve) => server.close(resolve));
  server = undefined;
  rmSync(folder, { recursive: true });
});

const openStore = () => new Store(path.join(folder, 'store'));
const aStream = (options) => new Stream(nango, openStore(), names, { limit: 200, firstWait: 10, say: () => {}, ...options });
const inSync = () => vi.waitFor(async () => expect(await differences(openStore())).toEqual(nothing), patience);

/** Begins to sync in the background; the test's end stops it. */
function start(stream) {
  running.push({ stream, ended: stream.run() });
  return stream;
}

/** Has the simulator send its webhooks to this process. */
async function listen(stream) {
  server = receiveWebhooks(nango, () => stream.hint());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/webhooks`;
  await control('PATCH', '/environment', { webhook_urls: [url] });
  return url;
}

test('it reads all there is, page by page, and goes on from the last record', async () => {
  await aStream().catchUp();
  expect(await differences(openStore())).toEqual(nothing);
  expect(openStore().records()).toHaveLength(1000);
  await change({ save: [{ id: 'new', title: 'née' }] });
  await aStream().catchUp(); // another process, later
  expect(await differences(openStore())).toEqual(nothing);
  expect((await reads()).filter((cursor) => cursor === null)).toHaveLength(1);
});

test('additions, changes and deletions arrive with a webhook', async () => {
  const stream = start(aStream());
  await listen(stream);
  await inSync();
  await change({ save: [{ id: 'new' }], update: [{ id: '1', title: 'changed' }], delete: ['2'] });
  await inSync();
  expect(openStore().records().find(({ id }) => id === '2').deleted).toBe(true);
});

test('a lost webhook costs a poll interval, and no record', async () => {
  await control('PUT', '/faults', [{ on: 'webhook', do: { drop: true } }]);
  await listen(start(aStream({ poll: 200 })));
  await inSync();
  await change({ update: [{ id: '1', title: 'changed' }] });
  await inSync();
});

test('a webhook that is retried, doubled and late does no harm', async () => {
  await control('PUT', '/faults', [{ on: 'webhook', do: { duplicate: 2 } }]);
  await listen(start(aStream()));
  await inSync();
  await change({ update: [{ id: '1', title: 'changed' }] });
  await inSync();
  await control('POST', '/clock/advance', { by: '1h' });
  await inSync();
});

test('twenty webhooks at once are a read or two', async () => {
  const stream = start(aStream());
  await listen(stream);
  await inSync();
  const before = (await reads()).length;
  await Promise.all(Array.from({ length: 20 }, (_, i) => change({ update: [{ id: '1', title: `change ${i}` }] })));
  await inSync();
  expect((await reads()).length - before).toBeLessThan(10);
});

test('a forged webhook is refused, and nothing is read', async () => {
  const stream = start(aStream());
  const url = await listen(stream);
  await inSync();
  const before = (await reads()).length;
  const body = JSON.stringify({ type: 'sync', ...names });
  for (const signature of ['', '0'.repeat(64)]) {
    const answer = await fetch(url, { method: 'POST', body, headers: { 'X-Nango-Hmac-Sha256': signature } });
    expect(answer.status).toBe(401);
  }
  expect(await reads()).toHaveLength(before);
});

test('a crash between two pages loses nothing', async () => {
  const dying = openStore();
  const save = dying.save.bind(dying);
  let pages = 0;
  dying.save = (...given) => {
    if (++pages === 3) throw new Error('killed');
    save(...given);
  };
  await expect(new Stream(nango, dying, names, { limit: 200 }).catchUp()).rejects.toThrow('killed');
  expect(openStore().records()).toHaveLength(400);
  await aStream().catchUp();
  expect(await differences(openStore())).toEqual(nothing);
});

test('an outage and a rate limit are waited out, at the stored cursor', async () => {
  await aStream().catchUp();
  await change({ update: [{ id: '1', title: 'changed' }] });
  await control('PUT', '/faults', [
    { on: 'api', nth: [1, 2], do: { status: 503 } },
    { on: 'api', nth: [3], do: { status: 429, headers: { 'Retry-After': '1' } } },
    { on: 'api', nth: [4], do: { reset: true } },
    { on: 'api', nth: [5], do: { truncate_after: 100 } },
    { on: 'api', nth: [6], do: { status: 200, body: '<html>a proxy has something to say</html>' } },
  ]);
  const before = Date.now();
  start(aStream({ firstWait: 1 }));
  await inSync();
  expect(Date.now() - before).toBeGreaterThanOrEqual(1000); // as Retry-After has asked
  expect((await reads()).filter((cursor) => cursor === null)).toHaveLength(1);
});

test('a cursor that gets 500 again and again is healed by one full read, which brings nothing back', async () => {
  await aStream().catchUp();
  await change({ delete: ['1', '2'] });
  await aStream().catchUp();
  await change({ update: [{ id: '3', title: 'changed' }], delete: ['4'] });
  const cursor = openStore().cursor();
  await control('PUT', '/faults', [{ on: 'api', match: { cursor }, do: { status: 500 } }]);
  start(aStream());
  await inSync();
  expect((await reads()).filter((asked) => asked === null)).toHaveLength(2); // the first sync, and this one
});

test('a full read from a replica that lags does not bring back what was deleted', async () => {
  await aStream().catchUp();
  await control('POST', '/clock/advance', { by: '1h' });
  await change({ delete: ['1', '2'] });
  await aStream().catchUp();
  await control('PUT', '/faults', [
    { on: 'api', match: { cursor: openStore().cursor() }, do: { status: 500 } },
    { on: 'api', do: { stale: '30m' } },
  ]);
  const before = (await reads()).length;
  start(aStream({ poll: 50 }));
  await vi.waitFor(async () => expect((await reads()).length - before).toBeGreaterThan(10), patience);
  expect((await differences(openStore())).resurrected).toEqual([]);
});

test('two workers do not damage each other', async () => {
  start(aStream({ poll: 100 }));
  start(aStream({ poll: 100 }));
  await inSync();
  await change({ update: [{ id: '1', title: 'changed' }] });
  await inSync();
});
