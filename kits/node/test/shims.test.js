// What version managers put on PATH in the place of a program, and launchers among each other: nothing is started without end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { found, installed, program } from './installed.js';
import { PROGRAM, SKIP } from './program.js';

// One that does not say what it leads to; and one with so many folders in NODE_PATH that it says so far from its beginning.
const SHIMS = {
  "like pyenv's": ({ manager }) => `program="\${0##*/}"\nexec "${manager}" exec "$program" "$@"`,
  "like pnpm's": ({ launcher }) => `export NODE_PATH="${'/a/folder/node_modules:'.repeat(300)}"\nexec ${launcher} "$@"`,
};

/** A shim in a folder of its own, which leads to the launcher, but not without end; and how often it was started. */
function shim({ root, kit }, text) {
  const folder = path.join(root, 'shims');
  const runs = path.join(root, 'runs');
  const launcher = `"${process.execPath}" "${path.join(kit, 'bin', 'terapi-simulator.cjs')}"`;
  const manager = program(path.join(root, 'manager'), `#!/bin/sh\nshift 2\nexec ${launcher} "$@"\n`);
  const limit = `printf x >>"${runs}"; read -r so_far <"${runs}"; [ \${#so_far} -le 5 ] || exit 9`;
  const file = program(path.join(folder, 'terapi-simulator'), `#!/bin/sh\n${limit}\n${text({ launcher, manager })}\n`);
  return { file, folder, runs: () => (existsSync(runs) ? readFileSync(runs, 'utf8').length : 0) };
}

function launch({ kit }, env, ...words) {
  return spawnSync(process.execPath, [path.join(kit, 'bin', 'terapi-simulator.cjs'), ...words], { encoding: 'utf8', env, timeout: 60_000 });
}

for (const [name, text] of Object.entries(SHIMS)) {
  test(`a launcher that finds a shim ${name} does not start itself without end`, (t) => {
    const place = installed(t);
    const { file, folder, runs } = shim(place, text);
    const { status, stderr } = launch(place, { PATH: folder });
    assert.deepEqual([status, runs()], [1, 1], stderr);
    assert.match(stderr, /^terapi-simulator: the program terapi-simulator is not there: .*TERAPI_SIMULATOR to its path/);
    assert.ok(stderr.includes(`(${file} only led back here)`), stderr);
  });

  test(`startSimulator says at once that a shim ${name} leads to no program`, (t) => {
    const place = installed(t);
    const { folder, runs } = shim(place, text);
    const code = `require(${JSON.stringify(place.kit)}).startSimulator().catch((error) => console.log(error.code, error.message))`;
    const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', env: { PATH: folder }, timeout: 60_000 });
    assert.match(stdout, /^start_failed the simulator did not start: terapi-simulator: the program terapi-simulator is not there/);
    assert.equal(runs(), 1);
  });

  test(`a program that stands on PATH behind a shim ${name} is found`, (t) => {
    const place = installed(t);
    const { folder, runs } = shim(place, text);
    program(path.join(place.root, 'on-path', 'terapi-simulator'));
    assert.equal(launch(place, { PATH: `${folder}:${place.root}/on-path` }).stdout, 'a program\n');
    assert.equal(runs(), 1);
  });

  test(`TERAPI_SIMULATOR may name a shim ${name}, and nothing is without end`, (t) => {
    const place = installed(t);
    const { file, runs } = shim(place, text);
    const { status, stderr } = launch(place, { PATH: '', TERAPI_SIMULATOR: file });
    assert.deepEqual([status, runs()], [1, 1], stderr);
    assert.ok(stderr.includes(`(${file} only led back here)`), stderr);
  });
}

test('what pnpm puts into .bin, and npm on Windows, is not taken for the program', (t) => {
  const place = installed(t);
  const { folder, runs } = shim(place, () => 'exec node  "$basedir/../terapi-simulator/bin/terapi-simulator.cjs" "$@"');
  assert.match(found(place, { PATH: folder }), /^program_not_found/);
  assert.equal(runs(), 0);
});

test('what `exec` runs may use the kit, and launchers, as if it stood alone', { skip: SKIP }, (t) => {
  const place = installed(t);
  const folder = path.join(place.root, 'wrapped');
  const wrapper = program(path.join(folder, 'terapi-simulator'), `#!/bin/sh\nexec ${path.resolve(PROGRAM)} "$@"\n`);
  const exec = (...words) => launch(place, { PATH: folder }, 'exec', '--log-level', 'error', '--', process.execPath, ...words).stdout;
  const code = `const { findProgram, startSimulator } = require(${JSON.stringify(place.kit)});
    delete process.env.TERAPI_BASE_URL; // as test runners do
    startSimulator({ world: {} }).then((terapi) => terapi.close()).then(() => console.log(findProgram()));`;
  assert.equal(exec('-e', code), `${wrapper}\n`);
  assert.match(exec(path.join(place.kit, 'bin', 'terapi-simulator.cjs'), '--version'), /^terapi-simulator \d/);
  rmSync(folder, { recursive: true });
  const packaged = path.join(place.root, 'node_modules', '@terapihq', `simulator-${process.platform}-${process.arch}`, 'bin', 'terapi-simulator');
  mkdirSync(path.dirname(packaged), { recursive: true });
  cpSync(PROGRAM, packaged);
  assert.equal(exec('-p', 'process.env.TERAPI_LAUNCHED'), 'undefined\n');
});
