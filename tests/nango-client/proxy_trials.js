// The proxy, with every verb. /echo of a simulated external API answers with what reached it.
import assert from 'node:assert/strict';

import { refused } from './refused.js';

const github = { providerConfigKey: 'github', connectionId: 'demo' };

/** What reached the external API. */
const echoOf = ({ headers, data }) => (headers['x-echo'] ? JSON.parse(headers['x-echo']) : data);
const passedOn = (answer, name) => echoOf(answer).headers.find(([key]) => key.toLowerCase() === name)?.[1];

/** A trial of the method that is named like its verb. */
function verb(method, hasBody) {
  return {
    sends: [`${method.toUpperCase()} /proxy/{path*}`],
    tries: hasBody ? 'a body, a query, headers; no body' : 'a query, headers',
    async run({ nango }) {
      const asked = { ...github, endpoint: '/echo/a b?x=1', headers: { 'X-Team': 'core' } };
      const answer = await nango[method]({ ...asked, ...(hasBody && { data: { title: 'née' } }) });
      assert.equal(answer.status, 200);
      assert.deepEqual([echoOf(answer).method, echoOf(answer).target], [method.toUpperCase(), '/echo/a%20b?x=1']);
      assert.equal(passedOn(answer, 'x-team'), 'core');
      if (hasBody) {
        assert.deepEqual(answer.data, { title: 'née' });
        assert.equal(echoOf(await nango[method]({ ...github, endpoint: 'echo' })).method, method.toUpperCase());
      }
      await refused(nango[method]({ ...asked, connectionId: 'nobody' }), 400, 'unknown_connection');
    },
  };
}

export const proxyTrials = {
  proxy: {
    sends: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'REPORT'].map((method) => `${method} /proxy/{path*}`),
    tries:
      'every verb, lower case too; `params` (object, text), `headers`, `data`, `retries`, `retryOn`, `decompress`, `forwardHeadersOnRedirect`, `responseType`; `baseUrlOverride` where it is [allowed](upstream.md#other-hosts), and where it is refused; changes that the next run brings as records',
    async run({ nango, simulator }) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'REPORT', 'post']) {
        const data = method === 'GET' ? undefined : { method };
        const answer = await nango.proxy({ ...github, method, endpoint: 'echo/x', data, decompress: true, forwardHeadersOnRedirect: true });
        assert.equal(echoOf(answer).method, method.toUpperCase());
        if (data) assert.deepEqual(answer.data, data);
      }
      for (const params of [{ per_page: '2' }, 'per_page=2', '?per_page=2']) {
        assert.equal((await nango.proxy({ ...github, endpoint: '/issues', params })).data.data.length, 2);
      }
      const text = await nango.proxy({ ...github, method: 'POST', endpoint: '/echo', data: 'a=1', headers: { 'Content-Type': 'text/plain' } });
      assert.deepEqual([text.data, passedOn(text, 'content-type')], ['a=1', 'text/plain']);
      const bytes = await nango.proxy({ ...github, method: 'POST', endpoint: '/echo', data: { a: 1 }, responseType: 'arraybuffer' });
      assert.equal(Buffer.from(bytes.data).toString(), '{"a":1}');

      const made = await nango.proxy({ ...github, method: 'POST', endpoint: '/issues', data: { title: 'Broken link' } });
      assert.equal(made.status, 201);
      assert.equal((await nango.proxy({ ...github, method: 'DELETE', endpoint: '/issues/14' })).status, 204);
      await nango.triggerSync('github', ['github-issues'], 'demo');
      await simulator.advance('1s');
      const { records } = await nango.listRecords({ ...github, model: 'Issue', ids: ['14', String(made.data.id)] });
      assert.deepEqual(records.map((record) => record._nango_metadata.last_action).sort(), ['ADDED', 'DELETED']);

      await simulator.control('PUT', '/faults', [{ on: 'upstream', times: 1, do: { status: 409 } }]);
      await assert.rejects(nango.proxy({ ...github, endpoint: '/issues/1', retries: 3 }), { status: 409 });
      await simulator.control('PUT', '/faults', [{ on: 'upstream', times: 1, do: { status: 409 } }]);
      const retried = nango.proxy({ ...github, endpoint: '/issues/1', retries: 3, retryOn: [409] });
      let waits = true;
      retried.catch(() => {}).finally(() => (waits = false));
      while (waits) await simulator.advance('100ms'); // it waits by the simulator's clock
      assert.equal((await retried).status, 200);

      const elsewhere = { ...github, endpoint: '/x', baseUrlOverride: 'https://api.example.com' };
      await refused(nango.proxy(elsewhere), 403, 'base_url_override_refused');
      const allowed = { ...github, method: 'POST', endpoint: '/y', data: { a: 1 }, baseUrlOverride: simulator.elsewhere };
      assert.equal((await nango.proxy({ ...allowed, headers: { 'X-Team': 'core' } })).status, 204);
      const { body, headers } = simulator.webhooks.at(-1);
      assert.deepEqual([body, headers['x-team'], headers.authorization], ['{"a":1}', 'core', undefined]);
    },
  },
  get: verb('get', false),
  post: verb('post', true),
  put: verb('put', true),
  patch: verb('patch', true),
  delete: verb('delete', true),
};
