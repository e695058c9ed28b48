// The simulator in the nango dialect, for tests: a process of its own on a free port, in virtual time, and a receiver of
// its webhooks. Both end with their tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = process.env.TERAPI_SIMULATOR ?? path.resolve(import.meta.dirname, '../../build/bin/terapi-simulator');
const READY_WITHIN = 30_000; // milliseconds

/** A backend that answers 204 to every webhook, and keeps them. */
async function startReceiver(t) {
  const webhooks = [];
  const server = http.createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    webhooks.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { webhooks, origin: `http://127.0.0.1:${server.address().port}` };
}

/** What the simulator wrote once it listens; an error when it ends before, or does not come up. */
async function readyOf(child, ended, file) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the simulator was not ready within ${READY_WITHIN} ms`)), READY_WITHIN);
  });
  const gone = ended.then(([code, signal]) => {
    throw new Error(`the simulator ended with ${code ?? signal}`);
  });
  try {
    await Promise.race([once(child.stdout, 'data'), gone, late]); // its first line says that it is ready
  } finally {
    clearTimeout(timer);
  }
  return JSON.parse(await readFile(file, 'utf8'));
}

/** @param {import('node:test').TestContext} t */
export async function startSimulator(t) {
  const receiver = await startReceiver(t);
  const folder = await mkdtemp(path.join(tmpdir(), 'terapi-nango-client-'));
  const readyFile = path.join(folder, 'ready.json');
  const own = ['--port', '0', '--dialect', 'nango', '--clock', 'virtual', '--log-level', 'error'];
  const toReceiver = ['--webhook-url', `${receiver.origin}/webhooks`, '--allow-base-url', receiver.origin];
  const child = spawn(PROGRAM, [...own, ...toReceiver, '--ready-file', readyFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve, reject) => {
    child.once('exit', (...how) => resolve(how));
    child.once('error', reject); // there is no such program
  });
  const killIt = () => child.kill('SIGKILL');
  process.once('exit', killIt); // whatever happens to the tests
  t.after(async () => {
    child.kill('SIGTERM');
    await ended.catch(() => {});
    process.off('exit', killIt);
    await rm(folder, { recursive: true });
  });
  return new Simulator(await readyOf(child, ended, readyFile), receiver);
}

/** Its control API, as far as the tests need it. */
class Simulator {
  constructor(ready, receiver) {
    this.host = ready.base_url;
    this.secretKey = ready.secret_key;
    this.elsewhere = receiver.origin; // another host, which the proxy may ask
    this.webhooks = receiver.webhooks; // and all else that came there
  }

  async #ask(method, target, body, headers) {
    const answer = await fetch(`${this.host}${target}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  control(method, where, body) {
    return this.#ask(method, `/_simulator${where}`, body);
  }

  /** A call of the public API for which the client has no method. */
  call(method, where, body) {
    return this.#ask(method, where, body, {
      Authorization: `Bearer ${this.secretKey}`,
      'Content-Type': 'application/json',
    });
  }

  /** As it was at the start. */
  async reset() {
    await this.control('POST', '/reset');
    this.webhooks.length = 0;
  }

  /** Lets time pass: all that is due within it happens, webhooks included. */
  advance(by) {
    return this.control('POST', '/clock/advance', { by });
  }

  /** Changes records of github/demo/Issue, unless told otherwise, and announces that. */
  async run(change) {
    await this.control('POST', '/runs', { integration: 'github', connection: 'demo', model: 'Issue', ...change });
    await this.advance('1s');
  }
}
