import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startSimulator } from '../src/index.js';
import { SKIP } from './program.js';

const NOTES = 'github/demo/Note';

async function started(t, options = { world: {} }) {
  const terapi = await startSimulator(options);
  t.after(() => terapi.close());
  return terapi;
}

function served(terapi, model, more = '') {
  const headers = { Authorization: `Bearer ${terapi.secretKey}`, 'Provider-Config-Key': 'github', 'Connection-Id': 'demo' };
  return fetch(`${terapi.url}/records?model=${model}${more}`, { headers });
}

test('runs change records, one or several, and say what they changed', { skip: SKIP }, async (t) => {
  const terapi = await started(t);
  const added = await terapi.save(NOTES, [{ id: 1, text: 'a', about: { x: 1 } }, { id: 'two', text: 'b' }]);
  assert.deepEqual([added.added, added.deliveries], [2, []]);
  assert.equal((await terapi.save(NOTES, { id: '1', text: 'a', about: { x: 1 } })).unchanged, 1);
  assert.equal((await terapi.update(NOTES, { id: '1', about: { y: 2 } })).updated, 1);
  assert.equal((await terapi.delete(NOTES, 'two')).deleted, 1);
  const [deleted, changed] = (await terapi.truth(NOTES)).sort((a, b) => b.deleted - a.deleted);
  assert.deepEqual([deleted.id, deleted.deleted], ['two', true]);
  assert.deepEqual(changed.payload, { id: '1', text: 'a', about: { x: 1, y: 2 } });
  assert.equal((await terapi.replace(NOTES, [{ id: '3' }])).deleted, 1);
  const run = await terapi.run(NOTES, { save: [{ id: '4' }], delete: ['3'] });
  assert.deepEqual([run.added, run.deleted], [1, 1]);
});

test('a stream is a text, its parts, or an object with the same methods', { skip: SKIP }, async (t) => {
  const terapi = await started(t);
  const parts = { integration: 'git/hub', connection: 'demo', model: 'Note', variant: 'v' };
  const stream = terapi.stream(parts);
  await stream.save({ id: '1' });
  await terapi.save(parts, { id: '2' });
  assert.equal((await stream.truth()).length, 2);
  assert.equal((await stream.diff([{ id: '1' }, { id: '2' }])).equal, true);
  assert.deepEqual([stream.integration, stream.connection, stream.model, stream.variant], ['git/hub', 'demo', 'Note', 'v']);
  await terapi.save('github/demo/Note/mine', { id: '1' });
  assert.deepEqual((await terapi.streams()).map(({ variant }) => variant).sort(), ['mine', 'v']);
});

test('diff takes records as they were served, lines of a dump, and what a client made of them', { skip: SKIP }, async (t) => {
  const terapi = await started(t);
  await terapi.save(NOTES, [{ id: '1', text: 'a' }, { id: '2', text: 'b' }, { id: '3', text: 'c' }]);
  await terapi.delete(NOTES, '3');
  const { records } = await (await served(terapi, 'Note')).json();
  assert.equal(records.length, 3);
  assert.equal((await terapi.diff(NOTES, records)).equal, true);
  assert.equal((await terapi.diff(NOTES, new Map(records.map((one) => [one.id, one])).values())).equal, true);
  const truth = await terapi.truth();
  assert.equal((await terapi.diff(null, truth)).equal, true);
  assert.equal((await terapi.diff(NOTES, truth)).equal, true);
  assert.equal((await terapi.diff(NOTES, [{ id: '1', text: 'a' }, { id: '2', text: 'b' }])).equal, true);

  const wrong = await terapi.diff(NOTES, [{ id: '1', text: 'old' }, { id: '3', text: 'c' }, { id: '4' }]);
  const ids = Object.fromEntries(['lost', 'stale', 'phantom', 'resurrected'].map((kind) => [kind, wrong[kind].map(({ id }) => id)]));
  assert.deepEqual(ids, { lost: ['2'], stale: ['1'], phantom: ['4'], resurrected: ['3'] });
  assert.deepEqual((await terapi.diff(NOTES, [])).counts, { lost: 2, stale: 0, phantom: 0, resurrected: 0 });
});

test('in the nango dialect, too', { skip: SKIP }, async (t) => {
  const terapi = await started(t, { dialect: 'nango', world: {} });
  await terapi.save(NOTES, { id: '1', text: 'a' });
  const { records } = await (await served(terapi, 'Note')).json();
  assert.ok(records[0]._nango_metadata);
  assert.equal((await terapi.diff(NOTES, records)).equal, true);
});

test('what cannot be right is said before it is sent', { skip: SKIP }, async (t) => {
  const terapi = await started(t);
  const code = 'invalid_options';
  await assert.rejects(terapi.save('Note', { id: '1' }), { code, message: /^"Note" is no stream; expected 'INTEGRATION\/CONNECTION\/MODEL'/ });
  await assert.rejects(terapi.save('a/b/c/d/e', { id: '1' }), { code });
  await assert.rejects(terapi.truth({ integration: 'github', connection: 'demo', modle: 'Note' }), { code, message: /no 'modle'/ });
  await assert.rejects(terapi.diff(NOTES, 'records'), { code, message: /an array of records; got string/ });
  await assert.rejects(terapi.diff(NOTES, [{ text: 'a' }]), { code, message: /it has no id/ });
  await assert.rejects(terapi.diff(NOTES, undefined), { code });
});
