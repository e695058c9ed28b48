// The real simulator, for tests: a process of its own on a free port, in virtual time. It ends with its tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The program, and why tests with it are skipped, if they are. */
export const PROGRAM = process.env.TERAPI_SIMULATOR;
export const SKIP = PROGRAM ? false : 'TERAPI_SIMULATOR names no program';

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} flags
 */
export async function startSimulator(t, ...flags) {
  const folder = await mkdtemp(path.join(tmpdir(), 'terapi-node-'));
  const readyFile = path.join(folder, 'ready.json');
  const child = spawn(
    PROGRAM,
    ['--port', '0', '--clock', 'virtual', '--log-level', 'error', '--ready-file', readyFile, ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const killIt = () => child.kill('SIGKILL');
  process.once('exit', killIt); // whatever happens to the tests
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', killIt);
    await rm(folder, { recursive: true });
  });
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([code]) => {
      throw new Error(`the simulator ended with ${code}`);
    }),
  ]);
  return new Simulator(JSON.parse(await readFile(readyFile, 'utf8')));
}

/** Its control API, as far as the tests need it. */
class Simulator {
  constructor(ready) {
    this.host = ready.base_url;
    this.secretKey = ready.secret_key;
    this.signingKey = ready.signing_key;
  }

  async control(method, where, body) {
    const answer = await fetch(`${this.host}/_simulator${where}`, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** Lets time pass: all that is due within it happens, webhooks included. */
  async advance(by) {
    return this.control('POST', '/clock/advance', { by });
  }
}
