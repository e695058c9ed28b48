import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';

import { HERE, found, installed, program } from './installed.js';
import { PROGRAM, SKIP } from './program.js';

test('TERAPI_SIMULATOR, the platform\'s package, PATH, in this order', (t) => {
  const place = installed(t);
  const folder = path.join(place.root, 'on-path');
  const onPath = program(path.join(folder, 'terapi-simulator'));
  const named = program(path.join(place.root, 'named'));
  assert.equal(found(place, { PATH: folder }), onPath);
  const platform = `simulator-${process.platform}-${process.arch}`;
  const packaged = program(path.join(place.root, 'node_modules', '@terapihq', platform, 'bin', 'terapi-simulator'));
  assert.equal(found(place, { PATH: folder }), packaged);
  assert.equal(found(place, { PATH: folder, TERAPI_SIMULATOR: named }), named);
});

test('where there is none, the message says what to do', (t) => {
  const place = installed(t);
  program(path.join(place.root, 'python', 'terapi-simulator'), '#!/usr/bin/python3\nfrom terapi_simulator.launcher import main\nmain()\n');
  // npm's link to the launcher, and pip's script: neither is the program.
  const nowhere = found(place, { PATH: `${place.bin}:${place.root}/python` });
  assert.match(nowhere, /^program_not_found the program terapi-simulator is not there: .*(install @terapihq\/|build it from source).*PATH, or set TERAPI_SIMULATOR to its path$/);
  assert.match(found(place, { PATH: '', TERAPI_SIMULATOR: '/nope' }), /^program_not_found TERAPI_SIMULATOR is '\/nope', which is no program that can be run/);
  const { status, stderr } = spawnSync(process.execPath, [path.join(place.kit, 'bin', 'terapi-simulator.cjs')], { encoding: 'utf8', env: { PATH: place.bin } });
  assert.equal(status, 1);
  assert.match(stderr, /^terapi-simulator: the program terapi-simulator is not there/);
});

test('on Windows, where there is no program, PATH is neither searched nor spoken of', (t) => {
  const place = installed(t);
  program(path.join(place.root, 'on-path', 'terapi-simulator'));
  const nowhere = found(place, { PATH: `${place.root}/on-path` }, 'win32');
  assert.match(nowhere, /^program_not_found .* there is none for win32-\w+, only for linux-x64/);
  assert.doesNotMatch(nowhere, /PATH/);
});

test('the launcher is the program: its output, its input, its exit code', { skip: SKIP }, () => {
  const launcher = path.join(HERE, 'bin', 'terapi-simulator.cjs');
  const run = (...words) => spawnSync(process.execPath, [launcher, ...words], { encoding: 'utf8', input: 'in' });
  assert.equal(run('--version').stdout, spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' }).stdout);
  assert.equal(run('--nonsense').status, 2);
  assert.equal(run('exec', '--log-level', 'error', '--', 'sh', '-c', 'cat; exit 7').status, 7);
  assert.equal(run('exec', '--log-level', 'error', '--', 'sh', '-c', 'cat').stdout, 'in');
  assert.match(run('exec', '--help').stdout, /exec \[FLAGS\] -- COMMAND/);
});

for (const signal of ['SIGTERM', 'SIGKILL']) {
  test(`the program ends with a launcher that gets ${signal}`, { skip: SKIP, timeout: 60_000 }, async (t) => {
    const child = spawn(process.execPath, [path.join(HERE, 'bin', 'terapi-simulator.cjs'), '--port', '0', '--log-level', 'error'], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const base = /base_url=(\S+)/.exec(line)[1];
    assert.equal((await fetch(`${base}/_simulator/health`)).status, 200);
    child.kill(signal);
    const [status] = await once(child, 'exit');
    assert.equal(status, signal === 'SIGTERM' ? 0 : null);
    while (await fetch(`${base}/_simulator/health`).then(() => true, () => false)) await new Promise(setImmediate);
  });
}
