// A backend for tests: answers webhooks, and keeps what came. It ends with its test.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/**
 * @param {import('node:test').TestContext} t
 * @param {(webhook: any) => number | Promise<number>} [answer] the status
 */
export async function startReceiver(t, answer = () => 204) {
  const webhooks = [];
  const server = createServer(async (request, response) => {
    const webhook = await json(request);
    webhooks.push(webhook);
    response.writeHead(await answer(webhook)).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { webhooks, url: `http://127.0.0.1:${server.address().port}/webhooks` };
}
