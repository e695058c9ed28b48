// How each failure is told: always a TerapiError, with what a program needs to decide.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { Terapi, TerapiError } from '../src/index.js';
import { answerJson, serve } from './http_server.js';

const STREAM = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };

/** The error of listRecords when it is answered like this. */
async function errorOf(t, answer, options = {}) {
  const server = await serve(t, answer);
  return caught(new Terapi({ secretKey: 'sesame-open-sesame', host: server.url, ...options }).listRecords(STREAM));
}

async function caught(promise) {
  const error = await promise.then(
    (value) => assert.fail(`answered ${JSON.stringify(value)}`),
    (reason) => reason,
  );
  assert.ok(error instanceof TerapiError && error instanceof Error, String(error));
  assert.equal(error.name, 'TerapiError');
  return error;
}

test('an error of the API keeps its status, code and message', async (t) => {
  const body = { error: { code: 'unknown_connection', message: 'no such connection' } };
  const error = await errorOf(t, (_, response) => answerJson(response, 400, body));
  assert.deepEqual(
    [error.status, error.code, error.errors, error.retryAfterMs],
    [400, 'unknown_connection', [], undefined],
  );
  assert.deepEqual(error.body, body);
  assert.equal(error.message, 'GET /records answered 400 unknown_connection: no such connection');
});

test('validation issues come whole, and in the message', async (t) => {
  const errors = [
    { code: 'too_small', message: 'Too small', path: ['limit'] },
    { code: 'required', message: 'is missing', path: ['input', 'title'] },
  ];
  const error = await errorOf(t, (_, response) =>
    answerJson(response, 400, { error: { code: 'invalid_body', errors } }),
  );
  assert.deepEqual(error.errors, errors);
  assert.match(error.message, /invalid_body: limit: Too small; input\.title: is missing$/);
});

const BODIES = [
  ['an HTML page', 502, '<html>Bad gateway</html>', 'http_error', /502 http_error: <html>Bad/],
  ['nothing', 503, '', 'http_error', /503 http_error$/],
  ['another API’s error', 404, '{"message":"Not Found"}', 'http_error', /Not Found/],
  ['a text as error', 400, '{"error":"no"}', 'http_error', /: no$/],
  ['null', 500, 'null', 'http_error', /500 http_error/],
  ['nonsense', 400, '{"error":{"code":7,"errors":[null,{}],"message":[]}}', 'http_error', /400 http_error/],
  ['a redirect', 302, '', 'http_error', /302/],
  ['a redirect that says 304', 304, '', 'http_error', /304/],
];
for (const [what, status, body, code, message] of BODIES) {
  test(`${what} with ${status} is a TerapiError`, async (t) => {
    const error = await errorOf(t, (_, response) =>
      response.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end(body),
    );
    assert.deepEqual([error.status, error.code], [status, code]);
    assert.match(error.message, message);
  });
}

test('a redirect is not followed, so the key goes nowhere else', async (t) => {
  const other = await serve(t, (_, response) => answerJson(response, 200, { records: [], next_cursor: null }));
  const error = await errorOf(t, (_, response) => response.writeHead(307, { Location: other.url }).end());
  assert.equal(error.status, 307);
  assert.equal(other.seen.length, 0);
});

test('Retry-After is told in milliseconds: seconds, or a date on the server’s clock', async (t) => {
  const CASES = [
    [{ 'Retry-After': '42' }, 42_000],
    [{ 'Retry-After': '0' }, 0],
    [{ 'Retry-After': 'Wed, 21 Oct 2015 07:28:30 GMT', Date: 'Wed, 21 Oct 2015 07:28:00 GMT' }, 30_000],
    [{ 'Retry-After': 'Wed, 21 Oct 2015 07:28:00 GMT', Date: 'Wed, 21 Oct 2015 07:28:30 GMT' }, 0],
    [{ 'Retry-After': '1.5' }, undefined],
    [{ 'Retry-After': '-1' }, undefined],
    [{ 'Retry-After': 'soon' }, undefined],
    [{}, undefined],
  ];
  for (const [headers, expected] of CASES) {
    const body = { error: { code: 'too_many_request', message: 'slow down' } };
    const error = await errorOf(t, (_, response) => answerJson(response, 429, body, headers));
    assert.deepEqual(
      [error.status, error.code, error.retryAfterMs],
      [429, 'too_many_request', expected],
      JSON.stringify(headers),
    );
  }
});

test('a key that a server repeats is in no error', async (t) => {
  const echo = (request, response) => {
    const said = request.headers.authorization;
    answerJson(response, 401, {
      error: { code: 'unknown_account', message: said, errors: [{ message: said, path: [] }] },
    });
  };
  const error = await errorOf(t, echo);
  assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.body, error.errors]), /sesame/);
  assert.match(error.message, /Bearer \(key\)/);
});

test('a key that cannot be sent is in no error', async () => {
  const error = await caught(new Terapi({ secretKey: 'sesame\nopen' }).listIntegrations());
  assert.equal(error.code, 'invalid_options');
  assert.doesNotMatch(inspect(error, { depth: 9 }), /sesame/);
});

const BROKEN = [
  ['reset', (_, response) => response.socket.resetAndDestroy(), 'network_error'],
  ['closed without an answer', (_, response) => response.socket.end(), 'network_error'],
  [
    'cut short',
    (_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('{"records":', () => response.socket.destroy());
    },
    'network_error',
  ],
  [
    'cut short between chunks',
    (_, response) => response.write('{"records":[]', () => response.socket.destroy()),
    'network_error',
  ],
  ['something other than HTTP', (_, response) => response.socket.end('ICY 200 OK\r\n\r\n'), 'network_error'],
  [
    'cut short without a length',
    (_, response) => {
      response.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"records":[');
    },
    'invalid_answer',
  ],
  ['no JSON', (_, response) => response.end('<html>login</html>'), 'invalid_answer'],
  [
    'no UTF-8',
    (_, response) => response.end(Buffer.from('{"records":[{"id":"\xff"}],"next_cursor":null}', 'latin1')),
    'invalid_answer',
  ],
  ['empty', (_, response) => response.end(), 'invalid_answer'],
  ['no page', (_, response) => answerJson(response, 200, { records: {}, next_cursor: null }), 'invalid_answer'],
  ['a page without next_cursor', (_, response) => answerJson(response, 200, { records: [] }), 'invalid_answer'],
  [
    'a page with an empty next_cursor',
    (_, response) => answerJson(response, 200, { records: [], next_cursor: '' }),
    'invalid_answer',
  ],
];
for (const [what, answer, code] of BROKEN) {
  test(`an answer that is ${what}: ${code}`, async (t) => {
    const error = await errorOf(t, answer);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /GET \/records/);
    assert.equal(error.status, code === 'network_error' ? undefined : 200);
  });
}

test('nobody listens: network_error, with the cause', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const error = await caught(new Terapi({ secretKey: 'k', host: `http://127.0.0.1:${port}` }).listIntegrations());
  assert.deepEqual([error.code, error.status], ['network_error', undefined]);
  assert.match(error.message, /GET \/integrations failed: .*ECONNREFUSED/);
  assert.ok(error.cause instanceof TypeError);
});

test('no answer, or half of one, in time: timeout', async (t) => {
  for (const answer of [() => {}, (_, response) => response.write('{"records":[')]) {
    const error = await errorOf(t, answer, { timeoutMs: 50 });
    assert.deepEqual([error.code, error.status], ['timeout', undefined]);
    assert.match(error.message, /GET \/records took longer than 50 ms/);
  }
});

test('a fetch of one’s own may fail as it likes', async () => {
  const WAYS = [
    [
      () => {
        throw new TypeError('no');
      },
      'network_error',
      /failed: no/,
    ],
    [
      async () => {
        throw undefined;
      },
      'network_error',
      /failed: undefined/,
    ],
    [
      async () => {
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
      },
      'timeout',
      /UND_ERR/,
    ],
  ];
  for (const [fetch, code, message] of WAYS) {
    const error = await caught(new Terapi({ secretKey: 'k', fetch }).listIntegrations());
    assert.equal(error.code, code);
    assert.match(error.message, message);
  }
});
