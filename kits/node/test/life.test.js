// How a simulator begins and ends. That nothing is left running is asked of the kernel: a process has ended when its pipe has.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { startSimulator } from '../src/index.js';
import { PROGRAM, SKIP } from './program.js';
import { startReceiver } from './receiver.js';

const KIT = new URL('../src/index.js', import.meta.url).href;

/** Whether a process has not ended; one whose parent has died may be a zombie for ever, in a container. */
function isRunning(pid) {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until it has ended: its connections are closed then, or a moment before. */
async function watch({ url, pid }) {
  const { hostname, port } = new URL(url);
  const connection = connect(Number(port), hostname);
  await once(connection, 'connect');
  connection.on('error', () => {}).resume();
  const closed = once(connection, 'close');
  return async () => {
    await closed;
    while (isRunning(pid)) await new Promise(setImmediate);
  };
}

/** Runs code in a Node of its own; the first line that it prints, as JSON. */
async function runNode(t, code) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, said: JSON.parse(line) };
}

test('close ends it, may be called twice, and what is asked after it says so', { skip: SKIP }, async () => {
  const terapi = await startSimulator({ world: {} });
  assert.ok(isRunning(terapi.pid));
  await Promise.all([terapi.close(), terapi.close()]);
  assert.ok(!isRunning(terapi.pid));
  await assert.rejects(terapi.reset(), { code: 'closed', message: 'the simulator was closed' });
});

test('close breaks off a call that is under way', { skip: SKIP }, async (t) => {
  let webhook;
  const arrived = new Promise((resolve) => (webhook = resolve));
  const never = new Promise(() => {});
  const receiver = await startReceiver(t, () => (webhook(), never));
  const terapi = await startSimulator({ world: {}, webhookUrl: receiver.url });
  await terapi.save('github/demo/Note', { id: '1' });
  await arrived;
  const waiting = assert.rejects(terapi.untilIdle(), { code: 'closed' });
  await terapi.close();
  await waiting;
});

test('one that is not closed does not keep Node alive, and ends with it', { skip: SKIP, timeout: 60_000 }, async (t) => {
  const { child, said } = await runNode(t, `
    import { startSimulator } from ${JSON.stringify(KIT)};
    const { url, pid } = await startSimulator({ world: {} });
    console.log(JSON.stringify({ url, pid }));
    process.stdin.once('data', () => process.stdin.destroy());`);
  const ended = await watch(said);
  child.stdin.write('go on');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  await ended();
});

test('it ends with a process that is killed, as do those of its worker threads', { skip: SKIP, timeout: 60_000 }, async (t) => {
  const { child, said } = await runNode(t, `
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    import { startSimulator } from ${JSON.stringify(KIT)};
    const inWorker = \`
      const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(KIT)}).then(async ({ startSimulator }) => {
        const { url, pid } = await startSimulator({ world: {} });
        parentPort.postMessage({ url, pid });
      });
      setInterval(() => {}, 1000);\`;
    const workers = [1, 2].map(() => new Worker(inWorker, { eval: true, execArgv: [] }));
    const own = await startSimulator({ world: {} });
    const theirs = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
    console.log(JSON.stringify([{ url: own.url, pid: own.pid }, ...theirs]));
    setInterval(() => {}, 1000);`);
  assert.equal(said.length, 3);
  const ended = await Promise.all(said.map(watch));
  child.kill('SIGKILL');
  await Promise.all(ended.map((each) => each()));
});

test('it ends with the worker thread that started it', { skip: SKIP, timeout: 60_000 }, async (t) => {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     import(${JSON.stringify(KIT)}).then(async ({ startSimulator }) => {
        const { url, pid } = await startSimulator({ world: {} });
        parentPort.postMessage({ url, pid });
      });
     setInterval(() => {}, 1000);`,
    { eval: true, execArgv: [] },
  );
  t.after(() => worker.terminate());
  const [started] = await once(worker, 'message');
  const ended = await watch(started);
  await worker.terminate();
  await ended();
});

test('several at once do not meet', { skip: SKIP }, async (t) => {
  const all = await Promise.all([1, 2, 3, 4].map(() => startSimulator({ world: {} })));
  t.after(() => Promise.all(all.map((each) => each.close())));
  assert.equal(new Set(all.map(({ url }) => url)).size, 4);
  await Promise.all(all.map((each, i) => each.save('github/demo/Note', { id: String(i) })));
  assert.deepEqual(await Promise.all(all.map(async (each) => (await each.truth())[0].id)), ['0', '1', '2', '3']);
});

test('one that ends by itself says how', { skip: SKIP }, async () => {
  const terapi = await startSimulator({ world: {} });
  process.kill(terapi.pid, 'SIGKILL');
  await assert.rejects(terapi.reset(), { code: 'ended', message: 'the simulator ended by itself with SIGKILL' });
  await terapi.close();
});

test('what it needs to be found: URL, keys, environment', { skip: SKIP }, async (t) => {
  const world = { environment: { secret_key: 'a-key', signing_key: 'another' } };
  const [own, given] = await Promise.all([startSimulator({ world }), startSimulator({ world: {}, secretKey: 'mine' })]);
  t.after(() => Promise.all([own.close(), given.close()]));
  assert.deepEqual(own.env, { TERAPI_BASE_URL: own.url, TERAPI_SECRET_KEY: 'a-key', TERAPI_SIGNING_KEY: 'another' });
  assert.deepEqual([own.secretKey, own.signingKey, own.controlUrl], ['a-key', 'another', `${own.url}/_simulator`]);
  assert.deepEqual([given.secretKey, given.signingKey], ['mine', 'mine']);
});

test('worlds are objects, paths and URLs; files of records are found; nothing is left in the temporary folder', { skip: SKIP }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'terapi-life-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const records = path.join(folder, 'notes.ndjson');
  writeFileSync(records, '{"id":"1"}\n');
  const source = { connection: 'demo', integration: 'github', model: 'Note' };
  const world = { integrations: [{ id: 'github' }], connections: [{ id: 'demo', integration: 'github' }] };
  const file = path.join(folder, 'world.json');
  writeFileSync(file, JSON.stringify({ ...world, records: [{ ...source, file: 'notes.ndjson' }] }));
  const scratch = path.join(folder, 'scratch'); // others use the machine's, too
  mkdirSync(scratch);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = scratch;
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  for (const one of [file, pathToFileURL(file), { ...world, records: [{ ...source, file: path.relative('.', records) }] }]) {
    const terapi = await startSimulator({ world: one });
    assert.equal((await terapi.truth()).length, 1);
    await terapi.close();
  }
  await assert.rejects(startSimulator({ world: { integratons: [] } }));
  assert.deepEqual(readdirSync(scratch), []);
});

test('what is wrong at the start is told, with what to do', { skip: SKIP }, async () => {
  await assert.rejects(startSimulator({ wrold: {} }), { code: 'invalid_options', message: /no option 'wrold'; there are world, clock/ });
  await assert.rejects(startSimulator({ world: { integratons: [] } }), (error) => {
    assert.equal(error.code, 'start_failed');
    assert.match(error.message, /world:\d+:\d+: unknown key 'integratons' in the document; did you mean 'integrations'\?$/);
    return true;
  });
  await assert.rejects(startSimulator({ webhookUrl: 'localhost' }), { code: 'start_failed', message: /--webhook-url: 'localhost'/ });
  await assert.rejects(startSimulator({ clock: 'warped' }), { code: 'start_failed', message: /--clock/ });
  await assert.rejects(startSimulator({ program: '/no/such/program' }), { code: 'start_failed', message: /cannot be run: .*ENOENT/ });
  await assert.rejects(startSimulator({ program: '/bin/cat' }), { code: 'start_failed' });
  await assert.rejects(startSimulator({ program: PROGRAM, readyWithinMs: 0 }), { code: 'not_ready', message: /readyWithinMs/ });
});
