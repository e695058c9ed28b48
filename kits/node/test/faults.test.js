import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startSimulator } from '../src/index.js';
import { SKIP } from './program.js';
import { startReceiver } from './receiver.js';

const NOTES = 'github/demo/Note';

async function started(t) {
  const receiver = await startReceiver(t);
  const terapi = await startSimulator({ world: {}, webhookUrl: receiver.url });
  t.after(() => terapi.close());
  return { terapi, receiver };
}

test('webhooks are lost as often as asked for, and a resent one gets through', { skip: SKIP }, async (t) => {
  const { terapi, receiver } = await started(t);
  const lost = await terapi.loseWebhooks({ times: 1 });
  const { deliveries } = await terapi.save(NOTES, { id: '1' });
  await terapi.save(NOTES, { id: '2' });
  await terapi.untilIdle();
  assert.deepEqual([receiver.webhooks.length, await lost.fired()], [1, 1]);
  const [first] = await terapi.deliveries({ state: 'dropped' });
  assert.deepEqual([first.id, first.dropped_by], [deliveries[0], lost.id]);

  await terapi.resend(first.id);
  await terapi.untilIdle();
  assert.equal((await terapi.delivery(first.id)).state, 'delivered');
  await terapi.loseWebhooks();
  await terapi.save(NOTES, { id: '3' });
  await terapi.untilIdle();
  assert.equal(receiver.webhooks.length, 2);
});

test('webhooks of one model are lost, those of others are not', { skip: SKIP }, async (t) => {
  const { terapi, receiver } = await started(t);
  await terapi.loseWebhooks({ match: { model: 'Note' }, id: 'notes' });
  await terapi.save(NOTES, { id: '1' });
  await terapi.save('github/demo/Issue', { id: '1' });
  await terapi.untilIdle();
  assert.deepEqual(receiver.webhooks.map(({ model }) => model), ['Issue']);
  assert.equal((await terapi.faults.list())[0].id, 'notes');
});

test('rules are added, also at once, replaced, set, removed and cleared', { skip: SKIP }, async (t) => {
  const { terapi } = await started(t);
  const rule = { on: 'api', do: { status: 503 } };
  const [one, two] = await Promise.all([terapi.faults.add(rule), terapi.faults.add(rule)]);
  assert.deepEqual([one.id, two.id], ['fault-1', 'fault-2']);
  assert.equal((await fetch(`${terapi.url}/records`)).status, 503);
  assert.deepEqual([await one.fired(), (await two.rule()).matched], [1, 1]);
  await one.remove();
  assert.equal((await terapi.faults.add(rule)).id, 'fault-1'); // as in a world that has only the other
  await terapi.faults.add({ ...rule, id: 'fault-1', do: { status: 500 } });
  assert.equal((await terapi.faults.list()).length, 2);
  const set = await terapi.faults.set([{ ...rule, id: 'a' }, { ...rule, id: 'b' }]);
  assert.deepEqual(set.map(({ id }) => id), ['a', 'b']);
  await terapi.faults.clear();
  assert.deepEqual(await terapi.faults.list(), []);
  await assert.rejects(set[0].fired(), { name: 'SimulatorError', status: 404 });
});

test('a wrong rule is an error that says all that is wrong with it, and the next one is added', { skip: SKIP }, async (t) => {
  const { terapi } = await started(t);
  await assert.rejects(terapi.faults.add({ on: 'wehbook', do: {} }), (error) => {
    assert.deepEqual([error.code, error.status], ['invalid_body', 400]);
    assert.match(error.message, /on is "wehbook"; expected one of "api", "webhook"/);
    assert.ok(error.errors.some(({ path }) => path.includes('on')));
    return true;
  });
  await assert.rejects(terapi.faults.add([]), { code: 'invalid_options', message: /faults\.set/ });
  await assert.rejects(terapi.faults.add(), { code: 'invalid_options' });
  assert.equal((await terapi.loseWebhooks()).id, 'fault-1');
});
