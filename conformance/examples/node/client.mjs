#!/usr/bin/env node
// A Terapi sync client in one file: Node 18+, built-in modules only. Its settings: ../README.md
//
//     client.mjs         mirrors the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, for ever
//     client.mjs dump    prints what it holds, one line of JSON a record
//
// Each page with its cursor is one file. What a record is now follows from all of them: `dump` looks back.
// A line that safety or liveness hangs on names its clause of docs/contract.md.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const env = process.env, KEY = env.TERAPI_SECRET_KEY ?? '', SIGNING_KEY = env.TERAPI_SIGNING_KEY || KEY;
const BASE = env.TERAPI_BASE_URL ?? 'http://127.0.0.1:3003', DIALECT = env.TERAPI_DIALECT ?? 'terapi';
const POLL = Number(env.TERAPI_POLL_MS ?? 30000), LIMIT = env.TERAPI_LIMIT ?? '1000';
const METADATA = `_${DIALECT}_metadata`, SIGNATURE = `x-${DIALECT}-hmac-sha256`;
const MAX_PAGE = 128 << 20, MAX_WEBHOOK = 1 << 20; // bytes

// It passes by itself, unless it is a `stop`: then only a person can help.
class Failure extends Error { constructor(why, more) { Object.assign(super(why), more); } }
const say = (text) => console.error(text.replaceAll(KEY || '\0', '(key)')); // AUTH-5: a server may repeat it

// ---- A page. Numbers stay the text that came, since 2^53 + 1, 0.10 and 1e400 are none of JavaScript's ----
const MARK = randomUUID(); // nobody's text has it
const TOKEN = /\\.|"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function parse(text) {
  let inside = false; // a string
  return JSON.parse(text.replace(TOKEN, (token) => {
    if (token === '"') inside = !inside;
    return inside || '"\\'.includes(token[0]) ? token : `"${MARK}${token}${MARK}"`; // REC-10: digits are kept
  }));
}
const asItCame = (value) => JSON.stringify(value).replace(RegExp(`"${MARK}(.*?)${MARK}"`, 'g'), '$1');

function micros(stamp) {
  const [, day, fraction = '', zone] = /^([^.]{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp);
  return Date.parse(day + zone) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)); // CLIENT-8: not only ms
}

function readRecord({ [METADATA]: meta, ...payload }) {
  const good = (text) => typeof text === 'string' && !text.startsWith(MARK);
  if (!good(payload.id) || !good(meta.cursor)) throw Error('no id, or no cursor');
  const { cursor, last_modified_at, pruned_at: pruned } = meta, modified = micros(last_modified_at);
  const deleted = meta.last_action === 'DELETED'; // CLIENT-8: a tombstone
  return { id: payload.id, deleted, pruned, modified, last_modified_at, cursor, payload: asItCame(payload) };
}

function readPage(text) { // the records before the first that cannot be stored, its fault, next_cursor
  const { records, next_cursor: next } = parse(text), rows = [];
  for (const record of records) {
    try { rows.push(readRecord(record)); } catch (why) {
      return { rows, poison: `${why.message}: ${asItCame(record).slice(0, 300)}` }; // CLIENT-11: told
    }
  }
  return { rows, next };
}

class Stream {
  constructor(name) {
    const dir = `${env.TERAPI_STATE_DIR ?? '.'}/${encodeURIComponent(name)}`, keys = name.split('/');
    Object.assign(this, { name, dir, keys: keys.map(decodeURIComponent), last: 0 });
    Object.assign(this, { failures: 0, fullRead: false, hinted: false, looks: [] });
  }
  // ---- Its store: page N of what was fetched, with its cursor, is the file N ----
  has(n) { return fs.existsSync(`${this.dir}/${n}`); }
  page(n) { return JSON.parse(fs.readFileSync(`${this.dir}/${n}`)); }

  add(rows) {
    fs.mkdirSync(this.dir, { recursive: true });
    const made = `${this.dir}/${randomUUID()}.tmp`, file = fs.openSync(made, 'w');
    try {
      fs.writeFileSync(file, JSON.stringify({ cursor: rows.at(-1).cursor, rows })); // CLIENT-2: in one
      fs.fsyncSync(file); // whole before it counts, should the power fail
      fs.linkSync(made, `${this.dir}/${this.last + 1}`); // CLIENT-2, CLIENT-12: at once; fails if it is there
    } finally {
      fs.closeSync(file); fs.rmSync(made);
    }
    Object.assign(this, { last: this.last + 1, fullRead: false, looks: [] });
  }

  dump() {
    const held = new Map(), [integration, connection, model] = this.keys;
    for (let n = 1; this.has(n); n++) for (const row of this.page(n).rows) {
      const old = held.get(row.id);
      if (old?.modified > row.modified) continue; // CLIENT-8: the older version never wins
      if (old && row.pruned) row.payload = old.payload; // CLIENT-8: pruned is not emptied
      held.delete(row.id); // to the end with it
      held.set(row.id, row); // CLIENT-8: ADDED, UPDATED, DELETED; known or not
    }
    const rows = [...held.values()].sort((a, b) => a.modified - b.modified);
    for (const { payload, modified, pruned, ...row } of rows) {
      const line = JSON.stringify({ integration, connection, model, variant: 'base', ...row });
      process.stdout.write(`${line.slice(0, -1)},"payload":${payload}}\n`);
    }
  }

  // ---- Its loop: from the stored cursor to the end, a rest, and again ----
  async run() { // CLIENT-4: one loop, so one fetch at a time
    for (;;) try {
      await this.catchUp();
      this.failures = 0;
      await this.rest();
    } catch (why) { // CLIENT-9: reset, time-out, cut short, disk full
      if (why.stop) return say(`${this.name}: STOPPED: ${why.message}`); // CLIENT-9, CLIENT-11: aloud
      say(`${this.name}: trying again: ${why.cause ?? why}`);
      if (why.badCursor) this.fullRead = true; // CLIENT-9: and what is held stays
      const delay = Math.min(5000, 200 * 2 ** this.failures++) * (1 + Math.random()) / 2; // CLIENT-9: jitter
      await sleep(Math.min(86_400_000, Math.max(why.after ?? 0, delay))); // no webhook cuts it short
    }
  }

  hint() { this.hinted = true; this.wake?.(); }
  async rest() {
    const look = Math.min(this.looks.shift() ?? POLL, POLL);
    const over = new Promise((wake) => { setTimeout(this.wake = wake, look); }); // CLIENT-3: webhook or not
    if (!this.hinted) await over;
    if (!this.hinted) return;
    await sleep(100); // a burst gathers
    this.hinted = false; // CLIENT-4: all that comes from here on leads to one more walk
    this.looks = [1000, 3000, 10000]; // a webhook may come before its data
  }

  async catchUp() {
    while (this.has(this.last + 1)) this.last++; // CLIENT-1: whoever stored them
    let asked = this.fullRead || !this.last ? null : this.page(this.last).cursor; // CLIENT-1: resumes
    for (;;) {
      const { rows, poison, next } = await fetchPage(this.keys, asked); // CLIENT-10: a page at a time
      if (rows.length) this.add(rows);
      if (poison) throw new Failure(poison, { stop: true }); // CLIENT-11: what stands before it is stored
      if (next === null) return; // CLIENT-7: neither a short page nor an empty one is the end
      if (!next || next === asked) throw new Failure('it leads nowhere');
      asked = next;
    }
  }
}

async function readBody(stream, most) {
  const chunks = [];
  for await (const chunk of stream) {
    if ((most -= chunk.length) < 0) throw new Failure('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function fetchPage([integration, connection, model], asked) {
  const query = Object.entries({ model, limit: LIMIT, ...(asked ? { cursor: asked } : {}) })
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&'); // CUR-6: a cursor may hold +/=&%
  const bytes = (text) => Buffer.from(text).toString('latin1'); // what a header is made of
  const headers = { 'Provider-Config-Key': bytes(integration), 'Connection-Id': bytes(connection) };
  headers.Authorization = `Bearer ${KEY}`;
  const options = { headers, redirect: 'manual' }; // AUTH-5: the key goes to nobody else
  options.signal = AbortSignal.timeout(30_000); // CLIENT-9: for all of it
  const answer = await fetch(`${BASE}/records?${query}`, options);
  const body = await readBody(answer.body ?? [], MAX_PAGE); // throws when it is cut short
  if (answer.status === 200) return readPage(new TextDecoder('utf-8', { fatal: true }).decode(body));
  throw refusal(answer, body.toString().slice(0, 300), asked);
}

function refusal({ status, headers }, text, asked) {
  const badCursor = status === 400 && asked && text.includes('"invalid_cursor"'); // CLIENT-9: heals itself
  const passes = badCursor || status < 400 || status >= 500 || [408, 425, 429].includes(status);
  const stop = !passes; // CLIENT-9: asking again is no use
  const after = retryAfter(headers); // CLIENT-9: the loop has the floor
  return new Failure(`the server answered ${status}: ${text}`, { badCursor, after, stop });
}

function retryAfter(headers) { // in ms; 0 if it is garbage, or none
  const value = headers.get('retry-after');
  if (/^\d+$/.test(value)) return Number(value) * 1000; // CLIENT-9: seconds
  return Date.parse(value) - Date.parse(headers.get('date')) || 0; // CLIENT-9: or a date
}

// ---- Webhooks ----
function verified(body, header) {
  const expected = createHmac('sha256', SIGNING_KEY).update(body).digest(); // CLIENT-5: of the raw bytes
  const given = header.split(',').map((one) => Buffer.from(one.trim(), 'hex')); // HOOK-9: a list, at times
  return given.some((one) => one.length === 32 && timingSafeEqual(one, expected)); // in constant time
}

async function receive(request, response) {
  const body = await readBody(request, MAX_WEBHOOK);
  if (!verified(body, request.headers[SIGNATURE] ?? '')) return response.writeHead(401).end(); // CLIENT-5
  response.writeHead(200).end(); // CLIENT-6: answered before anything is fetched
  const event = await new Response(body).json().catch(() => null); // whatever it is then, it is no hint
  const told = JSON.stringify([event?.providerConfigKey, event?.connectionId, event?.model]);
  const stream = streams.find(({ keys }) => JSON.stringify(keys) === told); // no more of it is believed
  stream?.hint(); // CLIENT-4: it says where to look, and the stream's own loop fetches
}

const streams = env.TERAPI_STREAMS.split(/\s+/).filter(Boolean).map((name) => new Stream(name));
if (process.argv[2] === 'dump') streams.forEach((stream) => stream.dump()); else {
  const server = http.createServer((...both) => receive(...both).catch(() => both[0].destroy()));
  server.on('error', (why) => say(`no webhooks: ${why.message}`)); // polling goes on without them
  if (env.TERAPI_WEBHOOK_PORT) server.listen(Number(env.TERAPI_WEBHOOK_PORT), '127.0.0.1', 512);
  streams.forEach((stream) => stream.run());
}
