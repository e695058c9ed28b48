#!/usr/bin/env node
// A Terapi sync client in one file: Node 18+, built-in modules only. Settings come from the environment (../README.md).
//
//     client.mjs         mirrors the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, by polling and by webhooks, for ever
//     client.mjs dump    prints what it holds, one line of JSON a record
//
// There is no database in Node 18, so a page with its cursor is one file, made whole and then linked to the next number.
// What a record is now follows from all of them; only `dump` looks back. Lines that safety or liveness
// hangs on name their clause of docs/contract.md.
import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

const env = process.env, KEY = env.TERAPI_SECRET_KEY ?? '', SIGNING_KEY = env.TERAPI_SIGNING_KEY || KEY;
const BASE = (env.TERAPI_BASE_URL ?? 'http://127.0.0.1:3003').replace(/\/+$/, ''), DIALECT = env.TERAPI_DIALECT ?? 'terapi';
const POLL = Number(env.TERAPI_POLL_MS ?? 30000), LIMIT = env.TERAPI_LIMIT ?? '1000', DIR = env.TERAPI_STATE_DIR ?? '.';
const STREAMS = [...new Set(env.TERAPI_STREAMS?.split(/\s+/).filter(Boolean))];
const SILENCE = 10_000, DEADLINE = 30_000, DAY = 86_400_000; // ms
const MAX_PAGE = 128 << 20, MAX_WEBHOOK = 1 << 20; // bytes

class BadCursor extends Error {}
class Stop extends Error {} // only a person can help
class Retry extends Error { constructor(why, after = 0) { super(why); this.after = after; } } // passes by itself
const say = (text) => console.error(KEY ? text.replaceAll(KEY, '(key)') : text); // a server may echo the key

// ---- A page: the values of ids and metadata, and the payloads as the very text that came (REC-10: 2^63, 1e400, 0.10) ----

const gap = (text, at) => { while (' \t\r\n,:'.includes(text[at])) at++; return at; };

function endOf(text, at) { // of the value that begins at `at`; the text is known to be valid JSON
  for (let depth = 0; ;) {
    const c = text[at];
    if (c === '"') { do { at = text.indexOf('"', at + 1); } while (escaped(text, at)); at++; }
    else if (c === '{' || c === '[') { depth++; at++; }
    else if (c === '}' || c === ']') { depth--; at++; }
    else if (depth) at++;
    else while (at < text.length && !' \t\r\n,]}'.includes(text[at])) at++; // a number, true, false, null
    if (!depth) return at;
  }
}
function escaped(text, at) { let from = at; while (text[from - 1] === '\\') from--; return (at - from) % 2 === 1; }

function* members(text, at) { // [key, where it begins, where its value begins, where that ends] of an object or array
  const keyed = text[at] === '{';
  for (at = gap(text, at + 1); !']}'.includes(text[at]);) {
    const begin = at, key = keyed ? JSON.parse(text.slice(at, at = endOf(text, at))) : null;
    const end = endOf(text, at = gap(text, at));
    yield [key, begin, at, end];
    at = gap(text, end);
  }
}

function micros(stamp) { // CLIENT-8: as a Date alone, versions of one millisecond would be the same
  const [, day, fraction = '', zone] = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/.exec(stamp);
  return Date.parse(day + zone) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function readRecord(record, text, at) {
  const meta = record[`_${DIALECT}_metadata`], action = meta.last_action ?? (meta.deleted_at ? 'DELETED' : 'ADDED');
  if (typeof record.id !== 'string' || !record.id) throw Error('it has no id');
  if (typeof meta.cursor !== 'string' || !meta.cursor) throw Error('it has no cursor');
  if (!['ADDED', 'UPDATED', 'DELETED'].includes(action)) throw Error(`its last_action is ${action}`);
  if (!Number.isInteger(micros(meta.last_modified_at))) throw Error('its last_modified_at is no time');
  encodeURIComponent(meta.cursor); // throws if it could not be sent back
  const parts = [];
  for (const [key, begin, , end] of members(text, at)) if (key !== `_${DIALECT}_metadata`) parts.push(text.slice(begin, end));
  return { id: record.id, deleted: action === 'DELETED', pruned: Boolean(meta.pruned_at), stamp: meta.last_modified_at,
    cursor: meta.cursor, payload: `{${parts.join(',').replace(/[\r\n]/g, ' ')}}` };
}

function readPage(text) { // the records before the first that cannot be stored, what is wrong with that one, next_cursor
  const page = JSON.parse(text), rows = [];
  if (!Array.isArray(page.records) || !(page.next_cursor === null || typeof page.next_cursor === 'string')) throw Error('no page of records');
  const array = [...members(text, text.indexOf('{'))].findLast(([key]) => key === 'records')[2];
  for (const [, , at, end] of members(text, array)) {
    const record = page.records[rows.length];
    try { rows.push(readRecord(record, text, at)); } catch (why) { // CLIENT-11: the first bad one ends it, by name
      return { rows, poison: `record ${JSON.stringify(record?.id)}: ${why.message} in ${text.slice(at, Math.min(end, at + 300))}` };
    }
  }
  return { rows, next: page.next_cursor };
}

// ---- The store: a directory for each stream; page N of what was fetched, with its cursor, is the file N ----

class Store {
  constructor(name) {
    [this.dir, this.last, this.cursor] = [join(DIR, createHash('sha256').update(name).digest('hex')), 0, null];
    fs.mkdirSync(this.dir, { recursive: true });
  }
  page(n) { return fs.existsSync(join(this.dir, `${n}`)) ? JSON.parse(fs.readFileSync(join(this.dir, `${n}`))) : null; }

  resume() { // CLIENT-1: from the last record stored, whoever stored it
    while (fs.existsSync(join(this.dir, `${this.last + 1}`))) this.last++;
    this.cursor = this.page(this.last)?.cursor ?? null;
    return this.cursor;
  }

  add(rows) {
    const made = join(this.dir, `${randomUUID()}.tmp`);
    const file = fs.openSync(made, 'w');
    try {
      fs.writeFileSync(file, JSON.stringify({ cursor: rows.at(-1).cursor, rows })); // CLIENT-2: records and cursor in one file
      fs.fsyncSync(file); // CLIENT-2: whole before it counts
      fs.linkSync(made, join(this.dir, `${this.last + 1}`)); // CLIENT-2, CLIENT-12: all at once, and not if another was faster
    } finally {
      fs.closeSync(file);
      fs.rmSync(made);
    }
    this.last++;
  }

  * records() { // as they are now, in cursor order; what is kept in memory is where each one stands
    const index = new Map();
    for (let n = 1, page; (page = this.page(n)); n++) {
      page.rows.forEach((row, i) => {
        const old = index.get(row.id), modified = micros(row.stamp);
        if (old?.modified > modified) return; // CLIENT-8: an older version never overwrites a newer one
        const payload = old && row.pruned ? old.payload : [n, i]; // CLIENT-8: a pruned record never wipes a stored payload
        index.delete(row.id); // so that it moves to the end
        index.set(row.id, { modified, row: [n, i], payload }); // CLIENT-8: ADDED, UPDATED and DELETED alike, known or not
      });
    }
    let [at, page] = [0];
    const rowAt = ([n, i]) => { if (at !== n) [at, page] = [n, this.page(n)]; return page.rows[i]; };
    for (const { row, payload } of [...index.values()].sort((a, b) => a.modified - b.modified)) {
      yield { ...rowAt(row), payload: rowAt(payload).payload };
    }
  }
}

async function dump() {
  for (const name of STREAMS) {
    const [integration, connection, model] = name.split('/').map(decodeURIComponent);
    for (const { id, deleted, payload, stamp, cursor } of new Store(name).records()) {
      const head = JSON.stringify({ integration, connection, model, variant: 'base', id, deleted }).slice(0, -1);
      const line = `${head},"payload":${payload},"last_modified_at":${JSON.stringify(stamp)},"cursor":${JSON.stringify(cursor)}}\n`;
      if (!process.stdout.write(line)) await once(process.stdout, 'drain');
    }
  }
}

// ---- A stream: walks from the stored cursor to the end, rests, and walks again ----

class Stream {
  constructor(name) {
    this.keys = name.split('/').map(decodeURIComponent);
    Object.assign(this, { name, failures: 0, fullRead: false, hinted: false, awaited: null, looks: [] });
  }

  async run() { // CLIENT-4: one loop, so one fetch at a time
    for (;;) {
      this.hinted = false;
      try {
        this.store ??= new Store(this.name);
        await this.catchUp();
        this.failures = 0;
        await this.rest();
      } catch (why) {
        if (why instanceof Stop) return say(`${this.name}: STOPPED: ${why.message}`); // CLIENT-9, CLIENT-11: the others go on
        say(`${this.name}: ${why instanceof BadCursor ? 'reading everything again' : 'trying again'}: ${why.message}`);
        const again = !(why instanceof BadCursor) || this.failures > 0; // CLIENT-9: at once for a bad cursor, but not twice in a row
        if (why instanceof BadCursor) this.fullRead = true; // CLIENT-9: reads everything again, keeping what is held
        this.failures++;
        if (again) await this.backOff(Math.min(DAY, why.after ?? 0)); // CLIENT-9: reset, time-out, cut short, disk full…
      }
    }
  }

  backOff(atLeast) { // CLIENT-9: exponential, with jitter; no webhook cuts it short
    return sleep(Math.max(atLeast, Math.min(5000, 100 * 2 ** Math.min(this.failures, 9)) * (0.5 + Math.random() / 2)));
  }

  async rest() {
    const look = this.awaited !== null && this.looks.length ? this.looks.shift() : POLL; // a webhook may come before its data
    if (!this.hinted) await new Promise((wake) => { this.wake = wake; setTimeout(wake, Math.min(look, POLL)); }); // CLIENT-3: polls
    if (this.hinted) await sleep(50); // CLIENT-4: a burst gathers
  }

  hint(modifiedAfter) { // of a webhook; CLIENT-4: while a walk runs, any number of them lead to one more
    let time = 0;
    try { time = micros(modifiedAfter) || 0; } catch { /* none */ }
    [this.awaited, this.looks, this.hinted] = [Math.max(this.awaited ?? 0, time), [1000, 3000, 10000], true];
    this.wake?.();
  }

  async catchUp() {
    const stored = this.store.resume();
    let asked = this.fullRead ? null : stored; // CLIENT-1
    for (;;) {
      const { rows, poison, next } = await this.fetch(asked); // CLIENT-10: one page at a time
      if (rows.length) {
        this.store.add(rows);
        if (!this.fullRead) this.failures = 0;
        if (micros(rows.at(-1).stamp) >= (this.awaited ?? 0)) this.awaited = null; // it has come
      }
      if (poison) throw new Stop(poison); // CLIENT-11: what stands before it is stored, nothing after it
      if (next === null) break; // CLIENT-7: only null is the end, not a short or empty page
      if (next === asked) throw new Retry('next_cursor is the cursor that was asked for');
      asked = next;
    }
    this.fullRead = false;
  }

  async fetch(asked) {
    const query = { model: this.keys[2], limit: LIMIT, ...(asked === null ? {} : { cursor: asked }) };
    const url = `${BASE}/records?${Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`; // CUR-6
    const latin1 = (text) => Buffer.from(text).toString('latin1'); // a header's bytes
    const headers = { Authorization: `Bearer ${KEY}`, 'Provider-Config-Key': latin1(this.keys[0]),
      'Connection-Id': latin1(this.keys[1]), 'Accept-Encoding': 'gzip' };
    const request = (BASE.startsWith('https:') ? https : http).get(url, { headers, agent: false,
      signal: AbortSignal.timeout(DEADLINE) }); // CLIENT-9: time-out of the whole; follows no redirect
    request.setTimeout(SILENCE, () => request.destroy(new Error('the server is silent'))); // CLIENT-9: time-out
    request.on('error', () => {}); // also when it comes after the answer; `once` has its own ear
    const [answer] = await once(request, 'response');
    const chunks = [];
    let size = 0;
    for await (const chunk of answer) { // CLIENT-9: throws when the connection ends too early
      if ((size += chunk.length) > MAX_PAGE) throw new Retry('the page is too large'); // CLIENT-10
      chunks.push(chunk);
    }
    if (!answer.complete) throw new Retry('the body is cut short'); // CLIENT-9
    const gzip = answer.headers['content-encoding'] === 'gzip';
    const body = gzip ? gunzipSync(Buffer.concat(chunks), { maxOutputLength: MAX_PAGE }) : Buffer.concat(chunks); // CLIENT-9: throws
    if (answer.statusCode === 200) return readPage(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return this.refused(answer, body.toString().slice(0, 300), asked);
  }

  refused({ statusCode: status, headers }, text, asked) {
    const why = `the server answered ${status}: ${text}`;
    if (status === 400 && asked && /"code"\s*:\s*"invalid_cursor"/.test(text)) throw new BadCursor(why);
    if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) throw new Stop(why); // CLIENT-9: asking again is no use
    throw new Retry(why, Math.max(retryAfter(headers), status === 429 ? 1000 : 0)); // CLIENT-9: Retry-After, with a floor
  }
}

function retryAfter(headers) { // in ms; 0 if it is garbage, or none
  const value = headers['retry-after'] ?? '';
  return /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.parse(headers.date) || 0;
}

// ---- Webhooks ----

function verified(body, header) {
  const expected = createHmac('sha256', SIGNING_KEY).update(body).digest(); // CLIENT-5: over the raw bytes
  const given = header.split(',').map((text) => Buffer.from(text.trim(), 'hex')); // HOOK-9: a list while keys are rotated
  return given.some((bytes) => bytes.length === expected.length && timingSafeEqual(bytes, expected)); // CLIENT-5: in constant time
}

async function receive(request, response, streams) {
  const answer = (status, then) => response.writeHead(status, { 'Content-Length': 0, Connection: 'close' }).end(then);
  if (request.method !== 'POST' || request.url.replace(/\/$/, '') !== '/webhooks') return answer(404);
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    if ((size += chunk.length) > MAX_WEBHOOK) return answer(413); // CLIENT-10
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (!verified(body, request.headers[`x-${DIALECT}-hmac-sha256`] ?? '')) return answer(401); // CLIENT-5
  return answer(200, () => { // CLIENT-6: before anything is fetched
    let event;
    try { event = JSON.parse(body); } catch { return; } // whatever it is, it is no hint
    const keys = JSON.stringify([event?.providerConfigKey, event?.connectionId, event?.model]);
    for (const stream of streams) { // CLIENT-4: it says where to look, and nothing else of it is believed
      if ((event?.type ?? 'sync') === 'sync' && keys === JSON.stringify(stream.keys)) stream.hint(event.modifiedAfter);
    }
  });
}

function listen(streams) {
  const limits = { requestTimeout: DEADLINE, headersTimeout: SILENCE, connectionsCheckingInterval: 1000 };
  const server = http.createServer(limits, (request, response) => receive(request, response, streams).catch(() => request.destroy()));
  server.on('error', (why) => { // CLIENT-3: polling goes on without it
    say(`no webhooks: ${why.message}`);
    setTimeout(() => listen(streams), 5000);
  });
  server.listen(Number(env.TERAPI_WEBHOOK_PORT), '127.0.0.1', 512);
}

async function run() {
  process.on('SIGTERM', () => process.exit(0)); // at any moment: what is stored is whole (CLIENT-2)
  const streams = STREAMS.map((name) => new Stream(name));
  if (env.TERAPI_WEBHOOK_PORT) listen(streams);
  await Promise.all(streams.map((stream) => stream.run()));
}

if (process.argv[2] === 'dump') await dump();
else if (process.argv.length > 2) { say(`usage: ${process.argv[1]} [dump]`); process.exitCode = 2; }
else await run();
