// index.d.cts is written by hand: it has to declare what there is and what the program answers, and to be right for the strictest
// compiler (if one is here; packed.mjs installs one).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as exported from '../src/index.js';
import { SKIP } from './program.js';

const declarations = readFileSync(new URL('../index.d.cts', import.meta.url), 'utf8');

/** What stands between the braces of a declaration. */
function bodyOf(kind, name) {
  const [, body] = new RegExp(`^export ${kind} ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(declarations) ?? [];
  assert.ok(body, `there is no ${kind} ${name}`);
  return body;
}

const membersOf = (body) => new Set([...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, name]) => name));

test('what is exported is declared', () => {
  const declared = [...declarations.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(exported).sort());
});

for (const [name, own] of [['Simulator', ['url', 'secretKey', 'signingKey', 'faults']], ['Stream', []], ['Fault', ['id']]]) {
  test(`the declared members of ${name} are those of the class`, () => {
    const declared = [...membersOf(bodyOf('class', name))].filter((member) => !own.includes(member));
    const real = Object.getOwnPropertyNames(exported[name].prototype);
    assert.deepEqual(declared.filter((member) => member !== 'constructor').sort(), real.filter((member) => member !== 'constructor').sort());
  });
}

// By the OpenAPI document: what is declared of an answer, or to be sent, and what it is called there.
const SCHEMAS = {
  RunAnswer: 'RunAnswer', StreamCounts: 'Stream', DumpLine: 'DumpLine', TruthDiff: 'TruthDiff', Difference: 'Difference', Clock: 'Clock',
  Advanced: 'Advanced', Delivery: 'Delivery', Attempt: 'Attempt', JournalEntry: 'JournalEntry', Advisory: 'Advisory', Operation: 'Operation',
  Snapshot: 'Snapshot', ValidationIssue: 'ValidationIssue', World: 'World', Environment: 'Environment', Integration: 'Integration',
  Connection: 'Connection', RecordSource: 'RecordSource', UpstreamFault: 'UpstreamFault', WebhookFault: 'WebhookFault', StoreFault: 'StoreFault',
};

test('answers and worlds are declared as the program describes them', { skip: SKIP }, async (t) => {
  const terapi = await exported.startSimulator({ world: {} });
  t.after(() => terapi.close());
  const { schemas } = (await terapi.control('GET', '/openapi.json')).components;
  for (const [declared, schema] of Object.entries(SCHEMAS)) {
    const names = [...membersOf(bodyOf('interface', declared))].sort();
    assert.deepEqual(names, Object.keys(schemas[schema].properties).sort(), declared);
  }
  const api = [...membersOf(bodyOf('interface', 'ApiFault')), ...membersOf(bodyOf('interface', 'UpstreamFault'))];
  assert.deepEqual(api.sort(), Object.keys(schemas.ApiFault.properties).sort());
  const run = ['integration', 'connection', 'model', 'variant', ...membersOf(bodyOf('interface', 'RunChanges')), ...membersOf(bodyOf('interface', 'RunOptions'))];
  assert.deepEqual(run.sort(), Object.keys(schemas.RunRequest.properties).sort());
  const rule = ['id', 'match', 'on', 'do', ...membersOf(bodyOf('interface', 'Which'))];
  assert.deepEqual(rule.sort(), Object.keys(schemas.FaultRule.properties).sort());
});

const tsc = spawnSync('tsc', ['--version']);
test('tsc --strict takes it, and users of it', { skip: tsc.error && 'there is no tsc' }, () => {
  const user = fileURLToPath(new URL('types_user.mts', import.meta.url));
  const options = ['--strict', '--noEmit', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2022', '--lib', 'esnext,dom'];
  const checked = spawnSync('tsc', [...options, user], { encoding: 'utf8' });
  assert.equal(checked.stdout + checked.stderr, '');
  assert.equal(checked.status, 0);
});
