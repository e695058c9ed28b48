// The same client with the simulator's other vocabulary.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { serve } from './http_server.js';
import { SKIP, startSimulator } from './simulator.js';

test('the nango dialect, against the simulator', { skip: SKIP }, async (t) => {
  const backend = await serve(t, (_, response) => response.writeHead(200).end());
  const simulator = await startSimulator(t, '--dialect', 'nango', '--webhook-url', backend.url);
  const nango = new Terapi({ host: simulator.host, secretKey: simulator.secretKey, dialect: 'nango' });
  const stream = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };

  await t.test('records', async () => {
    let count = 0;
    let cursor = null;
    for await (const page of nango.recordPages({ ...stream, limit: 400 })) {
      count += page.records.length;
      cursor = page.lastCursor;
      assert.equal(page.lastCursor, page.records.at(-1)._nango_metadata.cursor);
    }
    assert.equal(count, 1000);
    assert.equal((await nango.recordPages({ ...stream, cursor }).next()).done, true);
  });

  await t.test('a client of the wrong dialect is told so', async () => {
    const terapi = new Terapi({ host: simulator.host, secretKey: simulator.secretKey });
    await assert.rejects(terapi.recordPages(stream).next(), {
      code: 'invalid_answer',
      message: /is the dialect right/,
    });
  });

  await t.test('webhooks', async () => {
    await simulator.control('POST', '/runs', {
      integration: 'github',
      connection: 'demo',
      model: 'Issue',
      save: [{ id: 'new', title: 'ü' }],
    });
    await simulator.advance('1s');
    const hook = backend.seen.find(({ body }) => JSON.parse(body).model === 'Issue');
    assert.equal(nango.verifyIncomingWebhookRequest(hook.body, hook.headers), true);
    assert.equal(nango.verifyIncomingWebhookRequest(`${hook.body} `, hook.headers), false);
  });

  await t.test('the proxy', async () => {
    const echoed = await nango.post({ ...stream, endpoint: '/echo', data: { a: 1 }, headers: { 'X-Team': 'core' } });
    assert.match(echoed.headers['x-echo'], /"X-Team","core"/i);
  });
});
