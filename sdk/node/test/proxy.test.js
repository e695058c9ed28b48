// What goes through the proxy, and how it comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi, TerapiError } from '../src/index.js';
import { answerJson, serve } from './http_server.js';

const OF = { providerConfigKey: 'github', connectionId: 'demo', endpoint: '/issues' };

async function proxied(
  t,
  options,
  { method = 'proxy', dialect, answer = (_, response) => answerJson(response, 200, {}) } = {},
) {
  const server = await serve(t, answer);
  const back = await new Terapi({ secretKey: 'k', host: server.url, dialect })[method]({ ...OF, ...options });
  return { back, sent: server.seen[0] };
}

test('each verb has a method, and proxy takes any', async (t) => {
  for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
    assert.equal((await proxied(t, {}, { method })).sent.method, method.toUpperCase());
    assert.equal((await proxied(t, { method })).sent.method, method.toUpperCase());
  }
  const { sent } = await proxied(t, { method: undefined });
  assert.deepEqual([sent.method, sent.url, sent.body], ['GET', '/proxy/issues', '']);
  assert.deepEqual(
    [sent.headers['provider-config-key'], sent.headers['connection-id'], sent.headers.accept],
    ['github', 'demo', '*/*'],
  );
});

test('the endpoint and its query', async (t) => {
  const TARGETS = [
    [{ endpoint: 'issues/7/comments' }, '/proxy/issues/7/comments'],
    [{ endpoint: '/a b?x=1' }, '/proxy/a%20b?x=1'],
    [{ endpoint: '/a?x=1', params: { y: 2 } }, '/proxy/a?x=1&y=2'],
    [{ endpoint: '/a#b' }, '/proxy/a%23b'],
    [
      { params: { q: 'ü&=', list: [1, 2], none: undefined, no: null, off: false } },
      '/proxy/issues?q=%C3%BC%26%3D&list=1&list=2&off=false',
    ],
    [{ params: '?a=b' }, '/proxy/issues?a=b'],
    [
      {
        params: new URLSearchParams([
          ['a', 'b'],
          ['a', 'c'],
        ]),
      },
      '/proxy/issues?a=b&a=c',
    ],
    [{ params: {} }, '/proxy/issues'],
  ];
  for (const [options, target] of TARGETS) assert.equal((await proxied(t, options)).sent.url, target);
});

test('headers are marked for the external API, but those that describe the body', async (t) => {
  const headers = { 'X-Team': 'core', Authorization: 'theirs', 'content-type': 'text/csv', Accept: 'text/csv' };
  for (const [dialect, mark] of [
    ['terapi', 'terapi-proxy-'],
    ['nango', 'nango-proxy-'],
  ]) {
    const { sent } = await proxied(t, { headers, data: 'a,b' }, { method: 'post', dialect });
    const got = [`${mark}x-team`, `${mark}authorization`, 'authorization', 'content-type', 'accept'].map(
      (name) => sent.headers[name],
    );
    assert.deepEqual(got, ['core', 'theirs', 'Bearer k', 'text/csv', 'text/csv']);
  }
});

test('what the server is asked to do about it', async (t) => {
  const { sent } = await proxied(t, { retries: 2, retryOn: [404, 429], decompress: true, baseUrlOverride: 'http://x' });
  const got = ['retries', 'retry-on', 'decompress', 'base-url-override'].map((name) => sent.headers[name]);
  assert.deepEqual(got, ['2', '404,429', 'true', 'http://x']);
  const without = (await proxied(t, { retries: null, baseUrlOverride: undefined })).sent.headers;
  for (const name of ['retries', 'retry-on', 'decompress', 'base-url-override']) assert.equal(name in without, false);
});

test('bodies', async (t) => {
  const BODIES = [
    [{ title: 'ü' }, '{"title":"ü"}', 'application/json'],
    [[1], '[1]', 'application/json'],
    [null, 'null', 'application/json'],
    [0, '0', 'application/json'],
    ['text', 'text', 'text/plain;charset=UTF-8'],
    [new URLSearchParams({ a: 'b c' }), 'a=b+c', 'application/x-www-form-urlencoded;charset=UTF-8'],
    [Buffer.from('bytes'), 'bytes', undefined],
    [new TextEncoder().encode('bytes').buffer, 'bytes', undefined],
    [new Blob(['blob'], { type: 'text/csv' }), 'blob', 'text/csv'],
    [undefined, '', undefined],
  ];
  for (const [data, body, type] of BODIES) {
    const { sent } = await proxied(t, { data }, { method: 'post' });
    assert.deepEqual([sent.body, sent.headers['content-type']], [body, type]);
  }
});

test('the answer: status, headers, and data by its type or as it is asked for', async (t) => {
  const answer = (type, body) => (_, response) =>
    response.writeHead(201, { 'Content-Type': type, 'X-Total': '3' }).end(body);
  const ANSWERS = [
    ['application/json', '{"a":1}', undefined, { a: 1 }],
    ['application/vnd.api+json; charset=utf-8', '[1]', undefined, [1]],
    ['application/json', '', undefined, null],
    ['text/csv', 'a,b', undefined, 'a,b'],
    ['text/csv', '', undefined, ''],
    ['text/plain', '{"a":1}', 'json', { a: 1 }],
    ['application/json', '{"a":1}', 'text', '{"a":1}'],
  ];
  for (const [type, body, responseType, data] of ANSWERS) {
    const { back } = await proxied(t, { responseType }, { answer: answer(type, body) });
    assert.deepEqual(
      [back.status, back.headers['x-total'], back.headers['content-type'], back.data],
      [201, '3', type, data],
    );
  }
  const { back } = await proxied(
    t,
    { responseType: 'arraybuffer' },
    { answer: answer('image/png', Buffer.from([0, 255, 1])) },
  );
  assert.ok(back.data instanceof ArrayBuffer);
  assert.deepEqual([...new Uint8Array(back.data)], [0, 255, 1]);
});

test('an answer that is not of the type that was asked for is an error', async (t) => {
  const answer = (_, response) => response.end('no json');
  await assert.rejects(proxied(t, { responseType: 'json' }, { answer }), { code: 'invalid_answer' });
});

test('the external API’s errors are TerapiErrors with its body', async (t) => {
  const answer = (_, response) => answerJson(response, 422, { message: 'title is missing', field: 'title' });
  await assert.rejects(proxied(t, { data: {} }, { method: 'post', answer }), (error) => {
    assert.ok(error instanceof TerapiError);
    assert.deepEqual([error.status, error.code, error.body.field], [422, 'http_error', 'title']);
    assert.match(error.message, /POST \/proxy\/issues answered 422 http_error: title is missing/);
    return true;
  });
});

test('what is in a query is in no message', async (t) => {
  const answer = (_, response) => response.writeHead(404).end();
  const asked = proxied(t, { endpoint: '/issues?token=sesame', params: { key: 'sesame' } }, { answer });
  await assert.rejects(asked, { message: 'GET /proxy/issues answered 404 http_error' });
});
