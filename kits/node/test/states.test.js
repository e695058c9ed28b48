import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startSimulator } from '../src/index.js';
import { SKIP } from './program.js';

const NOTES = 'github/demo/Note';

test('a reset gives the world of the start, whatever was changed', { skip: SKIP }, async (t) => {
  const world = { records: [{ connection: 'demo', integration: 'github', model: 'Note', items: [{ id: '1' }] }], integrations: [{ id: 'github' }], connections: [{ id: 'demo', integration: 'github' }] };
  const terapi = await startSimulator({ world });
  t.after(() => terapi.close());
  const before = await terapi.truth();
  await terapi.save(NOTES, { id: '2' });
  await terapi.loseWebhooks();
  await terapi.patchEnvironment({ webhook_urls: ['http://127.0.0.1:9/'] });
  await terapi.advance('1h');
  await terapi.reset();
  assert.deepEqual(await terapi.truth(), before);
  assert.deepEqual(await terapi.faults.list(), []);
  assert.deepEqual((await terapi.environment()).webhook_urls, []);
  assert.equal((await terapi.clock()).now, '2024-01-01T00:00:00.000000+00:00');
});

test('snapshots, with names and without', { skip: SKIP }, async (t) => {
  const terapi = await startSimulator({ world: {} });
  t.after(() => terapi.close());
  await terapi.save(NOTES, { id: '1' });
  const one = await terapi.snapshot();
  await terapi.save(NOTES, { id: '2' });
  await terapi.snapshot('two/2');
  await terapi.save(NOTES, { id: '3' });
  await terapi.restore('two/2');
  assert.equal((await terapi.truth()).length, 2);
  await terapi.restore(one);
  assert.equal((await terapi.truth()).length, 1);
  assert.equal((await terapi.snapshots()).length, 2);
  await assert.rejects(terapi.restore('three'), { status: 404, message: /there is no snapshot 'three'/ });
  await assert.rejects(terapi.restore(), { code: 'invalid_options' });
});

test('another world, and the one that is there', { skip: SKIP }, async (t) => {
  const terapi = await startSimulator();
  t.after(() => terapi.close());
  assert.equal((await terapi.truth('github/demo/Issue')).length, 1000);
  await terapi.putWorld({ integrations: [{ id: 'gitlab' }] });
  assert.deepEqual((await terapi.world()).integrations.map(({ id }) => id), ['gitlab']);
  await assert.rejects(terapi.putWorld({ integratons: [] }), { code: 'invalid_body', message: /did you mean 'integrations'/ });
});

test('requests, advisories, logs, and any other call', { skip: SKIP }, async (t) => {
  const terapi = await startSimulator();
  t.after(() => terapi.close());
  const headers = { Authorization: `Bearer ${terapi.secretKey}`, 'Provider-Config-Key': 'github', 'Connection-Id': 'demo' };
  for (let i = 0; i < 5; ++i) await (await fetch(`${terapi.url}/records?model=Issue`, { headers })).text();
  assert.equal((await terapi.requests({ stream: 'github/demo/Issue' })).length, 5);
  assert.equal((await terapi.requests({ limit: 2 })).length, 2);
  assert.deepEqual((await terapi.advisories()).map(({ code }) => code), ['asks_for_the_same_page']);
  assert.ok((await terapi.logs({ kind: 'run' })).length > 0);
  const { status } = await terapi.control('GET', '/ready');
  assert.equal(status, 'ready');
  await terapi.control('PATCH', '/integrations/hubspot/endpoints/hubspot-contacts', { enabled: true });
  await assert.rejects(terapi.control('GET', 'ready'), { code: 'invalid_options', message: /begins with \// });
});
