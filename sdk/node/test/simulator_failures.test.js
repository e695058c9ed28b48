// What goes wrong between the real simulator and a client, and what is told about it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { SKIP, startSimulator } from './simulator.js';

const OF = { providerConfigKey: 'github', connectionId: 'demo' };
const STREAM = { ...OF, model: 'Issue' };

test('failures of the simulator', { skip: SKIP }, async (t) => {
  const simulator = await startSimulator(t);
  const terapi = new Terapi({ host: simulator.host, secretKey: simulator.secretKey });

  const clientWith = (options) => new Terapi({ host: simulator.host, secretKey: simulator.secretKey, ...options });
  /** While `during` runs, the API does this to reads of records; tells how often. */
  async function withFault(rule, during) {
    await simulator.control('PUT', '/faults/test', { on: 'api', match: { path: '/records' }, ...rule });
    const value = await during();
    const { fired } = await simulator.control('GET', '/faults/test');
    await simulator.control('DELETE', '/faults/test');
    return { value, fired };
  }

  await t.test('wrong keys and wrong requests', async () => {
    const other = clientWith({ secretKey: '00000000-0000-4000-8000-000000000000' });
    await assert.rejects(other.listRecords(STREAM), { status: 401, code: 'unknown_account' });
    await assert.rejects(terapi.listRecords({ ...STREAM, connectionId: 'nobody' }), {
      status: 400,
      code: 'unknown_connection',
    });
    await assert.rejects(terapi.listRecords({ ...STREAM, cursor: 'nonsense' }), {
      status: 400,
      code: 'invalid_cursor',
    });
    await assert.rejects(terapi.triggerSync('github', ['no-such-sync']), { status: 400, code: 'unknown_sync' });
    await assert.rejects(terapi.triggerAction('github', 'demo', 'no-such-action'), {
      status: 404,
      code: 'unknown_action',
    });
    await assert.rejects(terapi.getAsyncActionResult({ id: 'nothing' }), { status: 404, code: 'not_found' });
  });

  await t.test('all that is wrong with a request, each with its path', async () => {
    await assert.rejects(terapi.listRecords({ ...STREAM, limit: 0, filter: 'purple' }), ({ code, errors }) => {
      assert.deepEqual([code, errors.map(({ path }) => path[0])], ['invalid_query_params', ['limit', 'filter']]);
      return true;
    });
    await assert.rejects(terapi.triggerAction('github', 'demo', 'create-issue', {}), ({ code, errors }) => {
      assert.deepEqual([code, errors.map(({ path }) => path.join('.'))], ['invalid_body', ['input.title']]);
      return true;
    });
  });

  await t.test('a rate limit: the error says how long to wait', async () => {
    await simulator.control('PATCH', '/environment', { rate_limit: { requests: 1, per: '1m' } });
    await terapi.listIntegrations();
    await assert.rejects(terapi.listIntegrations(), { status: 429, code: 'too_many_request', retryAfterMs: 60_000 });
    await simulator.control('PATCH', '/environment', { rate_limit: null });
  });

  await t.test('a loop that a fault ended goes on where it was, and nothing is lost or doubled', async () => {
    const FAULTS = [
      [{ reset: true }, 'network_error'],
      [{ truncate_after: 40 }, 'network_error'],
      [{ status: 200, body: '<html>' }, 'invalid_answer'],
      [{ status: 502, body: '<html>' }, 'http_error'],
    ];
    for (const [fault, code] of FAULTS) {
      const stored = { ids: [], cursor: null };
      const read = async () => {
        for await (const page of terapi.recordPages({ ...STREAM, limit: 300, cursor: stored.cursor })) {
          stored.ids.push(...page.records.map(({ id }) => id));
          stored.cursor = page.lastCursor;
        }
      };
      const { fired } = await withFault({ nth: [3], do: fault }, async () => {
        await assert.rejects(read(), { name: 'TerapiError', code });
        assert.equal(stored.ids.length, 600);
        await read();
      });
      assert.equal(fired, 1);
      assert.deepEqual([stored.ids.length, new Set(stored.ids).size], [1000, 1000]);
    }
  });

  await t.test('an answer that stops half-way is a timeout', async () => {
    const impatient = clientWith({ timeoutMs: 100 });
    const { fired } = await withFault({ do: { stall: '1h' } }, () => {
      return assert.rejects(impatient.listRecords({ ...STREAM, limit: 1000 }), { code: 'timeout', status: undefined });
    });
    assert.equal(fired, 1);
  });

  await t.test('with retries, a fault that passes is not seen', async () => {
    const patient = clientWith({ retries: 1 });
    for (const fault of [{ reset: true }, { status: 503 }, { status: 429, headers: { 'Retry-After': '0' } }]) {
      const { value, fired } = await withFault({ times: 1, do: fault }, () =>
        patient.listRecords({ ...STREAM, limit: 2 }),
      );
      assert.deepEqual([value.records.length, fired], [2, 1]);
    }
  });

  await t.test('an action that the external API makes fail', async () => {
    await simulator.control('PUT', '/faults/theirs', { on: 'upstream', times: 1, do: { status: 503 } });
    await assert.rejects(terapi.triggerAction('github', 'demo', 'create-issue', { title: 'x' }), {
      status: 424,
      code: 'action_failed',
    });
    await simulator.control('DELETE', '/faults/theirs');
  });

  await t.test('large integers: by a parser of one’s own', async () => {
    const save =
      '{"integration":"github","connection":"demo","model":"Big","save":[{"id":"1","n":12345678901234567890}]}';
    const answer = await fetch(`${simulator.host}/_simulator/runs`, { method: 'POST', body: save });
    assert.equal(answer.status, 200);
    const parseJson = (text) => JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"'));
    const { records } = await clientWith({ parseJson }).listRecords({ ...STREAM, model: 'Big' });
    assert.equal(records[0].n, '12345678901234567890');
  });
});
