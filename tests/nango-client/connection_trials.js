// Connections, and what a backend keeps on them.
import assert from 'node:assert/strict';

import { refused } from './refused.js';

/** A connection of github; the client has no method to make one without a user. */
const connect = (simulator, given) => simulator.call('POST', '/connections', { provider_config_key: 'github', ...given });
const idsOf = ({ connections }) => connections.map(({ connection_id }) => connection_id).sort();

export const connectionTrials = {
  listConnections: {
    sends: ['GET /connections'],
    tries:
      'both ways to call it: `connectionId`, `search`, `userId`, `endUserOrganizationId`, `integrationId` (one, several), `tags`, `limit`, `page`',
    async run({ nango, simulator }) {
      const user = { id: 'u1', email: 'ada@example.com', organization: { id: 'o1' } };
      await connect(simulator, { connection_id: 'acme', end_user: user, tags: { plan: 'pro', end_user_email: 'ada@example.com' } });
      const { connections } = await nango.listConnections();
      assert.equal(connections.length, 4);
      assert.deepEqual(Object.keys(connections[0]).sort(), [
        'connection_id', 'created', 'end_user', 'errors', 'id', 'metadata', 'provider', 'provider_config_key', 'tags',
      ]);
      for (const [filter, expected] of [
        [{ connectionId: 'acme' }, ['acme']],
        [{ userId: 'u1' }, ['acme']],
        [{ userId: 'u2' }, []],
        [{ integrationId: 'stripe' }, ['demo']],
        [{ integrationId: ['stripe', 'github'] }, ['acme', 'demo', 'demo']],
        [{ tags: { plan: 'pro' } }, ['acme']],
        [{ tags: { email: 'ada@example.com' } }, ['acme']],
        [{ tags: { plan: 'free' } }, []],
        [{ limit: 3, page: 1 }, ['acme']],
      ]) {
        assert.deepEqual(idsOf(await nango.listConnections(filter)), expected, JSON.stringify(filter));
      }
      assert.deepEqual(idsOf(await nango.listConnections('acme')), ['acme']);
      assert.deepEqual(idsOf(await nango.listConnections(undefined, 'acm')), ['acme']);
      for (const queries of [{ endUserId: 'u1' }, { endUserOrganizationId: 'o1' }]) {
        assert.deepEqual(idsOf(await nango.listConnections(undefined, undefined, queries)), ['acme']);
      }
      assert.equal((await nango.listConnections(undefined, undefined, { limit: 3, page: 1 })).connections.length, 1);
    },
  },

  getConnection: {
    sends: ['GET /connections/{id}'],
    tries: 'its members; `forceRefresh`, `refreshToken`, `refreshGithubAppJwtToken` (taken: there is nothing to refresh); an unknown one',
    async run({ nango, simulator }) {
      const made = { connection_id: 'acme', credentials: { type: 'BASIC', username: 'ada', password: 'x' }, metadata: { a: 1 }, tags: { plan: 'pro' } };
      await connect(simulator, made);
      const connection = await nango.getConnection('github', 'acme', true, true, true);
      assert.deepEqual(
        [connection.connection_id, connection.provider_config_key, connection.provider, connection.metadata, connection.tags],
        ['acme', 'github', 'github', { a: 1 }, { plan: 'pro' }],
      );
      assert.deepEqual(connection.credentials, made.credentials);
      assert.deepEqual([connection.errors, connection.end_user, connection.webhook_url_override], [[], null, null]);
      assert.ok(Date.parse(connection.created_at) <= Date.parse(connection.updated_at));
      await refused(nango.getConnection('github', 'nobody'), 404, 'not_found');
    },
  },

  patchConnection: {
    sends: ['PATCH /connections/{id}'],
    tries: '`end_user`, `tags`, `webhook_url_override`, where its webhooks then go',
    async run({ nango, simulator }) {
      const away = `${simulator.host}/nowhere`;
      const changed = { end_user: { id: 'u1' }, tags: { plan: 'pro' }, webhook_url_override: away };
      assert.deepEqual(await nango.patchConnection({ connectionId: 'demo', provider_config_key: 'github' }, changed), { success: true });
      const { end_user, tags, webhook_url_override } = await nango.getConnection('github', 'demo');
      assert.deepEqual({ end_user, tags, webhook_url_override }, changed);
      await simulator.run({ save: [{ id: 'new' }] });
      assert.equal(simulator.webhooks.length, 0);
      assert.equal((await simulator.control('GET', '/deliveries')).deliveries.at(-1).url, away);
    },
  },

  getToken: {
    sends: ['GET /connections/{id}'],
    tries: 'OAUTH2 (the token), OAUTH1 (both of its parts), API_KEY (the credentials), as they were given',
    async run({ nango, simulator }) {
      await connect(simulator, { connection_id: 'two', credentials: { type: 'OAUTH2', access_token: 'at', refresh_token: 'rt' } });
      assert.equal(await nango.getToken('github', 'two', true), 'at');
      await connect(simulator, { connection_id: 'one', credentials: { type: 'OAUTH1', oauth_token: 't', oauth_token_secret: 's' } });
      assert.deepEqual(await nango.getToken('github', 'one'), { oAuthToken: 't', oAuthTokenSecret: 's' });
      assert.equal((await nango.getToken('github', 'demo')).type, 'API_KEY');
    },
  },

  getRawTokenResponse: {
    sends: ['GET /connections/{id}'],
    tries: '`raw` of the credentials, if they were given with one',
    async run({ nango, simulator }) {
      const raw = { access_token: 'at', scope: 'repo' };
      await connect(simulator, { connection_id: 'two', credentials: { type: 'OAUTH2', access_token: 'at', raw } });
      assert.deepEqual(await nango.getRawTokenResponse('github', 'two'), raw);
      assert.equal(await nango.getRawTokenResponse('github', 'demo'), undefined);
    },
  },

  getMetadata: {
    sends: ['GET /connections/{id}'],
    tries: 'what was set; an unknown connection',
    async run({ nango, simulator }) {
      await connect(simulator, { connection_id: 'acme', metadata: { deep: { list: [1, null, 'née'] } } });
      assert.deepEqual(await nango.getMetadata('github', 'acme'), { deep: { list: [1, null, 'née'] } });
      assert.deepEqual(await nango.getMetadata('github', 'demo'), {});
      await refused(nango.getMetadata('github', 'nobody'), 404, 'not_found');
    },
  },

  setMetadata: {
    sends: ['POST /connections/metadata'],
    tries: 'one connection, several; what was there is replaced',
    async run({ nango, simulator }) {
      await connect(simulator, { connection_id: 'acme', metadata: { old: true } });
      const set = await nango.setMetadata('github', 'acme', { a: 1 });
      assert.deepEqual([set.status, set.data.metadata], [200, { a: 1 }]);
      assert.deepEqual(await nango.getMetadata('github', 'acme'), { a: 1 });
      await nango.setMetadata('github', ['acme', 'demo'], { b: 2 });
      for (const id of ['acme', 'demo']) assert.deepEqual(await nango.getMetadata('github', id), { b: 2 });
      await refused(nango.setMetadata('github', 'nobody', {}), 404, 'not_found');
    },
  },

  updateMetadata: {
    sends: ['PATCH /connections/metadata'],
    tries: 'one connection, several; what is not named stays',
    async run({ nango, simulator }) {
      await connect(simulator, { connection_id: 'acme', metadata: { a: 1, b: { c: 2 } } });
      assert.deepEqual((await nango.updateMetadata('github', 'acme', { b: 3 })).data.metadata, { a: 1, b: 3 });
      await nango.updateMetadata('github', ['acme', 'demo'], { d: 4 });
      assert.deepEqual(await nango.getMetadata('github', 'acme'), { a: 1, b: 3, d: 4 });
      assert.deepEqual(await nango.getMetadata('github', 'demo'), { d: 4 });
    },
  },

  deleteConnection: {
    sends: ['DELETE /connections/{id}'],
    tries: 'it is gone, and its records with it',
    async run({ nango }) {
      assert.equal((await nango.deleteConnection('github', 'demo')).status, 200);
      await refused(nango.getConnection('github', 'demo'), 404, 'not_found');
      await refused(nango.listRecords({ providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' }), 400, 'unknown_connection');
      await refused(nango.deleteConnection('github', 'demo'), 404, 'not_found');
    },
  },

  waitForConnection: {
    sends: ['GET /connections'],
    tries: 'a connection that is there already; `signal`. (The client looks again after 10 s)',
    async run({ nango, simulator }) {
      await connect(simulator, { connection_id: 'acme', end_user: { id: 'u1' } });
      assert.equal((await nango.waitForConnection('github', 'u1')).connection_id, 'acme');
      const stop = new AbortController();
      const list = nango.listConnections.bind(nango);
      nango.listConnections = async (...given) => {
        const found = await list(...given);
        setImmediate(() => stop.abort()); // while it waits: of an earlier one the client takes no notice for 10 s
        return found;
      };
      await assert.rejects(nango.waitForConnection('github', 'u2', { signal: stop.signal }), /aborted/);
    },
  },
};
