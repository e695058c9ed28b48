// What each method sends, to the byte, and what it makes of the answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { VERSION } from '../src/version.js';
import { answerJson, serve } from './http_server.js';

const STREAM = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };
const OF = { providerConfigKey: 'github', connectionId: 'demo' };
const PAGE = { records: [], next_cursor: null };
const NAMED = { 'provider-config-key': 'github', 'connection-id': 'demo' };

// [what is called, method and target, body (or none), headers besides the usual, what is answered, what comes back (the same)]
const CALLS = [
  ['listRecords', [STREAM], 'GET /records?model=Issue', undefined, NAMED, PAGE],
  [
    'listRecords',
    [
      {
        ...STREAM,
        ids: ['1', 'a&b', 'ü'],
        cursor: 'a+/=',
        filter: ['added', 'deleted'],
        limit: 7,
        modifiedAfter: new Date(0),
        variant: 'v',
      },
    ],
    'GET /records?model=Issue&variant=v&modified_after=1970-01-01T00%3A00%3A00.000Z&limit=7&filter=added%2Cdeleted&cursor=a%2B%2F%3D&ids=1&ids=a%26b&ids=%C3%BC',
    undefined,
    NAMED,
    PAGE,
  ],
  [
    'listRecords',
    [{ ...STREAM, cursor: null, filter: 'added', modifiedAfter: '2024-01-01T00:00:00Z' }],
    'GET /records?model=Issue&modified_after=2024-01-01T00%3A00%3A00Z&filter=added',
    undefined,
    NAMED,
    PAGE,
  ],
  [
    'listRecords',
    [{ ...STREAM, cursor: '', variant: null, limit: undefined, ids: [] }],
    'GET /records?model=Issue',
    undefined,
    NAMED,
    PAGE,
  ],
  [
    'pruneRecords',
    [{ ...STREAM, untilCursor: 'c', limit: 5, variant: 'v' }],
    'PATCH /records/prune',
    { model: 'Issue', until_cursor: 'c', limit: 5, variant: 'v' },
    NAMED,
  ],
  [
    'pruneRecords',
    [{ ...STREAM, untilCursor: 'c' }],
    'PATCH /records/prune',
    { model: 'Issue', until_cursor: 'c' },
    NAMED,
  ],

  ['triggerSync', ['github'], 'POST /sync/trigger', { syncs: [], provider_config_key: 'github' }],
  [
    'triggerSync',
    ['github', ['a', { name: 'b', variant: 'v' }], 'demo', { reset: true, emptyCache: true }],
    'POST /sync/trigger',
    {
      syncs: ['a', { name: 'b', variant: 'v' }],
      provider_config_key: 'github',
      connection_id: 'demo',
      opts: { reset: true, emptyCache: true },
    },
  ],
  [
    'startSync',
    ['github', ['a'], 'demo'],
    'POST /sync/start',
    { syncs: ['a'], provider_config_key: 'github', connection_id: 'demo' },
  ],
  ['pauseSync', ['github', ['a']], 'POST /sync/pause', { syncs: ['a'], provider_config_key: 'github' }],
  ['syncStatus', ['github', '*'], 'GET /sync/status?syncs=*&provider_config_key=github'],
  [
    'syncStatus',
    ['github', ['a', { name: 'b', variant: 'v' }, { name: 'c' }], 'demo'],
    'GET /sync/status?syncs=a%2Cb%3A%3Av%2Cc&provider_config_key=github&connection_id=demo',
  ],
  [
    'updateSyncConnectionFrequency',
    ['github', 'a', 'demo', null],
    'PUT /sync/update-connection-frequency',
    { sync_name: 'a', provider_config_key: 'github', connection_id: 'demo', frequency: null },
  ],
  [
    'updateSyncConnectionFrequency',
    ['github', { name: 'a', variant: 'v' }, 'demo', '5m'],
    'PUT /sync/update-connection-frequency',
    { sync_name: 'a', sync_variant: 'v', provider_config_key: 'github', connection_id: 'demo', frequency: '5m' },
  ],
  [
    'createSyncVariant',
    [{ ...OF, name: 'a/b', variant: 'v 1' }],
    'POST /sync/a%2Fb/variant/v%201',
    { provider_config_key: 'github', connection_id: 'demo' },
  ],
  [
    'deleteSyncVariant',
    [{ ...OF, name: 'a', variant: 'v' }],
    'DELETE /sync/a/variant/v',
    { provider_config_key: 'github', connection_id: 'demo' },
  ],

  ['listConnections', [], 'GET /connections'],
  [
    'listConnections',
    [
      {
        connectionId: 'demo',
        search: 'de',
        endUserId: 'u',
        endUserOrganizationId: 'o',
        integrationId: ['a', 'b'],
        tags: { plan: 'pro' },
        limit: 5,
        page: 0,
      },
    ],
    'GET /connections?connectionId=demo&search=de&endUserId=u&endUserOrganizationId=o&integrationId=a%2Cb&tags%5Bplan%5D=pro&limit=5&page=0',
  ],
  ['getConnection', ['github', 'a b'], 'GET /connections/a%20b?provider_config_key=github'],
  [
    'getConnection',
    ['github', 'demo', true, false],
    'GET /connections/demo?provider_config_key=github&force_refresh=true&refresh_token=false',
  ],
  [
    'createConnection',
    [{ ...OF, metadata: { camelCase: 1 }, endUser: { id: 'u' }, webhookUrl: 'http://x/' }],
    'POST /connections',
    {
      provider_config_key: 'github',
      connection_id: 'demo',
      metadata: { camelCase: 1 },
      end_user: { id: 'u' },
      webhook_url: 'http://x/',
    },
  ],
  [
    'patchConnection',
    [OF, { tags: { a: 'b' }, end_user: null }],
    'PATCH /connections/demo?provider_config_key=github',
    { tags: { a: 'b' }, end_user: null },
  ],
  ['deleteConnection', ['github', 'demo'], 'DELETE /connections/demo?provider_config_key=github'],
  [
    'getMetadata',
    ['github', 'demo'],
    'GET /connections/demo?provider_config_key=github',
    undefined,
    {},
    { metadata: { a: 1 } },
    { a: 1 },
  ],
  [
    'setMetadata',
    ['github', 'demo', { a: 1 }],
    'POST /connections/metadata',
    { provider_config_key: 'github', connection_id: 'demo', metadata: { a: 1 } },
  ],
  [
    'updateMetadata',
    ['github', ['d', 'e'], {}],
    'PATCH /connections/metadata',
    { provider_config_key: 'github', connection_id: ['d', 'e'], metadata: {} },
  ],

  ['listIntegrations', [], 'GET /integrations', undefined, {}, { data: [1] }, { configs: [1] }],
  ['getIntegration', [{ uniqueKey: 'git/hub' }], 'GET /integrations/git%2Fhub'],
  ['getIntegration', [{ uniqueKey: 'github' }, { include: 'webhook' }], 'GET /integrations/github?include=webhook'],
  [
    'createIntegration',
    [{ provider: 'github', uniqueKey: 'eu', displayName: 'EU' }],
    'POST /integrations',
    { provider: 'github', unique_key: 'eu', display_name: 'EU' },
  ],
  [
    'createIntegration',
    [{ provider: 'github', unique_key: 'eu' }],
    'POST /integrations',
    { provider: 'github', unique_key: 'eu' },
  ],
  [
    'updateIntegration',
    [{ uniqueKey: 'github' }, { endpoints: [{ name: 'a', enabled: true }] }],
    'PATCH /integrations/github',
    { endpoints: [{ name: 'a', enabled: true }] },
  ],
  ['deleteIntegration', ['github'], 'DELETE /integrations/github'],

  [
    'triggerAction',
    ['github', 'demo', 'create-issue', { title: 'ü' }],
    'POST /action/trigger',
    { action_name: 'create-issue', input: { title: 'ü' } },
    { ...NAMED, 'x-async': undefined },
    null,
  ],
  ['triggerAction', ['github', 'demo', 'a'], 'POST /action/trigger', { action_name: 'a' }, NAMED],
  [
    'triggerActionAsync',
    ['github', 'demo', 'a', 0],
    'POST /action/trigger',
    { action_name: 'a', input: 0 },
    { ...NAMED, 'x-async': 'true' },
  ],
  ['getAsyncActionResult', [{ id: 'a-1' }], 'GET /action/a-1'],
  ['getAsyncActionResult', [{ statusUrl: '/action/a-1' }], 'GET /action/a-1'],
];

for (const [method, given, sent, body, headers = {}, answered = { ok: true }, returned = answered] of CALLS) {
  test(`${method} sends ${sent}`, async (t) => {
    const server = await serve(t, (_, response) => answerJson(response, 200, answered));
    const terapi = new Terapi({ secretKey: 'key-1', host: `${server.url}/` });

    assert.deepEqual(await terapi[method](...given), returned);

    const [request] = server.seen;
    assert.equal(`${request.method} ${request.url}`, sent);
    assert.equal(request.body, body === undefined ? '' : JSON.stringify(body));
    const usual = {
      authorization: 'Bearer key-1',
      accept: 'application/json',
      'user-agent': `terapi-node/${VERSION}`,
      'content-type': body === undefined ? undefined : 'application/json',
    };
    for (const [name, value] of Object.entries({ ...usual, ...headers }))
      assert.equal(request.headers[name], value, name);
    assert.equal(server.seen.length, 1);
  });
}

test('every method of the client is tried here or in a test of its own', () => {
  const elsewhere = [
    'constructor',
    'recordPages',
    'verifyIncomingWebhookRequest',
    'proxy',
    'get',
    'post',
    'put',
    'patch',
    'delete',
  ];
  const tried = new Set([...elsewhere, ...CALLS.map(([method]) => method)]);
  assert.deepEqual(
    Object.getOwnPropertyNames(Terapi.prototype).filter((name) => !tried.has(name)),
    [],
  );
});

test('a base URL with a path keeps it', async (t) => {
  const server = await serve(t, (_, response) => answerJson(response, 200, { data: [] }));
  await new Terapi({ secretKey: 'k', host: `${server.url}/behind/a/gateway/` }).listIntegrations();
  assert.equal(server.seen[0].url, '/behind/a/gateway/integrations');
});

test('names beyond Latin-1 go into headers as UTF-8', async (t) => {
  const server = await serve(t, (_, response) => answerJson(response, 200, PAGE));
  await new Terapi({ secretKey: 'k', host: server.url }).listRecords({ ...STREAM, connectionId: '東京-ü' });
  assert.equal(Buffer.from(server.seen[0].headers['connection-id'], 'latin1').toString(), '東京-ü');
});

test('a parser of one’s own gets the text as it came', async (t) => {
  const server = await serve(t, (_, response) => response.end('{"n":12345678901234567890}'));
  const parseJson = (text) => ({ digits: /\d+/.exec(text)[0] });
  const terapi = new Terapi({ secretKey: 'k', host: server.url, parseJson });
  assert.deepEqual(await terapi.syncStatus('github', '*'), { digits: '12345678901234567890' });
});

test('an answer without a body is undefined', async (t) => {
  const server = await serve(t, (_, response) => response.writeHead(204).end());
  assert.equal(await new Terapi({ secretKey: 'k', host: server.url }).deleteIntegration('github'), undefined);
});
