// The client library and the kit, together: what the one reads, the other serves and breaks.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../../../sdk/node/src/index.js';
import { startSimulator } from '../src/index.js';
import { SKIP } from './program.js';
import { startReceiver } from './receiver.js';

const NOTES = 'github/demo/Note';
const stream = { providerConfigKey: 'github', connectionId: 'demo', model: 'Note' };

test('a client that resumes from the cursor of its last record loses nothing', { skip: SKIP }, async (t) => {
  const held = new Map();
  let cursor = null;
  let library;
  const catchUp = async () => {
    for await (const page of library.recordPages({ ...stream, cursor, limit: 2 })) {
      for (const record of page.records) held.set(record.id, record);
      cursor = page.lastCursor;
    }
  };
  const receiver = await startReceiver(t, async () => (await catchUp(), 204));
  const terapi = await startSimulator({ world: {}, webhookUrl: receiver.url });
  t.after(() => terapi.close());
  library = new Terapi({ host: terapi.url, secretKey: terapi.secretKey, retries: 1 });

  await terapi.loseWebhooks({ nth: [2] });
  const cut = await terapi.faults.add({ on: 'api', match: { path: '/records' }, nth: [2], do: { reset: true } });
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    await terapi.save(NOTES, { id });
    await terapi.advance('1m');
  }
  await terapi.delete(NOTES, 'a');
  await terapi.untilIdle();
  await catchUp(); // as it does from time to time, without a webhook
  assert.equal(await cut.fired(), 1);
  assert.equal(receiver.webhooks.length, 5);
  assert.deepEqual((await terapi.diff(NOTES, held.values())).counts, { lost: 0, stale: 0, phantom: 0, resurrected: 0 });
});
