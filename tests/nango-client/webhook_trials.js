// Signatures of webhooks, as they came in from the simulator's runs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { Nango } from '@nangohq/node';

/** Webhooks of each kind: sync, sync that failed, auth, forward, async_action. */
async function receiveAll({ nango, simulator }) {
  await simulator.run({ save: [{ id: 'née', title: 'ü' }] });
  await simulator.run({ error: { type: 'script_http_error', description: 'the “API” is down' } });
  await simulator.call('POST', '/connections', { provider_config_key: 'github', connection_id: 'Zoë' });
  await simulator.control('POST', '/forward', { integration: 'github', connection: 'Zoë', payload: { event: 'née', ids: [1, 2] } });
  await nango.triggerActionAsync('github', 'demo', 'create-issue', { title: 'x' });
  await simulator.advance('1s');
  const kinds = new Set(simulator.webhooks.map(({ body }) => JSON.parse(body).type));
  assert.deepEqual([...kinds].sort(), ['async_action', 'auth', 'forward', 'sync']);
  assert.ok(simulator.webhooks.some(({ body }) => JSON.parse(body).success === false));
  return simulator.webhooks;
}

/** Clients that know the key in the two ways that there are; the second has none to verify with. */
function clientsOf(simulator, signingKey) {
  const host = simulator.host;
  return {
    knowing: [
      new Nango({ host, apiKey: simulator.secretKey, webhookSigningKey: signingKey }),
      ...(signingKey === simulator.secretKey ? [new Nango({ host, secretKey: simulator.secretKey })] : []),
    ],
    ignorant: [
      new Nango({ host, apiKey: simulator.secretKey }),
      new Nango({ host, apiKey: simulator.secretKey, webhookSigningKey: 'another key' }),
    ],
  };
}

/** verify(client, webhook) is true for those who know the key, before a rotation, within it and after. */
async function tryKeys(world, verify) {
  const { simulator } = world;
  const check = (webhooks, { knowing, ignorant }) => {
    for (const webhook of webhooks) {
      for (const client of knowing) assert.equal(verify(client, webhook), true, webhook.body);
      for (const client of ignorant) assert.equal(verify(client, webhook), false, webhook.body);
    }
  };
  check(await receiveAll(world), clientsOf(simulator, simulator.secretKey));
  await simulator.control('PATCH', '/environment', { signing_key: 'whk-2024-rotated' });
  simulator.webhooks.length = 0;
  await simulator.run({ save: [{ id: 'after the rotation' }] });
  assert.equal(simulator.webhooks.length, 1);
  check(simulator.webhooks, clientsOf(simulator, 'whk-2024-rotated'));
}

export const webhookTrials = {
  verifyIncomingWebhookRequest: {
    sends: [],
    tries: 'every kind of webhook that there is, as it was received; with `webhookSigningKey`, with `secretKey`, during a rotation; forged ones',
    async run(world) {
      await tryKeys(world, (client, { body, headers }) => client.verifyIncomingWebhookRequest(body, headers));
      const [{ body, headers }] = world.simulator.webhooks;
      const nango = new Nango({ host: world.simulator.host, apiKey: world.simulator.secretKey, webhookSigningKey: 'whk-2024-rotated' });
      assert.equal(nango.verifyIncomingWebhookRequest(`${body} `, headers), false);
      assert.equal(nango.verifyIncomingWebhookRequest(body.replace('"added":1', '"added":2'), headers), false);
      assert.equal(nango.verifyIncomingWebhookRequest(body, {}), false);
    },
  },

  verifyWebhookSignature: {
    sends: [],
    tries: 'the same, from the parsed body: it is sent as `JSON.stringify` writes it',
    async run(world) {
      await tryKeys(world, (client, { body, headers }) => client.verifyWebhookSignature(headers['x-nango-signature'], JSON.parse(body)));
      const [{ body, headers }] = world.simulator.webhooks;
      assert.equal(headers['x-nango-signature'], createHash('sha256').update(`whk-2024-rotated${body}`).digest('hex'));
    },
  },
};
