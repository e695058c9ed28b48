// Receives Nango's webhooks: verifies, answers, and only then has somebody look.
import http from 'node:http';

const MOST_BYTES = 1 << 20;

async function bodyOf(request) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error('the body is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** What a webhook is about, or null if it is about nothing here. Nothing else of it is believed. */
function streamOf(body) {
  try {
    const { type, providerConfigKey, connectionId, model, syncVariant: variant } = JSON.parse(body);
    return type === 'sync' ? { providerConfigKey, connectionId, model, variant } : null;
  } catch {
    return null;
  }
}

/** @param {import('@nangohq/node').Nango} nango  @param {(stream: object) => void} onHint */
export function receiveWebhooks(nango, onHint) {
  const receive = async (request, response) => {
    const body = await bodyOf(request); // the bytes that were signed, not what a parser makes of them
    if (!nango.verifyIncomingWebhookRequest(body, request.headers)) {
      response.writeHead(401).end();
      return;
    }
    response.writeHead(204).end(); // first: a fetch may take longer than its sender waits
    const stream = streamOf(body);
    if (stream) onHint(stream);
  };
  return http.createServer((request, response) => {
    receive(request, response).catch(() => request.destroy());
  });
}
