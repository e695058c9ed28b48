// README.md is true: its test for node:test runs here, the others in packed.mjs; its tables are whole.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Simulator } from '../src/index.js';
import { SKIP } from './program.js';
import { README, README_CODE } from './readme_code.js';

test('there is a test for each runner', () => {
  assert.deepEqual([...README_CODE.keys()], ['lost_webhook.test.js', 'hiccup.test.js', 'retries.test.mjs']);
});

test('the test for node:test passes', { skip: SKIP }, (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'terapi-readme-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(fileURLToPath(new URL('..', import.meta.url)), path.join(folder, 'node_modules', 'terapi-simulator'));
  writeFileSync(path.join(folder, 'retries.test.mjs'), README_CODE.get('retries.test.mjs'));
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; // or it would report to this run
  const ran = spawnSync(process.execPath, ['--test', '--test-reporter', 'tap', 'retries.test.mjs'], { cwd: folder, env, encoding: 'utf8' });
  assert.match(ran.stdout, /^# pass 1$/m, ran.stdout + ran.stderr);
  assert.equal(ran.status, 0);
});

test('its table names every method and option', () => {
  const names = Object.getOwnPropertyNames(Simulator.prototype).filter((name) => name !== 'constructor');
  const table = README.slice(README.indexOf('## What there is'), README.indexOf('## The program'));
  assert.deepEqual(names.filter((name) => !table.includes(name)), []);
});
