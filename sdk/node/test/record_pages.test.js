// Reading a stream to its end, and resuming: what CLIENT-1, CLIENT-2 and CLIENT-7 of docs/contract.md ask for.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Terapi } from '../src/index.js';
import { answerJson, serve } from './http_server.js';

const STREAM = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };

function record(n, key = '_terapi_metadata') {
  return { id: String(n), [key]: { cursor: `c${n}` } };
}

/** A server with these records, and pages of `size`; and a client of it. */
async function streamOf(t, count, size, options = {}) {
  const records = Array.from({ length: count }, (_, i) => record(i + 1, options.key));
  const server = await serve(t, ({ url }, response) => {
    const cursor = new URL(url, 'http://h').searchParams.get('cursor');
    const from = records.findIndex((one) => `c${one.id}` === cursor) + 1;
    const page = records.slice(from, from + size);
    const more = from + size < records.length;
    answerJson(response, 200, { records: page, next_cursor: more ? `c${page.at(-1).id}` : null });
  });
  return { server, records, terapi: new Terapi({ secretKey: 'k', host: server.url, dialect: options.dialect }) };
}

async function allOf(pages) {
  const all = [];
  for await (const page of pages) all.push(page);
  return all;
}

function summary(pages) {
  return pages.map(({ records, nextCursor, lastCursor }) => [
    records.map(({ id }) => id).join(),
    nextCursor,
    lastCursor,
  ]);
}

/** A client that is answered these pages, one after the other. */
async function answering(t, pages) {
  const server = await serve(t, (_, response, count) => answerJson(response, 200, pages[count - 1]));
  return { server, terapi: new Terapi({ secretKey: 'k', host: server.url }) };
}

test('from the beginning to the end, page by page', async (t) => {
  const { terapi, server } = await streamOf(t, 5, 2);
  const pages = await allOf(terapi.recordPages({ ...STREAM, limit: 2 }));
  assert.deepEqual(summary(pages), [
    ['1,2', 'c2', 'c2'],
    ['3,4', 'c4', 'c4'],
    ['5', null, 'c5'],
  ]);
  assert.deepEqual(
    server.seen.map(({ url }) => url),
    ['', '&cursor=c2', '&cursor=c4'].map((cursor) => `/records?model=Issue&limit=2${cursor}`),
  );
});

test('from a stored cursor', async (t) => {
  const { terapi } = await streamOf(t, 5, 2);
  assert.deepEqual(summary(await allOf(terapi.recordPages({ ...STREAM, cursor: 'c3' }))), [['4,5', null, 'c5']]);
});

test('when nothing is new there is no page, so nothing takes the place of the stored cursor', async (t) => {
  const { terapi, server } = await streamOf(t, 5, 2);
  assert.deepEqual(await allOf(terapi.recordPages({ ...STREAM, cursor: 'c5' })), []);
  assert.equal(server.seen.length, 1);
});

test('lastCursor is never null, and resuming from any page gives exactly the rest', async (t) => {
  const { terapi, records } = await streamOf(t, 7, 3);
  const pages = await allOf(terapi.recordPages(STREAM));
  for (const [i, { lastCursor }] of pages.entries()) {
    assert.equal(typeof lastCursor, 'string');
    const rest = await allOf(terapi.recordPages({ ...STREAM, cursor: lastCursor }));
    assert.deepEqual(
      rest.flatMap((page) => page.records),
      records.slice((i + 1) * 3),
    );
  }
});

test('a page is fetched only when it is asked for', async (t) => {
  const { terapi, server } = await streamOf(t, 9, 1);
  for await (const page of terapi.recordPages(STREAM)) {
    assert.equal(server.seen.length, Number(page.records[0].id));
    if (page.lastCursor === 'c3') break;
  }
  assert.equal(server.seen.length, 3);
});

test('the same options go with every page, and the given object stays as it is', async (t) => {
  const { terapi, server } = await streamOf(t, 2, 1);
  const options = Object.freeze({ ...STREAM, variant: 'v', filter: 'added', ids: Object.freeze(['1', '2']) });
  await allOf(terapi.recordPages(options));
  const expected = '/records?model=Issue&variant=v&filter=added';
  assert.deepEqual(
    server.seen.map(({ url }) => url),
    [`${expected}&ids=1&ids=2`, `${expected}&cursor=c1&ids=1&ids=2`],
  );
});

test('an empty page that is not the last is passed over', async (t) => {
  const { terapi } = await answering(t, [
    { records: [], next_cursor: 'c1' },
    { records: [record(2)], next_cursor: null },
  ]);
  assert.deepEqual(summary(await allOf(terapi.recordPages(STREAM))), [['2', null, 'c2']]);
});

test('a next page that is this one ends in an error, not in a loop', async (t) => {
  const { terapi, server } = await answering(t, [
    { records: [record(1)], next_cursor: 'c1' },
    { records: [record(1)], next_cursor: 'c1' },
  ]);
  const pages = terapi.recordPages(STREAM);
  await pages.next();
  await assert.rejects(pages.next(), { code: 'invalid_answer', message: /leads back to the cursor c1/ });
  assert.equal(server.seen.length, 2);
});

test('pages that go round in a circle end in an error, too', async (t) => {
  const { terapi, server } = await answering(t, [
    { records: [record(1)], next_cursor: 'c1' },
    { records: [record(2)], next_cursor: 'c2' },
    { records: [], next_cursor: 'c1' },
  ]);
  await assert.rejects(allOf(terapi.recordPages(STREAM)), { code: 'invalid_answer', message: /leads back to the cursor c1/ });
  assert.equal(server.seen.length, 3);
});

test('a last record without a cursor is named, since nothing could be stored for it', async (t) => {
  for (const broken of [
    { id: '7' },
    { id: '7', _terapi_metadata: null },
    { id: '7', _terapi_metadata: { cursor: '' } },
    record(7, '_nango_metadata'),
  ]) {
    const { terapi } = await answering(t, [{ records: [record(1), broken], next_cursor: null }]);
    await assert.rejects(allOf(terapi.recordPages(STREAM)), {
      code: 'invalid_answer',
      message: /record "7" has no _terapi_metadata\.cursor/,
    });
  }
});

test('an error in the middle leaves what was read before it; the next loop goes on from there', async (t) => {
  const { terapi, server } = await answering(t, [
    { records: [record(1)], next_cursor: 'c1' },
    { records: 'nonsense' },
    { records: [record(2)], next_cursor: null },
  ]);
  const stored = { cursor: null, ids: [] };
  const sync = async () => {
    for await (const page of terapi.recordPages({ ...STREAM, cursor: stored.cursor })) {
      stored.ids.push(...page.records.map(({ id }) => id));
      stored.cursor = page.lastCursor;
    }
  };
  await assert.rejects(sync(), { name: 'TerapiError' });
  await sync();
  assert.deepEqual(stored, { cursor: 'c2', ids: ['1', '2'] });
  assert.match(server.seen[2].url, /cursor=c1$/);
});

test('the nango dialect has its metadata under its own name', async (t) => {
  const { terapi } = await streamOf(t, 1, 1, { key: '_nango_metadata', dialect: 'nango' });
  assert.deepEqual(summary(await allOf(terapi.recordPages(STREAM))), [['1', null, 'c1']]);
});
