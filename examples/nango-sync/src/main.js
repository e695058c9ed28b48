#!/usr/bin/env node
// The loop as a program:
//
//   main.js         syncs the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, for ever
//   main.js dump    prints what it holds, one line of JSON a record
//
// Its settings have the names that terapi-conformance gives them (docs/test-your-client.md).
import path from 'node:path';

import { makeNango } from './nango.js';
import { Store } from './store.js';
import { Stream } from './stream.js';
import { receiveWebhooks } from './webhooks.js';

const { env } = process;

/** Header values are bytes; what is not ASCII goes there as UTF-8. */
const bytes = (text) => Buffer.from(text).toString('latin1');

const streams = (env.TERAPI_STREAMS ?? '').split(/\s+/).filter(Boolean).map((name) => {
  const [providerConfigKey, connectionId, model, variant = 'base'] = name.split('/').map(decodeURIComponent);
  const store = new Store(path.join(env.TERAPI_STATE_DIR ?? '.', encodeURIComponent(name)));
  return { names: { providerConfigKey, connectionId, model, variant }, store };
});

const keyOf = ({ providerConfigKey, connectionId, model, variant }) => JSON.stringify([providerConfigKey, connectionId, model, variant]);

function dump() {
  for (const { names, store } of streams) {
    const about = { integration: names.providerConfigKey, connection: names.connectionId, model: names.model, variant: names.variant };
    for (const { id, deleted, payload, last_modified_at, cursor } of store.records()) {
      const row = { id, deleted, payload, last_modified_at, cursor };
      process.stdout.write(`${JSON.stringify({ ...about, ...row })}\n`);
    }
  }
}

function run() {
  const nango = makeNango(env.TERAPI_BASE_URL, env.TERAPI_SECRET_KEY, env.TERAPI_SIGNING_KEY);
  const options = { poll: Number(env.TERAPI_POLL_MS ?? 60_000), limit: Number(env.TERAPI_LIMIT ?? 1000) };
  const running = new Map();
  for (const { names, store } of streams) {
    const asked = { ...names, providerConfigKey: bytes(names.providerConfigKey), connectionId: bytes(names.connectionId) };
    const stream = new Stream(nango, store, asked, options);
    running.set(keyOf(names), stream);
    stream.run();
  }
  if (!env.TERAPI_WEBHOOK_PORT) return;
  const server = receiveWebhooks(nango, (names) => running.get(keyOf(names))?.hint());
  server.on('error', (error) => console.error(`no webhooks: ${error.message}`)); // it polls, all the same
  server.listen(Number(env.TERAPI_WEBHOOK_PORT), '127.0.0.1', 512);
}

if (process.argv[2] === 'dump') dump();
else run();
