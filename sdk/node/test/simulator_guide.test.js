// The guide's flow against the real simulator: webhook, origin, fetch from the stored cursor, store; and writing back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { serve } from './http_server.js';
import { SKIP, startSimulator } from './simulator.js';

const STREAM = { providerConfigKey: 'eu', connectionId: 'acme', model: 'Issue' };

/** What a backend of the guide keeps: records and cursor, which only ever change together. */
class Store {
  rows = new Map();
  cursor = null;

  save(records, cursor) {
    for (const { _terapi_metadata: metadata, ...payload } of records) this.rows.set(payload.id, { metadata, payload });
    this.cursor = cursor;
  }

  dump() {
    const lines = [...this.rows.values()].map(({ metadata, payload }) =>
      JSON.stringify({
        integration: 'eu',
        connection: 'acme',
        model: 'Issue',
        variant: 'base',
        id: payload.id,
        deleted: metadata.last_action === 'DELETED',
        payload,
        last_modified_at: metadata.last_modified_at,
        cursor: metadata.cursor,
      }),
    );
    return lines.join('\n');
  }
}

test('the guide, against the simulator', { skip: SKIP }, async (t) => {
  const store = new Store();
  const backend = await serve(t, (_, response) => response.writeHead(204).end());
  const simulator = await startSimulator(t, '--webhook-url', `${backend.url}/webhooks`);
  const terapi = new Terapi({
    host: simulator.host,
    secretKey: simulator.secretKey,
    webhookSigningKey: simulator.signingKey,
  });

  /** What a backend does when a webhook comes, or when it is time to poll. */
  async function catchUp() {
    let pages = 0;
    for await (const page of terapi.recordPages({ ...STREAM, limit: 50, cursor: store.cursor })) {
      store.save(page.records, page.lastCursor);
      pages++;
    }
    return pages;
  }

  /** Lets the webhooks go out, and answers those that came. */
  async function webhooks() {
    await simulator.advance('1s');
    return backend.seen.splice(0);
  }

  async function difference() {
    const query = 'integration=eu&connection=acme&model=Issue';
    const answer = await fetch(`${simulator.host}/_simulator/truth/diff?${query}`, {
      method: 'POST',
      body: store.dump(),
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    return answer.json();
  }

  await t.test('an integration, an enabled template and a connection', async () => {
    const { data } = await terapi.createIntegration({ provider: 'github', uniqueKey: 'eu' });
    assert.deepEqual(
      data.endpoints.map(({ name, enabled }) => [name, enabled]),
      [
        ['github-issues', false],
        ['create-issue', true],
      ],
    );
    await terapi.updateIntegration({ uniqueKey: 'eu' }, { endpoints: [{ name: 'github-issues', enabled: true }] });
    const made = await terapi.createConnection({ providerConfigKey: 'eu', connectionId: 'acme' });
    assert.equal(made.connection_id, 'acme');
  });

  await t.test('the webhook that announces their records is verified over its raw bytes', async () => {
    const events = (await webhooks()).filter(({ body }) => JSON.parse(body).connectionId === 'acme');
    const [hook] = events.filter(({ body }) => JSON.parse(body).type === 'sync');
    const { syncType, model } = JSON.parse(hook.body);
    assert.deepEqual([syncType, model], ['INITIAL', 'Issue']);
    assert.equal(terapi.verifyIncomingWebhookRequest(hook.body, hook.headers), true);
    assert.equal(terapi.verifyIncomingWebhookRequest(hook.body.replace('acme', 'evil'), hook.headers), false);
    assert.equal(
      events.every(({ body, headers }) => terapi.verifyIncomingWebhookRequest(body, headers)),
      true,
    );
  });

  await t.test('one page', async () => {
    const page = await terapi.listRecords({ ...STREAM, limit: 1 });
    assert.equal(page.records.length, 1);
    assert.equal(page.next_cursor, page.records[0]._terapi_metadata.cursor);
  });

  await t.test('all pages, and then nothing more', async () => {
    assert.equal(await catchUp(), 3);
    assert.equal((await difference()).equal, true);
    const { cursor } = store;
    assert.equal(await catchUp(), 0);
    assert.equal(store.cursor, cursor);
  });

  await t.test('changes and deletions come after the stored cursor, and only they', async () => {
    await simulator.control('POST', '/runs', {
      integration: 'eu',
      connection: 'acme',
      model: 'Issue',
      update: [{ id: '1', title: 'changed' }],
      delete: ['2'],
      save: [{ id: 'new' }],
    });
    assert.equal((await difference()).equal, false);
    assert.equal((await webhooks()).length, 1);
    assert.equal(await catchUp(), 1);
    assert.equal((await difference()).equal, true);
    assert.equal(store.rows.get('2').metadata.last_action, 'DELETED');
  });

  await t.test('what is written back comes back as a record, with the next run', async () => {
    const created = await terapi.triggerAction('eu', 'acme', 'create-issue', { title: 'Written by an action' });
    const posted = await terapi.post({ ...STREAM, endpoint: '/issues', data: { title: 'Written by the proxy' } });
    assert.equal(posted.status, 201);
    await terapi.triggerSync('eu', ['github-issues'], 'acme');
    await webhooks();
    await catchUp();
    assert.equal((await difference()).equal, true);
    const titles = [created.id, posted.data.id].map((id) => store.rows.get(String(id)).payload.title);
    assert.deepEqual(titles, ['Written by an action', 'Written by the proxy']);
  });

  await t.test('an asynchronous action: a webhook says that it has ended, and its result is there', async () => {
    const action = await terapi.triggerActionAsync('eu', 'acme', 'create-issue', { title: 'Later' });
    const [hook] = (await webhooks()).filter(({ body }) => JSON.parse(body).type === 'async_action');
    assert.equal(terapi.verifyIncomingWebhookRequest(hook.body, hook.headers), true);
    assert.deepEqual(JSON.parse(hook.body).payload, action);
    for (const asked of [action, { id: action.id }, { statusUrl: action.statusUrl }]) {
      assert.equal((await terapi.getAsyncActionResult(asked)).title, 'Later');
    }
  });

  await t.test('while the signing key is rotated, receivers with either key accept', async () => {
    await simulator.control('PATCH', '/environment', { signing_key: 'the-new-key' });
    const renewed = new Terapi({
      host: simulator.host,
      secretKey: simulator.secretKey,
      webhookSigningKey: 'the-new-key',
    });
    const change = (title) =>
      simulator.control('POST', '/runs', {
        integration: 'eu',
        connection: 'acme',
        model: 'Issue',
        update: [{ id: '1', title }],
      });
    await change('within the overlap');
    const [during] = await webhooks();
    await simulator.advance('25h');
    backend.seen.length = 0;
    await change('after it');
    const [past] = await webhooks();
    const verdicts = [during, past].map(({ body, headers }) => {
      return [terapi, renewed].map((client) => client.verifyIncomingWebhookRequest(body, headers));
    });
    assert.deepEqual(verdicts, [
      [true, true],
      [false, true],
    ]);
  });

  await t.test('the simulator noticed nothing wrong about this client', async () => {
    await catchUp();
    await simulator.advance('5m');
    assert.deepEqual((await simulator.control('GET', '/advisories')).advisories, []);
  });
});
