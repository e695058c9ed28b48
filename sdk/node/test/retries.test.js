// Nothing is asked twice unless the user says so; then, only what may be, and not sooner than the server allows.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { delayBeforeRetry } from '../src/retry_policy.js';
import { readSettings } from '../src/settings.js';
import { TerapiError } from '../src/terapi_error.js';
import { Transport } from '../src/transport.js';
import { answerJson, serve } from './http_server.js';

const GET = { method: 'GET', path: '/integrations' };
const POST = { method: 'POST', path: '/sync/trigger', json: { syncs: [] } };

/** A transport whose waits are only written down. */
async function transportTo(t, retries, answer) {
  const server = await serve(t, answer);
  const waits = [];
  const settings = readSettings({ secretKey: 'k', host: server.url, retries }, {});
  return { waits, seen: server.seen, transport: new Transport(settings, async (ms) => waits.push(ms)) };
}

const tooMany = (_, response, count) => {
  if (count < 3) answerJson(response, 429, { error: { code: 'too_many_request' } }, { 'Retry-After': '7' });
  else answerJson(response, 200, { count });
};

test('by default a 429 is thrown at once', async (t) => {
  const { transport, seen, waits } = await transportTo(t, 0, tooMany);
  await assert.rejects(transport.ask(GET), { status: 429, retryAfterMs: 7000 });
  assert.deepEqual([seen.length, waits], [1, []]);
});

test('with retries, any call is made again after a 429, as Retry-After says, and sent as it was', async (t) => {
  for (const call of [GET, POST]) {
    const { transport, seen, waits } = await transportTo(t, 2, tooMany);
    assert.deepEqual(await transport.ask(call), { count: 3 });
    assert.deepEqual(waits, [7000, 7000]);
    assert.deepEqual(seen[2], seen[0]);
  }
});

test('after so many retries the last error is thrown', async (t) => {
  const { transport, seen } = await transportTo(t, 1, tooMany);
  await assert.rejects(transport.ask(GET), { status: 429 });
  assert.equal(seen.length, 2);
});

test('a write is not made again after a 5xx or a reset, a read is', async (t) => {
  const ANSWERS = [
    (_, response, count) => answerJson(response, count < 2 ? 503 : 200, {}),
    (_, response, count) => (count < 2 ? response.socket.resetAndDestroy() : answerJson(response, 200, {})),
  ];
  for (const answer of ANSWERS) {
    const reading = await transportTo(t, 3, answer);
    await reading.transport.ask(GET);
    assert.deepEqual([reading.seen.length, reading.waits.length], [2, 1]);
    const writing = await transportTo(t, 3, answer);
    await assert.rejects(writing.transport.ask(POST), { name: 'TerapiError' });
    assert.equal(writing.seen.length, 1);
  }
});

test('the delays grow, with a floor and a ceiling; who asks for more than a minute is not waited for', () => {
  const error = (facts) => new TerapiError('', { code: 'x', ...facts });
  const at = (failures, random) => delayBeforeRetry(error({ status: 500 }), 'GET', failures, () => random);
  assert.deepEqual([at(0, 1), at(1, 1), at(2, 1), at(19, 1)], [250, 500, 1000, 30_000]);
  assert.equal(at(0, 0), 125);
  const asked = (retryAfterMs) => delayBeforeRetry(error({ status: 429, retryAfterMs }), 'POST', 0, () => 1);
  assert.deepEqual([asked(0), asked(60_000), asked(60_001)], [250, 60_000, null]);
});

test('what asking again cannot change is not asked again', () => {
  for (const facts of [
    { code: 'invalid_cursor', status: 400 },
    { code: 'unknown_account', status: 401 },
    { code: 'invalid_answer', status: 200 },
    { code: 'invalid_options' },
    { code: 'http_error', status: 302 },
  ]) {
    assert.equal(delayBeforeRetry(new TerapiError('', facts), 'GET', 0), null, facts.code);
  }
  assert.ok(delayBeforeRetry(new TerapiError('', { code: 'timeout' }), 'HEAD', 0) > 0);
});
