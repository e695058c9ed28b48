// Each other method against the real simulator: that it takes what is sent, and answers what index.d.ts says.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { SKIP, startSimulator } from './simulator.js';

const DEMO = ['github', 'demo'];
const OF = { providerConfigKey: 'github', connectionId: 'demo' };
const STREAM = { ...OF, model: 'Issue' };

test('the API of the simulator', { skip: SKIP }, async (t) => {
  const simulator = await startSimulator(t);
  const terapi = new Terapi({ host: simulator.host, secretKey: simulator.secretKey });

  /** The one sync of demo that is named so. */
  async function status(sync = 'github-issues') {
    const { syncs } = await terapi.syncStatus('github', [sync], 'demo');
    assert.equal(syncs.length, 1);
    return syncs[0];
  }

  await t.test('records: every option at once', async () => {
    const all = await terapi.listRecords({ ...STREAM, limit: 10 });
    const [first, second, third] = all.records;
    const some = await terapi.listRecords({
      ...STREAM,
      variant: 'base',
      limit: 1,
      filter: ['added', 'deleted'],
      cursor: first._terapi_metadata.cursor,
      ids: [first.id, second.id, third.id, 'ü & nobody'],
      modifiedAfter: new Date('2024-01-01T00:00:00Z'),
    });
    assert.deepEqual(some, { records: [second], next_cursor: second._terapi_metadata.cursor });
    assert.deepEqual(await terapi.listRecords({ ...STREAM, model: 'Nothing' }), { records: [], next_cursor: null });
  });

  await t.test('pruning', async () => {
    const { records } = await terapi.listRecords({ ...STREAM, limit: 3 });
    const untilCursor = records[2]._terapi_metadata.cursor;
    assert.deepEqual(await terapi.pruneRecords({ ...STREAM, untilCursor, limit: 2 }), { count: 2, has_more: true });
    assert.deepEqual(await terapi.pruneRecords({ ...STREAM, untilCursor }), { count: 1, has_more: false });
    const [pruned] = (await terapi.listRecords({ ...STREAM, limit: 1 })).records;
    assert.deepEqual(Object.keys(pruned).sort(), ['_terapi_metadata', 'id']);
    assert.notEqual(pruned._terapi_metadata.pruned_at, null);
  });

  await t.test('syncs: status, pause, start, trigger, frequency', async () => {
    assert.deepEqual(Object.keys(await status()).sort(), [
      'checkpoint',
      'connection_id',
      'finishedAt',
      'frequency',
      'id',
      'latestResult',
      'name',
      'nextScheduledSyncAt',
      'recordCount',
      'status',
      'type',
      'variant',
    ]);
    assert.deepEqual(await terapi.pauseSync('github', ['github-issues'], 'demo'), { success: true });
    assert.deepEqual([(await status()).status, (await status()).nextScheduledSyncAt], ['PAUSED', null]);
    assert.deepEqual(await terapi.startSync('github', [{ name: 'github-issues' }], 'demo'), { success: true });
    assert.equal((await status()).status, 'SUCCESS');
    assert.deepEqual(await terapi.updateSyncConnectionFrequency('github', 'github-issues', 'demo', 'every 5 minutes'), {
      frequency: '5m',
    });
    assert.equal((await status()).frequency, '5m');
    assert.deepEqual(await terapi.updateSyncConnectionFrequency('github', 'github-issues', 'demo', null), {
      frequency: '1h',
    });
    assert.deepEqual(await terapi.triggerSync('github', ['github-issues'], 'demo', { reset: true, emptyCache: true }), {
      success: true,
    });
    await simulator.advance('1s');
    assert.deepEqual([(await status()).type, (await status()).status], ['INITIAL', 'SUCCESS']);
    assert.deepEqual(await terapi.triggerSync('github'), { success: true });
    assert.ok((await terapi.syncStatus('github', '*')).syncs.some(({ name }) => name === 'github-issues'));
  });

  await t.test('variants', async () => {
    const variant = { ...OF, name: 'github-issues', variant: 'v1' };
    const made = await terapi.createSyncVariant(variant);
    assert.deepEqual([made.name, made.variant], ['github-issues', 'v1']);
    await simulator.advance('1s');
    assert.equal((await status('github-issues::v1')).variant, 'v1');
    assert.notEqual((await terapi.listRecords({ ...STREAM, variant: 'v1' })).records.length, 0);
    assert.deepEqual(await terapi.deleteSyncVariant(variant), { success: true });
    assert.deepEqual((await terapi.listRecords({ ...STREAM, variant: 'v1' })).records, []);
  });

  await t.test('connections and their metadata', async () => {
    const made = await terapi.createConnection({
      providerConfigKey: 'github',
      connectionId: 'Zoë / 東京',
      metadata: { camelCase: 1 },
      tags: { plan: 'pro' },
      endUser: { id: 'u1', organization: { id: 'o1' } },
      webhookUrl: 'http://127.0.0.1:9/',
      credentials: { type: 'API_KEY', apiKey: 'theirs' },
    });
    const id = made.connection_id;
    assert.deepEqual(
      [id, made.metadata, made.webhook_url, made.end_user.id],
      ['Zoë / 東京', { camelCase: 1 }, 'http://127.0.0.1:9/', 'u1'],
    );
    const asked = {
      connectionId: id,
      search: '東',
      endUserId: 'u1',
      endUserOrganizationId: 'o1',
      integrationId: ['github', 'other'],
      tags: { plan: 'pro' },
      limit: 1,
      page: 0,
    };
    const { connections } = await terapi.listConnections(asked);
    assert.deepEqual(
      [connections.length, connections[0].connection_id, 'credentials' in connections[0]],
      [1, id, false],
    );
    assert.deepEqual((await terapi.listConnections({ ...asked, tags: { plan: 'free' } })).connections, []);
    assert.equal((await terapi.getConnection('github', id, true)).credentials.apiKey, 'theirs');
    assert.deepEqual(
      await terapi.patchConnection({ providerConfigKey: 'github', connectionId: id }, { tags: { plan: 'free' } }),
      { success: true },
    );
    assert.deepEqual((await terapi.getConnection('github', id)).tags, { plan: 'free' });
    assert.deepEqual((await terapi.listRecords({ ...STREAM, connectionId: id, limit: 1 })).records.length, 1);

    assert.deepEqual((await terapi.setMetadata('github', id, { a: 1 })).metadata, { a: 1 });
    await terapi.updateMetadata('github', [id, 'demo'], { b: 2 });
    assert.deepEqual(
      [await terapi.getMetadata('github', id), await terapi.getMetadata(...DEMO)],
      [{ a: 1, b: 2 }, { b: 2 }],
    );
    assert.deepEqual(await terapi.deleteConnection('github', id), { success: true });
    await assert.rejects(terapi.getConnection('github', id), { status: 404, code: 'not_found' });
  });

  await t.test('integrations', async () => {
    const { data } = await terapi.createIntegration({ provider: 'stripe', uniqueKey: 'st/1', displayName: 'One' });
    assert.deepEqual([data.unique_key, data.display_name, data.provider], ['st/1', 'One', 'stripe']);
    assert.deepEqual((await terapi.getIntegration({ uniqueKey: 'st/1' }, { include: 'endpoints' })).data, data);
    const changed = await terapi.updateIntegration({ uniqueKey: 'st/1' }, { uniqueKey: 'st/2', displayName: 'Two' });
    assert.deepEqual([changed.data.unique_key, changed.data.display_name], ['st/2', 'Two']);
    assert.ok((await terapi.listIntegrations()).configs.some((one) => one.unique_key === 'st/2'));
    assert.deepEqual(await terapi.deleteIntegration('st/2'), { success: true });
    await assert.rejects(terapi.getIntegration({ uniqueKey: 'st/2' }), { status: 404, code: 'not_found' });
  });

  await t.test('the proxy passes on what it should, and comes back with what there is', async () => {
    const echoed = await terapi.put({
      ...OF,
      endpoint: '/echo/a%20b?x=1',
      params: { y: 'ü' },
      data: { n: 1 },
      headers: { 'X-Team': 'core' },
    });
    assert.deepEqual([echoed.status, echoed.data], [200, { n: 1 }]);
    const seen = JSON.parse(echoed.headers['x-echo']);
    assert.deepEqual([seen.method, seen.target], ['PUT', '/echo/a%20b?x=1&y=%C3%BC']);
    const names = Object.fromEntries(seen.headers);
    assert.deepEqual(
      [names['X-Team'] ?? names['x-team'], names['Content-Type'] ?? names['content-type']],
      ['core', 'application/json'],
    );
    assert.equal('Authorization' in names || 'authorization' in names, false);

    const { data: made } = await terapi.post({ ...OF, endpoint: '/issues', data: { title: 'Made' } });
    const one = { ...OF, endpoint: `/issues/${made.id}` };
    assert.equal((await terapi.patch({ ...one, data: { title: 'Changed' } })).data.title, 'Changed');
    assert.equal((await terapi.get(one)).data.title, 'Changed');
    assert.equal(typeof (await terapi.get({ ...one, responseType: 'text' })).data, 'string');
    assert.equal(
      JSON.parse(Buffer.from((await terapi.get({ ...one, responseType: 'arraybuffer' })).data)).title,
      'Changed',
    );
    assert.equal((await terapi.proxy({ ...one, method: 'HEAD' })).data, null);
    assert.ok((await terapi.delete(one)).status < 300);
    await assert.rejects(terapi.get(one), { status: 404, code: 'http_error' });
    await assert.rejects(terapi.get({ ...one, baseUrlOverride: 'http://other.example' }), {
      status: 403,
      code: 'base_url_override_refused',
    });
  });
});
