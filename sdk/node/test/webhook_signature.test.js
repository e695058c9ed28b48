// Who a webhook is from: HOOK-9 and CLIENT-5 of docs/contract.md.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Terapi, TerapiError } from '../src/index.js';

const BODY = '{"type":"sync","model":"Issue","title":"ü"}';
const NAME = 'X-Terapi-Hmac-Sha256';

function hmac(key, body = BODY) {
  return createHmac('sha256', key).update(body).digest('hex');
}

const terapi = new Terapi({ secretKey: 'secret', webhookSigningKey: 'signing' });
const GOOD = hmac('signing');

test('a right signature, of a string or of bytes', () => {
  for (const body of [BODY, Buffer.from(BODY), new TextEncoder().encode(BODY)]) {
    assert.equal(terapi.verifyIncomingWebhookRequest(body, { [NAME]: GOOD }), true);
  }
  const bytes = Buffer.from([0xff, 0x00, 0xfe]); // no text at all
  assert.equal(terapi.verifyIncomingWebhookRequest(bytes, { [NAME]: hmac('signing', bytes) }), true);
  assert.equal(terapi.verifyIncomingWebhookRequest('', { [NAME]: hmac('signing', '') }), true);
});

test('the test vectors of docs/webhooks.md', async () => {
  const page = await readFile(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
  const vectors = JSON.parse(/## Test vectors.*?```json\n(.*?)```/s.exec(page)[1]);
  const [, k1, k2] = /K1 = `(.*?)`.*K2 = `(.*?)`/.exec(page);
  assert.ok(vectors.length > 2);
  for (const { name, body, hmac_k1: first, hmac_k2: second } of vectors) {
    for (const [key, signature] of [
      [k1, first],
      [k2, second],
      [k1, `${second},${first}`],
    ]) {
      const client = new Terapi({ secretKey: 'secret', webhookSigningKey: key });
      assert.equal(client.verifyIncomingWebhookRequest(body, { [NAME]: signature }), true, name);
    }
  }
});

test('a wrong one, by a bit, a key, a body or a form', () => {
  const other = (GOOD[0] === '0' ? '1' : '0') + GOOD.slice(1);
  const WRONG = [
    other,
    GOOD.slice(0, -1) + (GOOD.at(-1) === '0' ? '1' : '0'),
    hmac('secret'),
    hmac('signing', `${BODY} `),
    '',
    'zz',
    GOOD.slice(0, 62),
    `${GOOD}00`,
    `${GOOD.slice(0, 62)}zz`,
    `sha256=${GOOD}`,
    `${GOOD} ${GOOD}`,
    ',',
    `${other},${other}`,
  ];
  for (const header of WRONG)
    assert.equal(terapi.verifyIncomingWebhookRequest(BODY, { [NAME]: header }), false, header);
});

test('one of several is enough, in any place: a key is being rotated', () => {
  const old = hmac('old');
  for (const header of [`${GOOD},${old}`, `${old},${GOOD}`, `${old} , ${GOOD}`, `junk,,${GOOD}`, GOOD.toUpperCase()]) {
    assert.equal(terapi.verifyIncomingWebhookRequest(BODY, { [NAME]: header }), true, header);
  }
});

test('headers of every kind', () => {
  const KINDS = [
    new Headers({ [NAME]: GOOD }),
    { 'x-terapi-hmac-sha256': GOOD },
    { 'X-TERAPI-HMAC-SHA256': GOOD },
    { [NAME]: [hmac('old'), GOOD] },
    { Other: undefined, [NAME]: GOOD },
    new Map([[NAME, GOOD]]),
  ];
  for (const headers of KINDS) assert.equal(terapi.verifyIncomingWebhookRequest(BODY, headers), true);
  for (const headers of [
    {},
    undefined,
    null,
    new Headers(),
    { [NAME]: undefined },
    { 'X-Terapi-Signature': GOOD },
    { 'X-Nango-Hmac-Sha256': GOOD },
  ]) {
    assert.equal(terapi.verifyIncomingWebhookRequest(BODY, headers), false);
  }
});

test('the nango dialect has a header of its own', () => {
  const nango = new Terapi({ secretKey: 'secret', webhookSigningKey: 'signing', dialect: 'nango' });
  assert.equal(nango.verifyIncomingWebhookRequest(BODY, { 'X-Nango-Hmac-Sha256': GOOD }), true);
  assert.equal(nango.verifyIncomingWebhookRequest(BODY, { [NAME]: GOOD }), false);
});

test('without a signing key it is the secret key', () => {
  const before = process.env.TERAPI_SIGNING_KEY;
  delete process.env.TERAPI_SIGNING_KEY;
  const plain = new Terapi({ secretKey: 'secret' });
  if (before !== undefined) process.env.TERAPI_SIGNING_KEY = before;
  assert.equal(plain.verifyIncomingWebhookRequest(BODY, { [NAME]: hmac('secret') }), true);
});

test('a parsed body is refused aloud: it is not what was signed', () => {
  for (const body of [JSON.parse(BODY), undefined, null, 7]) {
    assert.throws(
      () => terapi.verifyIncomingWebhookRequest(body, { [NAME]: GOOD }),
      (error) => error instanceof TerapiError && error.code === 'invalid_options',
    );
  }
});
