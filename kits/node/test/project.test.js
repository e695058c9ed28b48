// The project file, terapi.json: found by the program, from the working directory upwards; options win.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { startSimulator } from '../src/index.js';
import { PROGRAM, SKIP } from './program.js';

const KIT = new URL('../src/index.js', import.meta.url).href;
const FILE = `// with comments
{ "world": { "connections": [{ "id": "of-the-file", "integration": "github" }], "integrations": [{ "id": "github" }] },
  "clock": "virtual", "start": "2031-05-06T00:00:00Z", "port": 1, "data": "nowhere/at/all.db", "secret_key": "11111111-2222-4333-8444-555555555555" }`;

function project(t, text) {
  const folder = mkdtempSync(path.join(tmpdir(), 'terapi-project-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, '.git'));
  mkdirSync(path.join(folder, 'tests/deep'), { recursive: true });
  writeFileSync(path.join(folder, 'terapi.json'), text);
  return folder;
}

/** What a Node of its own prints that has its working directory there. */
function told(folder, code) {
  const text = `import { startSimulator } from ${JSON.stringify(KIT)};\n${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TERAPI_SIMULATOR: PROGRAM },
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const START = (options) => `
  const terapi = await startSimulator(${options});
  const world = await terapi.world();
  console.log(JSON.stringify({ connections: world.connections.map(({ id }) => id), clock: await terapi.clock(), key: terapi.secretKey }));
  await terapi.close();`;

test('without arguments, it is the project file that says what there is', { skip: SKIP }, (t) => {
  const { connections, clock, key } = told(path.join(project(t, FILE), 'tests/deep'), START(''));
  assert.deepEqual(connections, ['of-the-file']);
  assert.match(clock.now, /^2031-05-06T/);
  assert.equal(key, '11111111-2222-4333-8444-555555555555');
});

test('options win over it, one by one', { skip: SKIP }, (t) => {
  const { connections, clock } = told(project(t, FILE), START("{ world: {}, start: '2040-01-01T00:00:00Z' }"));
  assert.deepEqual(connections, []);
  assert.match(clock.now, /^2040-01-01T/);
});

test('project names one, or none', { skip: SKIP }, async (t) => {
  const folder = project(t, FILE);
  const named = await startSimulator({ project: path.join(folder, 'terapi.json') });
  t.after(() => named.close());
  assert.match((await named.clock()).now, /^2031-05-06T/);
  const { clock } = told(folder, START('{ project: false, world: {} }'));
  assert.match(clock.now, /^2024-01-01T/);
});

test('a clock that it does not name is virtual, and one that it names is that one', { skip: SKIP }, (t) => {
  assert.equal(told(project(t, '{ "world": {} }'), START('')).clock.mode, 'virtual');
  assert.equal(told(project(t, '{ "world": {}, "clock": "system" }'), START('')).clock.mode, 'system');
});

test('what is wrong with it is told with its line, column and member', { skip: SKIP }, (t) => {
  const code = 'try { await startSimulator() } catch (error) { console.log(JSON.stringify([error.code, error.message])) }';
  const [kind, message] = told(project(t, '{\n  "worlds": {}\n}'), code);
  assert.equal(kind, 'start_failed');
  assert.match(message, /terapi\.json:2:\d+: .*worlds.*did you mean 'world'/s);
});
