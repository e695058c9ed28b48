// What is due next: runs of syncs, webhook attempts, changes of external APIs; soonest first.
import { streamName } from './format.js';
import { href } from './router.js';
import { data } from './store.js';

export const KINDS = { run: 'Sync runs', webhook: 'Webhook attempts', change: 'External API changes' };

const runs = () => (data.schedules?.schedules ?? []).filter(s => s.next_run && s.enabled && !s.paused).map(s => ({
  kind: 'run', at: s.next_run, key: `run/${s.integration}/${s.connection}/${s.sync}/${s.variant}`, title: s.sync,
  where: `${s.integration}/${s.connection}`, link: href('connections', s.integration, s.connection, 'syncs'),
}));

const attempts = () => (data.deliveries?.items ?? []).filter(d => d.next_attempt_at).map(d => ({
  kind: 'webhook', at: d.next_attempt_at, key: `webhook/${d.id}`, title: `attempt ${d.attempts_made + 1} of ${d.type}`, where: streamName(d), link: href('webhooks', d.id),
}));

const changes = () => (data.upstream?.collections ?? []).filter(c => c.changes?.next).map(c => ({
  kind: 'change', at: c.changes.next, key: `change/${c.integration}/${c.connection}/${c.collection}`, title: c.collection,
  where: `${c.integration}/${c.connection}`, link: href('integrations', c.integration, 'external'),
}));

export const upcoming = () => [...runs(), ...attempts(), ...changes()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
