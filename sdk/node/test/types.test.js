// index.d.ts is written by hand: it has to declare what there is, and to be right for the strictest compiler (if one is here).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as exported from '../src/index.js';

const declarations = await readFile(new URL('../index.d.ts', import.meta.url), 'utf8');

test('the declared methods are those of the class', () => {
  const body = declarations.slice(declarations.indexOf('export class Terapi<'));
  const declared = [...body.matchAll(/^ {2}(\w+)(?:<.*?>)?\(/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(declared)].sort(), Object.getOwnPropertyNames(exported.Terapi.prototype).sort());
});

test('the declared classes are those exported', () => {
  const declared = [...declarations.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(exported).sort());
});

const tsc = spawnSync('tsc', ['--version']);
test('tsc --strict takes it, and a user of it', { skip: tsc.error && 'there is no tsc' }, () => {
  const user = fileURLToPath(new URL('types_user.mts', import.meta.url));
  const options = [
    '--strict',
    '--noEmit',
    '--noUncheckedIndexedAccess',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
  ];
  const checked = spawnSync('tsc', [...options, user], { encoding: 'utf8' });
  assert.equal(checked.stdout + checked.stderr, '');
  assert.equal(checked.status, 0);
});
