// A server for one test: on a free port, remembers what it was asked, and is gone when the test ends.
import { once } from 'node:events';
import http from 'node:http';

/**
 * @param {import('node:test').TestContext} t
 * @param {(request: { method: string, url: string, headers: object, body: string }, response: http.ServerResponse, count: number) => void} answer
 * @returns {Promise<{ url: string, seen: object[] }>}
 */
export async function serve(t, answer) {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answer(seen.at(-1), response, seen.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, seen };
}

/** Answers a value as JSON. */
export function answerJson(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
}
