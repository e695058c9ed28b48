// Actions, at once and asynchronous.
import assert from 'node:assert/strict';

import { refused } from './refused.js';

const issues = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };

export const actionTrials = {
  triggerAction: {
    sends: ['POST /action/trigger'],
    tries: 'its output; the record that the next run brings; no input, an unknown action, an external API that fails',
    async run({ nango, simulator }) {
      const issue = await nango.triggerAction('github', 'demo', 'create-issue', { title: 'Broken link' });
      assert.deepEqual([issue.title, issue.state], ['Broken link', 'open']);
      await nango.triggerSync('github', ['github-issues'], 'demo');
      await simulator.advance('1s');
      const { records } = await nango.listRecords({ ...issues, ids: [String(issue.id)] });
      assert.equal(records[0].title, 'Broken link');
      await refused(nango.triggerAction('github', 'demo', 'create-issue'), 400, 'invalid_body');
      await refused(nango.triggerAction('github', 'demo', 'nothing', {}), 404, 'unknown_action');
      await simulator.control('PUT', '/faults', [{ on: 'upstream', do: { status: 500 } }]);
      await refused(nango.triggerAction('github', 'demo', 'create-issue', { title: 'x' }), 424, 'action_failed');
    },
  },

  triggerActionAsync: {
    sends: ['POST /action/trigger'],
    tries: '`id` and `statusUrl`, and the webhook with both when it has ended',
    async run({ nango, simulator }) {
      const begun = await nango.triggerActionAsync('github', 'demo', 'create-issue', { title: 'Broken link' });
      assert.deepEqual(Object.keys(begun).sort(), ['id', 'statusUrl']);
      await simulator.advance('1s');
      const [webhook] = simulator.webhooks.map(({ body }) => JSON.parse(body));
      assert.deepEqual([webhook.type, webhook.payload], ['async_action', begun]);
    },
  },

  getAsyncActionResult: {
    sends: ['GET /action/{id}'],
    tries: 'by `statusUrl`, by `id`; one that failed, an unknown one',
    async run({ nango, simulator }) {
      const begun = await nango.triggerActionAsync('github', 'demo', 'create-issue', { title: 'Broken link' });
      await simulator.advance('1s');
      assert.equal((await nango.getAsyncActionResult(begun)).title, 'Broken link');
      assert.equal((await nango.getAsyncActionResult({ id: begun.id })).title, 'Broken link');
      await simulator.control('PUT', '/faults', [{ on: 'upstream', do: { status: 500 } }]);
      const { id } = await nango.triggerActionAsync('github', 'demo', 'create-issue', { title: 'x' });
      await simulator.advance('1s');
      await refused(nango.getAsyncActionResult({ id }), 424, 'action_failed');
      await refused(nango.getAsyncActionResult({ id: 'nobody' }), 404, 'not_found');
    },
  },
};
