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

const BASE = process.env.TERAPI_BASE_URL ?? 'http://127.0.0.1:3003';
const DIALECT = process.env.TERAPI_DIALECT ?? 'terapi';
const KEY = process.env.TERAPI_SECRET_KEY ?? '';
const SIGNING_KEY = process.env.TERAPI_SIGNING_KEY || KEY;
const STATE_DIR = process.env.TERAPI_STATE_DIR ?? '.';
const WEBHOOK_PORT = process.env.TERAPI_WEBHOOK_PORT;
const POLL = Number(process.env.TERAPI_POLL_MS ?? 30000);
const LIMIT = process.env.TERAPI_LIMIT ?? '1000';

const MAX_PAGE = 128 << 20; // bytes
const MAX_WEBHOOK = 1 << 20;

// It passes by itself, unless it is a `stop`: then only a person can help.
class Failure extends Error {
  constructor(why, { stop = false, badCursor = false, after = 0 } = {}) {
    super(why);
    this.stop = stop;
    this.badCursor = badCursor;
    this.after = after; // not sooner than in so many milliseconds
  }
}

function say(text) {
  if (KEY) text = text.replaceAll(KEY, '(key)'); // AUTH-5: a server may repeat it
  console.error(text);
}

// ---- A page ----
//
// Its numbers stay the text that came, since 2^53 + 1, 0.10 and 1e400 are none of JavaScript's. So before it is
// parsed, each number becomes a string between two marks; after a payload is written, a number again.

const MARK = randomUUID(); // nobody's text has it
const TOKEN = /\\.|"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function parse(text) {
  let inString = false;
  const marked = text.replace(TOKEN, (token) => {
    if (token[0] === '\\') return token;
    if (token === '"') inString = !inString;
    if (token === '"' || inString) return token;
    return `"${MARK}${token}${MARK}"`; // REC-10: its digits are kept
  });
  return JSON.parse(marked);
}

function asItCame(value) {
  return JSON.stringify(value).replace(RegExp(`"${MARK}(.*?)${MARK}"`, 'g'), '$1');
}

function isText(value) {
  return typeof value === 'string' && !value.startsWith(MARK);
}

// '2024-01-01T00:00:00.123456+02:00' in microseconds since 1970.
function micros(stamp) {
  const [, day, fraction = '', zone] = /^([^.]{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp);
  // CLIENT-8: to the microsecond, since two versions may lie within a millisecond.
  return Date.parse(day + zone) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function readRecord(record) {
  const { [`_${DIALECT}_metadata`]: meta, ...payload } = record;
  if (!isText(payload.id)) throw Error('no id');
  if (!isText(meta.cursor)) throw Error('no cursor');
  return {
    id: payload.id,
    deleted: meta.last_action === 'DELETED', // CLIENT-8: a tombstone
    pruned: Boolean(meta.pruned_at),
    modified: micros(meta.last_modified_at),
    last_modified_at: meta.last_modified_at,
    cursor: meta.cursor,
    payload: asItCame(payload),
  };
}

// The records before the first that cannot be stored, what is wrong with that one, next_cursor.
function readPage(text) {
  const page = parse(text);
  const rows = [];
  for (const record of page.records) {
    try {
      rows.push(readRecord(record));
    } catch (why) {
      const poison = `${why.message}: ${asItCame(record).slice(0, 300)}`;
      return { rows, poison, next: null }; // CLIENT-11: told, and not passed over
    }
  }
  return { rows, poison: null, next: page.next_cursor };
}

// ---- The store of a stream: page N of what was fetched, with its cursor, is the file N ----

class Store {
  constructor(name) {
    this.dir = `${STATE_DIR}/${encodeURIComponent(name)}`;
    this.last = 0;
  }

  has(n) {
    return fs.existsSync(`${this.dir}/${n}`);
  }

  page(n) {
    return JSON.parse(fs.readFileSync(`${this.dir}/${n}`));
  }

  cursor() {
    while (this.has(this.last + 1)) this.last++; // CLIENT-1: whoever stored them
    return this.last ? this.page(this.last).cursor : null;
  }

  add(rows) {
    fs.mkdirSync(this.dir, { recursive: true });
    const made = `${this.dir}/${randomUUID()}.tmp`;
    const file = fs.openSync(made, 'w');
    try {
      // CLIENT-2: the records and the cursor, in one file.
      fs.writeFileSync(file, JSON.stringify({ cursor: rows.at(-1).cursor, rows }));
      fs.fsyncSync(file); // whole before it counts, should the power fail
      // CLIENT-2: it is there at once. CLIENT-12: it fails where another worker's is.
      fs.linkSync(made, `${this.dir}/${this.last + 1}`);
      this.last++;
    } finally {
      fs.closeSync(file);
      fs.rmSync(made);
    }
  }

  // What each record is now.
  records() {
    const held = new Map();
    for (let n = 1; this.has(n); n++) {
      for (const row of this.page(n).rows) {
        const old = held.get(row.id);
        if (old?.modified > row.modified) continue; // CLIENT-8: the older version never wins
        if (old && row.pruned) row.payload = old.payload; // CLIENT-8: pruned is not emptied
        held.delete(row.id); // to the end with it
        held.set(row.id, row); // CLIENT-8: ADDED, UPDATED, DELETED; known or not
      }
    }
    return [...held.values()].sort((a, b) => a.modified - b.modified);
  }
}

// ---- A stream: it walks from the stored cursor to the end, rests, and walks again ----

class Stream {
  constructor(name) {
    this.name = name;
    this.keys = name.split('/').map(decodeURIComponent);
    this.store = new Store(name);
    this.failures = 0;
    this.fullRead = false;
    this.hinted = false;
    this.wake = () => {};
    this.looks = []; // when to look again, after a webhook
  }

  // CLIENT-4: one loop, so one fetch at a time.
  async run() {
    for (;;) {
      try {
        await this.catchUp();
        this.failures = 0;
        await this.rest();
      } catch (why) { // CLIENT-9: reset, time-out, cut short, disk full
        if (why.stop) {
          say(`${this.name}: STOPPED: ${why.message}`); // CLIENT-9, CLIENT-11: aloud; the others go on
          return;
        }
        say(`${this.name}: trying again: ${why.cause ?? why}`);
        if (why.badCursor) this.fullRead = true; // CLIENT-9: and what is held stays
        await this.backOff(why.after ?? 0);
      }
    }
  }

  async backOff(atLeast) {
    this.failures++;
    // CLIENT-9: longer and longer, and not all clients at once.
    const delay = Math.min(5000, 100 * 2 ** this.failures) * (1 + Math.random()) / 2;
    await sleep(Math.min(86_400_000, Math.max(atLeast, delay))); // no webhook cuts it short
  }

  // There may be something new.
  hint() {
    this.hinted = true;
    this.wake();
  }

  async rest() {
    const look = Math.min(this.looks.shift() ?? POLL, POLL);
    if (!this.hinted) {
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, look); // CLIENT-3: it looks again, webhook or not
      });
    }
    if (!this.hinted) return;
    await sleep(100); // a burst gathers
    this.hinted = false; // CLIENT-4: all that comes from here on leads to one more walk
    this.looks = [1000, 3000, 10000]; // a webhook may come before its data
  }

  async catchUp() {
    const stored = this.store.cursor();
    let asked = this.fullRead ? null : stored; // CLIENT-1: from the last record stored
    const followed = new Set(); // in this walk
    for (;;) {
      const { rows, poison, next } = await fetchPage(this.keys, asked); // CLIENT-10: a page at a time
      if (rows.length) {
        this.store.add(rows);
        this.fullRead = false;
        this.looks = [];
      }
      if (poison) throw new Failure(poison, { stop: true }); // CLIENT-11: what stands before it is stored
      if (next === null) return; // CLIENT-7: neither a short page nor an empty one is the end
      // CLIENT-9: no faster than other trouble.
      if (!next || followed.has(next)) throw new Failure('the pages go round in a circle');
      followed.add(next);
      asked = next;
    }
  }
}

// ---- A fetch ----

async function readBody(stream, most) {
  const chunks = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) throw new Failure('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// What a header is made of.
function bytes(text) {
  return Buffer.from(text).toString('latin1');
}

async function fetchPage([integration, connection, model], asked) {
  const query = { model, limit: LIMIT };
  if (asked) query.cursor = asked;
  const text = Object.entries(query)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`) // CUR-6: a cursor may hold + / = & %
    .join('&');
  const answer = await fetch(`${BASE}/records?${text}`, {
    headers: {
      Authorization: `Bearer ${KEY}`,
      'Provider-Config-Key': bytes(integration),
      'Connection-Id': bytes(connection),
    },
    redirect: 'manual', // AUTH-5: the key goes to nobody else
    signal: AbortSignal.timeout(30_000), // CLIENT-9: for all of it
  });
  const body = await readBody(answer.body ?? [], MAX_PAGE); // CLIENT-9: throws when it is cut short
  if (answer.status === 200) return readPage(new TextDecoder('utf-8', { fatal: true }).decode(body));
  throw refusal(answer, body.toString().slice(0, 300), asked);
}

function refusal({ status, headers }, text, asked) {
  const why = `the server answered ${status}: ${text}`;
  if (status === 400 && asked && text.includes('"invalid_cursor"')) {
    return new Failure(why, { badCursor: true }); // CLIENT-9: this heals itself
  }
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) {
    return new Failure(why, { stop: true }); // CLIENT-9: asking again is no use
  }
  return new Failure(why, { after: retryAfter(headers) }); // CLIENT-9: and not sooner
}

// The milliseconds that it asks for; 0 if it is garbage, or none.
function retryAfter(headers) {
  const value = headers.get('retry-after');
  if (/^\d+$/.test(value)) return Number(value) * 1000; // CLIENT-9: seconds
  const until = Date.parse(value);
  const now = Date.parse(headers.get('date'));
  return until - now || 0; // CLIENT-9: or a date
}

// ---- Webhooks ----

function verified(body, header) {
  const expected = createHmac('sha256', SIGNING_KEY).update(body).digest(); // CLIENT-5: of the raw bytes
  const signatures = header.split(','); // HOOK-9: a list while keys are rotated
  return signatures.some((one) => {
    const given = Buffer.from(one.trim(), 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected); // in constant time
  });
}

// CLIENT-4: it says where to look, and nothing else of it is believed.
function hint(body) {
  let event;
  try {
    event = JSON.parse(body);
  } catch {
    return; // whatever it is, it is no hint
  }
  const told = JSON.stringify([event?.providerConfigKey, event?.connectionId, event?.model]);
  for (const stream of streams) {
    if (told === JSON.stringify(stream.keys)) stream.hint();
  }
}

async function receive(request, response) {
  const body = await readBody(request, MAX_WEBHOOK);
  const signature = request.headers[`x-${DIALECT}-hmac-sha256`] ?? '';
  if (!verified(body, signature)) {
    response.writeHead(401).end();
    return; // CLIENT-5: and nothing happens
  }
  response.writeHead(200).end(); // CLIENT-6: answered before anything is fetched
  hint(body);
}

// ---- The two commands ----

function dump(stream) {
  const [integration, connection, model] = stream.keys;
  for (const { payload, modified, pruned, ...row } of stream.store.records()) {
    const line = JSON.stringify({ integration, connection, model, variant: 'base', ...row });
    process.stdout.write(`${line.slice(0, -1)},"payload":${payload}}\n`);
  }
}

function listen() {
  const server = http.createServer((request, response) => {
    receive(request, response).catch(() => request.destroy());
  });
  server.on('error', (why) => say(`no webhooks: ${why.message}`)); // it polls, all the same
  server.listen(Number(WEBHOOK_PORT), '127.0.0.1', 512); // a burst waits in line
}

const names = (process.env.TERAPI_STREAMS ?? '').split(/\s+/).filter(Boolean);
const streams = names.map((name) => new Stream(name));
if (process.argv[2] === 'dump') {
  streams.forEach(dump);
} else {
  if (WEBHOOK_PORT) listen();
  streams.forEach((stream) => stream.run());
}
