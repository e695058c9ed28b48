// Syncs: running, pausing and looking at them.
import assert from 'node:assert/strict';

import { refused } from './refused.js';

const SYNC = 'hubspot-contacts';
const contacts = { providerConfigKey: 'hubspot', connectionId: 'demo', model: 'Contact', limit: 1000 };

/** hubspot-contacts has run for the first time, and webhooks are forgotten. */
async function enable(simulator) {
  await simulator.control('PATCH', `/integrations/hubspot/endpoints/${SYNC}`, { enabled: true });
  await simulator.advance('1s');
  simulator.webhooks.length = 0;
}

/** Changes one object of the external API; gives its id. */
async function changeOne(simulator, nango) {
  const { id } = (await nango.listRecords(contacts)).records[0];
  await simulator.control('PATCH', `/upstream/hubspot/demo/contacts/${id}`, { company: `changed ${simulator.webhooks.length}` });
  return id;
}

const lastResult = async (nango) => (await nango.syncStatus('hubspot', [SYNC], 'demo')).syncs[0];

export const syncTrials = {
  triggerSync: {
    sends: ['POST /sync/trigger'],
    tries:
      'by name, by `{name, variant}`, all syncs, all connections; `reset`, `emptyCache`; `sync_mode` and the boolean of older clients; an unknown sync',
    async run({ nango, simulator }) {
      await enable(simulator);
      const id = await changeOne(simulator, nango);
      assert.equal((await nango.triggerSync('hubspot', [SYNC], 'demo')).status, 200);
      await simulator.advance('1s');
      assert.match((await nango.listRecords({ ...contacts, ids: [id] })).records[0].company, /^changed/);
      assert.equal(simulator.webhooks.length, 1);

      for (const [syncs, connection] of [[[{ name: SYNC, variant: 'base' }], 'demo'], [[], 'demo'], [[SYNC], undefined], [undefined, undefined]]) {
        await changeOne(simulator, nango);
        const before = simulator.webhooks.length;
        await nango.triggerSync('hubspot', syncs, connection);
        await simulator.advance('1s');
        assert.equal(simulator.webhooks.length, before + 1, JSON.stringify([syncs, connection]));
      }

      for (const full of [{ reset: true }, { reset: true, emptyCache: true }, 'full_refresh', 'full_refresh_and_clear_cache', true]) {
        await nango.triggerSync('hubspot', [SYNC], 'demo', full);
        await simulator.advance('1s');
        assert.equal((await lastResult(nango)).type, 'INITIAL', JSON.stringify(full));
        assert.equal((await nango.listRecords(contacts)).records.length, 80);
      }
      for (const part of [{}, { reset: false }, 'incremental', false]) {
        await nango.triggerSync('hubspot', [SYNC], 'demo', part);
        await simulator.advance('1s');
        assert.equal((await lastResult(nango)).type, 'INCREMENTAL', JSON.stringify(part));
      }
      await nango.triggerSync('hubspot', [SYNC], 'demo', { emptyCache: true });
      await simulator.advance('1s');
      assert.equal((await nango.listRecords(contacts)).records.length, 0, 'nothing has changed since');

      await refused(nango.triggerSync('hubspot', ['no-such-sync'], 'demo'), 400, 'unknown_sync');
      await refused(nango.triggerSync('hubspot', [SYNC], 'nobody'), 400, 'unknown_connection');
    },
  },

  startSync: {
    sends: ['POST /sync/start'],
    tries: 'one that was paused runs what it has missed; one that runs is left alone',
    async run({ nango, simulator }) {
      await enable(simulator);
      await nango.pauseSync('hubspot', [SYNC], 'demo');
      await changeOne(simulator, nango);
      await simulator.advance('2h');
      assert.equal(simulator.webhooks.length, 0);
      assert.equal((await nango.startSync('hubspot', [{ name: SYNC, variant: 'base' }], 'demo')).status, 200);
      await simulator.advance('1s');
      assert.equal(simulator.webhooks.length, 1);
      assert.equal((await lastResult(nango)).status, 'SUCCESS');
      await nango.startSync('hubspot', [SYNC]);
    },
  },

  pauseSync: {
    sends: ['POST /sync/pause'],
    tries: 'it does not run by itself any more, for one connection and for all',
    async run({ nango, simulator }) {
      await enable(simulator);
      for (const connection of ['demo', undefined]) {
        assert.equal((await nango.pauseSync('hubspot', [SYNC], connection)).status, 200);
        await changeOne(simulator, nango);
        await simulator.advance('2h');
        assert.equal((await lastResult(nango)).status, 'PAUSED');
        assert.equal(simulator.webhooks.length, 0);
      }
    },
  },

  syncStatus: {
    sends: ['GET /sync/status'],
    tries: '`*`, names, `{name, variant}`, with and without a connection; after a success, an error, paused, off',
    async run({ nango, simulator }) {
      await enable(simulator);
      const [status] = (await nango.syncStatus('hubspot', '*', 'demo')).syncs;
      assert.deepEqual(Object.keys(status).sort(), [
        'checkpoint', 'connection_id', 'finishedAt', 'frequency', 'id', 'latestResult', 'name', 'nextScheduledSyncAt',
        'recordCount', 'status', 'type', 'variant',
      ]);
      assert.deepEqual(status.latestResult, { Contact: { added: 80, updated: 0, deleted: 0 } });
      assert.deepEqual(status.recordCount, { Contact: 80 });
      assert.deepEqual(
        [status.name, status.variant, status.connection_id, status.type, status.status, status.frequency],
        [SYNC, 'base', 'demo', 'INITIAL', 'SUCCESS', '30m'],
      );
      assert.ok(Date.parse(status.nextScheduledSyncAt) > Date.parse(status.finishedAt));
      for (const syncs of [[SYNC], [{ name: SYNC, variant: 'base' }], [{ name: SYNC }]]) {
        assert.deepEqual((await nango.syncStatus('hubspot', syncs)).syncs, [status]);
      }

      await simulator.control('PUT', '/faults', [{ on: 'upstream', do: { status: 500 } }]);
      await nango.triggerSync('hubspot', [SYNC], 'demo');
      await simulator.advance('1s');
      assert.equal((await lastResult(nango)).status, 'ERROR');
      await nango.pauseSync('hubspot', [SYNC], 'demo');
      assert.equal((await lastResult(nango)).status, 'PAUSED');
      await simulator.control('PATCH', `/integrations/hubspot/endpoints/${SYNC}`, { enabled: false });
      assert.equal((await lastResult(nango)).status, 'STOPPED');
      await refused(nango.syncStatus('hubspot', ['no-such-sync']), 400, 'unknown_sync');
    },
  },

  updateSyncConnectionFrequency: {
    sends: ['PUT /sync/update-connection-frequency'],
    tries: 'by name, by `{name, variant}`; `every 5 minutes`, `2 hrs`, `half day`, null for the sync’s own; too often, no frequency',
    async run({ nango, simulator }) {
      await enable(simulator);
      for (const [said, meant] of [['every 5 minutes', '5m'], ['2 hrs', '2h'], ['half day', '12h'], [null, '30m']]) {
        for (const sync of [SYNC, { name: SYNC, variant: 'base' }]) {
          assert.deepEqual(await nango.updateSyncConnectionFrequency('hubspot', sync, 'demo', said), { frequency: meant });
        }
        assert.equal((await lastResult(nango)).frequency, meant);
      }
      for (const wrong of ['5s', 'often']) {
        await refused(nango.updateSyncConnectionFrequency('hubspot', SYNC, 'demo', wrong), 400, 'invalid_body');
      }
    },
  },

  createSyncVariant: {
    sends: ['POST /sync/{name}/variant/{variant}'],
    tries: 'it runs at once, into records of its own; a second one of that name is refused',
    async run({ nango, simulator }) {
      await enable(simulator);
      const variant = { name: SYNC, variant: 'v1', provider_config_key: 'hubspot', connection_id: 'demo' };
      const made = await nango.createSyncVariant(variant);
      assert.deepEqual([typeof made.id, made.name, made.variant], ['string', SYNC, 'v1']);
      await simulator.advance('1s');
      assert.equal((await nango.listRecords({ ...contacts, variant: 'v1' })).records.length, 80);
      assert.equal(JSON.parse(simulator.webhooks[0].body).syncVariant, 'v1');
      await refused(nango.createSyncVariant(variant), 400, 'sync_variant_already_exists');
      await refused(nango.createSyncVariant({ ...variant, variant: 'base' }), 400, 'invalid_variant');
    },
  },

  deleteSyncVariant: {
    sends: ['DELETE /sync/{name}/variant/{variant}'],
    tries: 'its body; the variant’s records and runs are gone, those of `base` stay',
    async run({ nango, simulator }) {
      await enable(simulator);
      const variant = { name: SYNC, variant: 'v1', provider_config_key: 'hubspot', connection_id: 'demo' };
      await nango.createSyncVariant(variant);
      assert.deepEqual(await nango.deleteSyncVariant(variant), { success: true });
      assert.deepEqual((await nango.listRecords({ ...contacts, variant: 'v1' })).records, []);
      assert.equal((await nango.syncStatus('hubspot', '*', 'demo')).syncs.length, 1);
      assert.equal((await nango.listRecords(contacts)).records.length, 80);
      await refused(nango.deleteSyncVariant({ ...variant, variant: 'base' }), 400, 'invalid_variant');
    },
  },
};
