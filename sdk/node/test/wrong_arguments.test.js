// What cannot be right is refused before anything is sent, by a TerapiError.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi, TerapiError } from '../src/index.js';

const OF = { providerConfigKey: 'github', connectionId: 'demo' };
const STREAM = { ...OF, model: 'Issue' };

const WRONG = [
  ['listRecords', [], /listRecords: providerConfigKey is undefined; expected a text/],
  ['listRecords', [{ ...OF }], /model is undefined/],
  ['listRecords', [{ ...STREAM, connectionId: '' }], /connectionId is empty/],
  ['listRecords', [{ ...STREAM, connectionId: 7 }], /connectionId is number/],
  ['listRecords', [{ ...STREAM, connectionId: 'a\nb' }], /"Connection-Id".*cannot be sent/],
  ['listRecords', [{ ...STREAM, modifiedAfter: new Date(NaN) }], /invalid Date/],
  ['listRecords', [{ ...STREAM, ids: ['\ud800'] }], /surrogate/],
  ['pruneRecords', [STREAM], /untilCursor is undefined/],
  ['triggerSync', [undefined], /providerConfigKey/],
  ['triggerSync', ['github', 'a'], /syncs is string; expected a list/],
  ['startSync', ['github'], /syncs is undefined/],
  ['pauseSync', ['github', '*'], /syncs is string/],
  ['syncStatus', ['github', 'a'], /syncs is string/],
  ['updateSyncConnectionFrequency', ['github', null, 'demo', null], /name is undefined|name is object/],
  ['createSyncVariant', [{ ...OF, name: '..', variant: 'v' }], /name is "\.\."/],
  ['deleteSyncVariant', [{ ...OF, name: 'a' }], /variant is undefined/],
  ['getConnection', ['github', ''], /connectionId is empty/],
  ['getConnection', ['github', '..'], /cannot be in a path/],
  ['deleteConnection', ['github'], /connectionId is undefined/],
  ['createConnection', [{}], /providerConfigKey/],
  ['createConnection', [{ ...OF, metadata: { n: 1n } }], /cannot be written as JSON/],
  ['patchConnection', [], /providerConfigKey/],
  ['getMetadata', ['github'], /connectionId/],
  ['setMetadata', ['github', '', {}], /connectionId is empty/],
  ['getIntegration', [], /uniqueKey/],
  ['createIntegration', [{ provider: 'github' }], /unique_key is undefined/],
  ['updateIntegration', [{ uniqueKey: '.' }, {}], /uniqueKey is "\."/],
  ['deleteIntegration', [''], /uniqueKey is empty/],
  ['triggerAction', ['github', 'demo'], /actionName/],
  ['getAsyncActionResult', [{}], /id is undefined/],
  ['getAsyncActionResult', [{ id: '..' }], /cannot be in a path/],
  ['getAsyncActionResult', [{ statusUrl: '@evil.example/action/1' }], /statusUrl/],
  ['getAsyncActionResult', [{ statusUrl: '/action/../records' }], /statusUrl/],
  ['proxy', [OF], /endpoint is undefined/],
  ['proxy', [{ ...OF, endpoint: '/../records' }], /leads elsewhere/],
  ['proxy', [{ ...OF, endpoint: 'a/%2e%2e/..\\../records' }], /leads elsewhere/],
  ['proxy', [{ ...OF, endpoint: '/a', method: 'TRACE' }], /method is "TRACE"/],
  ['proxy', [{ ...OF, endpoint: '/a', data: {} }], /GET carries no data/],
  ['post', [{ ...OF, endpoint: '/a', data: new ReadableStream() }], /stream/],
  ['post', [{ ...OF, endpoint: '/a', responseType: 'stream' }], /responseType is stream/],
  ['get', [{ ...OF, endpoint: '/a', headers: { 'a b': 'c' } }], /"Terapi-Proxy-a b"/],
];

for (const [method, given, message] of WRONG) {
  test(`${method} refuses: ${message.source}`, async () => {
    const fetch = () => assert.fail('something was sent');
    const terapi = new Terapi({ secretKey: 'k', fetch });
    await assert.rejects(terapi[method](...given), (error) => {
      assert.ok(error instanceof TerapiError);
      assert.deepEqual([error.code, error.status], ['invalid_options', undefined]);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('recordPages refuses at its first page', async () => {
  const pages = new Terapi({ secretKey: 'k' }).recordPages();
  await assert.rejects(pages.next(), { name: 'TerapiError', code: 'invalid_options' });
});
