// What a client is made with.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { readSettings } from '../src/settings.js';
import { VERSION } from '../src/version.js';

test('without a secret key there is no client, and the error says what to do', () => {
  for (const environment of [{}, { TERAPI_SECRET_KEY: '' }]) {
    assert.throws(() => readSettings({}, environment), {
      name: 'TerapiError',
      code: 'invalid_options',
      message: /no secret key: give { secretKey }, or set TERAPI_SECRET_KEY/,
    });
  }
});

test('what is left out comes from the environment, then from the defaults', () => {
  const plain = readSettings({}, { TERAPI_SECRET_KEY: 'k' });
  assert.deepEqual(
    [plain.secretKey, plain.signingKey, plain.host, plain.timeoutMs, plain.retries],
    ['k', 'k', 'http://127.0.0.1:3003', 60_000, 0],
  );
  assert.equal(plain.fetch, globalThis.fetch);
  const environment = { TERAPI_SECRET_KEY: 'k', TERAPI_SIGNING_KEY: 's', TERAPI_BASE_URL: 'https://terapi.example/' };
  const set = readSettings({}, environment);
  assert.deepEqual([set.signingKey, set.host], ['s', 'https://terapi.example']);
  const given = readSettings({ secretKey: 'K', webhookSigningKey: 'S', host: 'http://h:1' }, environment);
  assert.deepEqual([given.secretKey, given.signingKey, given.host], ['K', 'S', 'http://h:1']);
});

test('the environment is that of the process', (t) => {
  const before = process.env.TERAPI_SECRET_KEY;
  t.after(() => {
    if (before === undefined) delete process.env.TERAPI_SECRET_KEY;
    else process.env.TERAPI_SECRET_KEY = before;
  });
  delete process.env.TERAPI_SECRET_KEY;
  assert.throws(() => new Terapi(), { code: 'invalid_options' });
  process.env.TERAPI_SECRET_KEY = 'k';
  assert.ok(new Terapi());
});

test('wrong options are refused by name', () => {
  const WRONG = [
    [{ host: 'terapi.example' }, /host is "terapi\.example"/],
    [{ host: 'ftp://terapi.example' }, /host/],
    [{ host: 'http://user:word@terapi.example' }, /host/],
    [{ host: 'http://terapi.example/?a=b' }, /host/],
    [{ timeoutMs: -1 }, /timeoutMs is -1; expected a whole number from 0 to 2147483647/],
    [{ timeoutMs: 2 ** 31 }, /timeoutMs/],
    [{ timeoutMs: '5' }, /timeoutMs/],
    [{ retries: 1.5 }, /retries is 1\.5/],
    [{ dialect: 'hasOwnProperty' }, /dialect is "hasOwnProperty"; expected "terapi" or "nango"/],
  ];
  for (const [options, message] of WRONG) {
    assert.throws(() => new Terapi({ secretKey: 'k', ...options }), { code: 'invalid_options', message });
  }
});

test('a client that is logged shows no key', () => {
  const terapi = new Terapi({ secretKey: 'sesame', webhookSigningKey: 'thyme' });
  assert.doesNotMatch(inspect(terapi, { depth: 9, showHidden: true }) + JSON.stringify(terapi), /sesame|thyme/);
});

test('the package is imported by its name', async () => {
  assert.equal((await import('@terapihq/node')).Terapi, Terapi);
});

test('the version is that of package.json, and nothing is depended on', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url)));
  assert.equal(manifest.version, VERSION);
  assert.deepEqual([manifest.dependencies, manifest.devDependencies], [undefined, undefined]);
});
