// One version for all: that of the project (core/version.h).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const read = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');
const [, VERSION] = /kVersion = "([\d.]+)"/.exec(read('../../../core/version.h'));
const kit = JSON.parse(read('../package.json'));
const platform = JSON.parse(read('../platform/linux-x64/package.json'));
const library = JSON.parse(read('../../../sdk/node/package.json'));

test('kit, platform package and client library have the version of the project', () => {
  assert.deepEqual([kit.version, platform.version, library.version], [VERSION, VERSION, VERSION]);
  assert.deepEqual(kit.optionalDependencies, { [platform.name]: VERSION });
  assert.equal(kit.dependencies, undefined);
});

test('README names the packages by that version', () => {
  assert.match(read('../README.md'), new RegExp(`terapi-simulator-${VERSION}\\.tgz terapihq-simulator-linux-x64-${VERSION}\\.tgz`));
});

// Whatever it says of its version.
test('what is no program for Linux on x64 is not packed as one', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'terapi-package-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const forArm64 = Buffer.alloc(64);
  forArm64.write('\x7fELF\x02\x01\x01', 'latin1');
  forArm64.writeUInt16LE(183, 18);
  for (const contents of [`#!/bin/sh\necho terapi-simulator ${VERSION}\n`, forArm64]) {
    const program = path.join(folder, 'program');
    writeFileSync(program, contents);
    chmodSync(program, 0o755);
    const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('../pack.mjs', import.meta.url)), program, folder], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [2, `pack.mjs: '${program}' is no program for Linux on x64, and there is no package for another machine\n`]);
    assert.deepEqual(readdirSync(folder), ['program']);
  }
});
