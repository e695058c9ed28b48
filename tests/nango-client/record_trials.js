// Records: reading and pruning them.
import assert from 'node:assert/strict';

import { refused } from './refused.js';

const tickets = { providerConfigKey: 'github', connectionId: 'demo', model: 'Ticket' };
const idsOf = ({ records }) => records.map(({ id }) => id).sort();

/** Tickets a (ADDED), b (UPDATED) and c (DELETED), in that order, a minute apart. */
async function saveTickets(simulator) {
  await simulator.run({ model: 'Ticket', save: [{ id: 'b', title: 'older' }, { id: 'c' }] });
  await simulator.advance('1m');
  await simulator.run({ model: 'Ticket', save: [{ id: 'a', title: 'née' }] });
  await simulator.advance('1m');
  await simulator.run({ model: 'Ticket', update: [{ id: 'b', title: 'newer' }] });
  await simulator.advance('1m');
  await simulator.run({ model: 'Ticket', delete: ['c'] });
}

export const recordTrials = {
  listRecords: {
    sends: ['GET /records/'],
    tries:
      '`model`, `limit`, `cursor` (also null, and that of the last record), `modifiedAfter`, `delta`, `filter`, `ids`, `variant`; refusals',
    async run({ nango, simulator }) {
      await saveTickets(simulator);
      const all = await nango.listRecords(tickets);
      assert.deepEqual(all.records.map(({ id }) => id), ['a', 'b', 'c']);
      assert.equal(all.next_cursor, null);
      const [a, , c] = all.records;
      assert.equal(a.title, 'née');
      assert.deepEqual(Object.keys(a._nango_metadata).sort(), [
        'cursor', 'deleted_at', 'first_seen_at', 'last_action', 'last_modified_at', 'pruned_at',
      ]);
      assert.deepEqual(all.records.map((record) => record._nango_metadata.last_action), ['ADDED', 'UPDATED', 'DELETED']);
      assert.notEqual(c._nango_metadata.deleted_at, null);

      const first = await nango.listRecords({ ...tickets, limit: 2, cursor: null });
      assert.equal(first.next_cursor, first.records[1]._nango_metadata.cursor);
      assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, limit: 2, cursor: first.next_cursor })), ['c']);
      const after = await nango.listRecords({ ...tickets, cursor: c._nango_metadata.cursor });
      assert.deepEqual(after, { next_cursor: null, records: [] });

      const since = new Date(Date.parse(c._nango_metadata.last_modified_at) - 60_500).toISOString();
      assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, modifiedAfter: since })), ['c']);
      assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, delta: since })), ['c']);
      for (const [filter, expected] of [['added', ['a']], ['UPDATED', ['b']], ['deleted', ['c']], ['added,updated', ['a', 'b']]]) {
        assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, filter })), expected, filter);
      }
      assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, ids: ['c', 'a', 'nobody'] })), ['a', 'c']);

      await simulator.run({ model: 'Ticket', variant: 'v1', save: [{ id: 'of v1' }] });
      assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, variant: 'v1' })), ['of v1']);
      assert.deepEqual(idsOf(await nango.listRecords({ ...tickets, variant: 'base' })), ['a', 'b', 'c']);

      await refused(nango.listRecords({ ...tickets, connectionId: 'nobody' }), 400, 'unknown_connection');
      await refused(nango.listRecords({ ...tickets, limit: 10_001 }), 400, 'invalid_query_params');
      await refused(nango.listRecords({ ...tickets, cursor: 'garbage' }), 500, 'server_error');
    },
  },

  pruneRecords: {
    sends: ['PATCH /records/prune'],
    tries: '`untilCursor`, `limit`, `variant`; `has_more`; what is read afterwards',
    async run({ nango, simulator }) {
      await simulator.run({ model: 'Ticket', save: [{ id: 'a', title: 'A' }, { id: 'b', title: 'B' }] });
      await simulator.run({ model: 'Ticket', save: [{ id: 'c', title: 'C' }] });
      const { records } = await nango.listRecords(tickets);
      const untilCursor = records[1]._nango_metadata.cursor;
      assert.deepEqual(await nango.pruneRecords({ ...tickets, untilCursor, limit: 1 }), { count: 1, has_more: true });
      assert.deepEqual(await nango.pruneRecords({ ...tickets, untilCursor }), { count: 1, has_more: false });
      const now = (await nango.listRecords(tickets)).records;
      assert.deepEqual(now.map(({ title }) => title), [undefined, undefined, 'C']);
      assert.deepEqual(now.map((record) => record._nango_metadata.pruned_at !== null), [true, true, false]);
      assert.deepEqual(now.map((record) => record._nango_metadata.cursor), records.map((record) => record._nango_metadata.cursor));

      await simulator.run({ model: 'Ticket', variant: 'v1', save: [{ id: 'x', title: 'X' }] });
      const cursor = (await nango.listRecords({ ...tickets, variant: 'v1' })).records[0]._nango_metadata.cursor;
      const pruned = await nango.pruneRecords({ ...tickets, variant: 'v1', untilCursor: cursor });
      assert.equal(pruned.count, 1);
    },
  },
};
