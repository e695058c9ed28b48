// The records of one stream, read again when the stream has changed; and the versions that were seen meanwhile.
import { lines, query } from './api.js';
import { memberText } from './json_text.js';
import { redraw } from './redraw.js';

export const MOST = 20000;

const streamKey = s => [s.environment, s.integration, s.connection, s.model, s.variant].join('\n');
const mark = s => [s.records, s.added, s.updated, s.deleted, s.bytes, s.last_cursor].join();

let shown = { key: null };

const TITLES = ['title', 'name', 'full_name', 'subject', 'email', 'description', 'number'];
const isWord = w => (typeof w === 'string' && w !== '') || typeof w === 'number';

function titleOf(payload) {
  const word = TITLES.map(name => payload?.[name]).find(isWord);
  return word === undefined ? '' : String(word);
}

function parse(line) {
  const { id, deleted, last_modified_at: at, cursor, payload } = JSON.parse(line);
  const title = titleOf(payload);
  return { id, deleted, at, cursor, line, title, words: `${id} ${title}`.toLowerCase() };
}

// Its other members in short: "state=open  author=ada".
export function inShort(record) {
  const { payload } = JSON.parse(record.line);
  const rest = Object.entries(payload ?? {}).filter(([name, value]) => name !== 'id' && !name.endsWith('_at') && isWord(value) && ![record.title, record.id].includes(String(value)));
  return rest.slice(0, 8).map(([name, value]) => `${name}=${value}`).join('  ');
}

export const payloadOf = record => memberText(record.line, 'payload') ?? 'null';

async function load(stream, key) {
  const { environment, integration, connection, model, variant } = stream;
  try {
    const texts = await lines(`truth${query({ environment, integration, connection, model, variant, limit: MOST })}`, MOST);
    if (shown.key !== key) return;
    keep(texts.map(parse));
    shown.problem = null;
  } catch (problem) {
    if (shown.key === key) shown.problem = problem.message;
  }
  shown.loading = false;
  shown.readAt = Date.now();
  redraw();
}

// A long stream that changes all the time is not read all the time.
const pause = () => Math.min(10000, (shown.newestFirst?.length ?? 0) / 5);

function mayRead() {
  const wait = (shown.readAt ?? 0) + pause() - Date.now();
  if (wait <= 0) return true;
  clearTimeout(shown.timer);
  shown.timer = setTimeout(redraw, wait);
  return false;
}

// In reading order a record's latest place is last: the newest change is shown first.
function keep(records) {
  const before = shown.byId;
  shown.byId = new Map(records.map(r => [r.id, r]));
  for (const record of before ? records : []) {
    const old = before.get(record.id);
    if (old && old.cursor !== record.cursor) shown.versions.set(record.id, [...(shown.versions.get(record.id) ?? []), old]);
  }
  shown.newestFirst = records.reverse();
}

// { records, byId, versions, loading, problem }; asks for a reading where there is none of the stream as it is now.
export function recordsOf(stream) {
  const key = streamKey(stream);
  if (shown.key !== key) shown = { key, newestFirst: null, byId: null, versions: new Map(), mark: null, loading: false, problem: null };
  if (!shown.loading && shown.mark !== mark(stream) && mayRead()) {
    shown.mark = mark(stream);
    shown.loading = true;
    load(stream, key);
  }
  return { records: shown.newestFirst, byId: shown.byId, versions: shown.versions, problem: shown.problem };
}
