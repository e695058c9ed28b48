// Integrations.
import assert from 'node:assert/strict';

import { refused } from './refused.js';

const made = {
  provider: 'github',
  unique_key: 'github-2',
  display_name: 'Another GitHub',
  credentials: { type: 'OAUTH2', client_id: 'id', client_secret: 'secret', scopes: 'repo' },
  forward_webhooks: true,
  integration_config: { host: 'github.example' },
  custom: { team: 'core' },
};

export const integrationTrials = {
  listIntegrations: {
    sends: ['GET /integrations'],
    tries: 'the three of the default world, as `configs`',
    async run({ nango }) {
      const { configs } = await nango.listIntegrations();
      assert.deepEqual(configs.map(({ unique_key }) => unique_key), ['github', 'hubspot', 'stripe']);
      for (const member of ['provider', 'display_name', 'logo', 'created_at', 'updated_at']) {
        assert.equal(typeof configs[0][member], 'string', member);
      }
    },
  },

  getIntegration: {
    sends: ['GET /integrations/{key}'],
    tries: '`include` (taken: neither a webhook URL nor credentials are kept); an unknown one',
    async run({ nango }) {
      for (const queries of [undefined, { include: ['webhook'] }, { include: ['webhook', 'credentials'] }]) {
        const { data } = await nango.getIntegration({ uniqueKey: 'github' }, queries);
        assert.deepEqual([data.unique_key, data.provider, data.display_name], ['github', 'github', 'GitHub']);
      }
      await refused(nango.getIntegration({ uniqueKey: 'nothing' }), 404, 'not_found');
    },
  },

  createIntegration: {
    sends: ['POST /integrations'],
    tries: 'all members (`credentials`, `forward_webhooks`, `integration_config` and `custom` are taken, and not used); a key that is there',
    async run({ nango }) {
      const { data } = await nango.createIntegration(made);
      assert.deepEqual([data.unique_key, data.provider, data.display_name], ['github-2', 'github', 'Another GitHub']);
      assert.equal((await nango.listIntegrations()).configs.length, 4);
      await refused(nango.createIntegration(made), 400, 'invalid_body');
    },
  },

  updateIntegration: {
    sends: ['PATCH /integrations/{key}'],
    tries: 'all members; another `unique_key`, while there are no connections',
    async run({ nango }) {
      await nango.createIntegration(made);
      const { provider, ...changes } = { ...made, unique_key: 'github-3', display_name: 'A third' };
      const { data } = await nango.updateIntegration({ uniqueKey: 'github-2' }, changes);
      assert.deepEqual([data.unique_key, data.provider, data.display_name], ['github-3', provider, 'A third']);
      await refused(nango.getIntegration({ uniqueKey: 'github-2' }), 404, 'not_found');
      await refused(nango.updateIntegration({ uniqueKey: 'github' }, { unique_key: 'x' }), 400, 'invalid_body');
    },
  },

  deleteIntegration: {
    sends: ['DELETE /integrations/{key}'],
    tries: 'it is gone, and its connections with it',
    async run({ nango }) {
      const gone = await nango.deleteIntegration('github');
      assert.deepEqual([gone.status, gone.data], [200, { success: true }]);
      await refused(nango.getConnection('github', 'demo'), 404, 'not_found');
      await refused(nango.deleteIntegration('github'), 404, 'not_found');
    },
  },
};
