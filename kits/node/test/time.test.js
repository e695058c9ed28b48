import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startSimulator } from '../src/index.js';
import { SKIP } from './program.js';
import { startReceiver } from './receiver.js';

const NOTES = 'github/demo/Note';

test('time stands still until it is advanced, and webhooks are answered when the call is', { skip: SKIP }, async (t) => {
  let failing = true;
  const receiver = await startReceiver(t, () => (failing ? 500 : 204));
  const terapi = await startSimulator({ world: {}, webhookUrl: receiver.url });
  t.after(() => terapi.close());
  const { deliveries } = await terapi.save(NOTES, { id: '1' });
  await terapi.advance('0s');
  assert.equal(receiver.webhooks.length, 1);
  const { now, attempts } = await terapi.advance('100ms');
  assert.deepEqual([now, attempts, receiver.webhooks.length], ['2024-01-01T00:00:00.100000+00:00', 1, 2]);
  failing = false;
  await terapi.untilIdle();
  assert.equal((await terapi.delivery(deliveries[0])).state, 'delivered');
  assert.equal((await terapi.advanceTo(new Date('2024-02-01T00:00:00Z'))).now, '2024-02-01T00:00:00.000000+00:00');
  assert.equal((await terapi.clock()).mode, 'virtual');
  assert.deepEqual((await terapi.untilIdle({ limit: '1d' })).advanced, '0s');
});

test('a receiver may call the simulator while time moves', { skip: SKIP }, async (t) => {
  let terapi;
  const seen = [];
  const receiver = await startReceiver(t, async () => {
    seen.push((await terapi.truth(NOTES)).length);
    return 204;
  });
  terapi = await startSimulator({ world: {}, webhookUrl: receiver.url });
  t.after(() => terapi.close());
  await terapi.save(NOTES, { id: '1' });
  await terapi.untilIdle();
  assert.deepEqual(seen, [1]);
});

test('where a clock begins, and the machine\'s own', { skip: SKIP }, async (t) => {
  const starts = await startSimulator({ start: new Date('2025-06-07T08:09:10Z'), world: {} });
  const system = await startSimulator({ clock: 'system', world: {} });
  t.after(() => Promise.all([starts.close(), system.close()]));
  assert.equal((await starts.clock()).now, '2025-06-07T08:09:10.000000+00:00');
  await assert.rejects(system.advance('5m'), { code: 'not_virtual', status: 409, message: /--clock virtual/ });
  await system.untilIdle();
});

test('a number is no duration', { skip: SKIP }, async (t) => {
  const terapi = await startSimulator({ world: {} });
  t.after(() => terapi.close());
  await assert.rejects(terapi.advance(5), { code: 'invalid_options', message: /a number and a unit, as in '5m'/ });
  await assert.rejects(terapi.advance('5'), { code: 'invalid_body' });
});
