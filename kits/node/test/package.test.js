// One version for all: that of the project (core/version.h).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

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
