// One record: payload, cursor, metadata, what became of it, and changing it.
import { act, submit, sureButton } from './act.js';
import { control, publicCall, query } from './api.js';
import { decodeCursor } from './cursor.js';
import { h } from './dom.js';
import { fullTime, plural } from './format.js';
import { jsonText, memberText } from './json_text.js';
import { badge, copyButton, facts, field, time } from './parts.js';
import { redraw } from './redraw.js';
import { go } from './router.js';
import { payloadOf } from './stream_records.js';

const METADATA = ['_terapi_metadata', '_nango_metadata'];
const metadata = new Map(); // cursor → { first_seen_at, … }, as the public API told

async function run(stream, change) {
  const { environment, integration, connection, model, variant } = stream;
  const where = JSON.stringify({ integration, connection, model, variant }).slice(0, -1);
  const done = await control('POST', `runs${query({ environment })}`, `${where},${change}}`);
  const parts = ['added', 'updated', 'deleted', 'unchanged'].filter(name => done[name]).map(name => `${done[name]} ${name}`);
  return `${parts.join(', ') || 'Nothing changed'}; ${done.deliveries.length ? plural(done.deliveries.length, 'webhook') : 'no webhook'}`;
}

async function readMetadata(stream, record) {
  const answer = await publicCall('GET', `/records${query({ model: stream.model, variant: stream.variant, ids: record.id })}`, {
    environment: stream.environment, headers: { 'Provider-Config-Key': stream.integration, 'Connection-Id': stream.connection },
  });
  const found = answer.records[0];
  if (!found) return 'GET /records does not have it';
  metadata.set(record.cursor, found[METADATA.find(name => found[name])]);
  redraw();
  return null;
}

function drawCursor(record) {
  const decoded = decodeCursor(record.cursor);
  return h('section', { key: 'cursor', 'aria-label': 'Cursor' }, h('h3', {}, 'Cursor'),
    h('div', { class: 'code-line' }, h('code', { class: 'wrap' }, record.cursor), copyButton(record.cursor, 'Copy', 'Copy the cursor')),
    decoded
      ? [h('p', { class: 'muted' }, 'Decoded from base64'), facts([['Text', h('code', { class: 'wrap' }, decoded.text)], ['Changed at', h('code', {}, decoded.time)], ['Tie-breaker', h('code', { class: 'wrap' }, decoded.id)]])]
      : h('p', { class: 'muted' }, 'It is not base64 of a time and an id.'));
}

// As the guide does it; the key is left to the shell.
function curl(stream, record) {
  const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;
  const variant = stream.variant === 'base' ? [] : [`--data-urlencode ${quoted(`variant=${stream.variant}`)}`];
  return [`curl -G ${location.origin}/records`, '--header "Authorization: Bearer $TERAPI_SECRET_KEY"', `--header ${quoted(`Provider-Config-Key: ${stream.integration}`)}`,
    `--header ${quoted(`Connection-Id: ${stream.connection}`)}`, `--data-urlencode ${quoted(`model=${stream.model}`)}`, ...variant,
    `--data-urlencode ${quoted(`cursor=${record.cursor}`)}`].join(' \\\n  ');
}

function drawFetch(stream, record) {
  const command = curl(stream, record);
  return h('details', { key: 'fetch', class: 'card' }, h('summary', {}, 'Fetch what was changed after it'),
    h('div', { class: 'pad bare-top' }, h('div', { class: 'code-line' }, h('code', { class: 'wrap' }, command), copyButton(command, 'Copy', 'Copy the command'))));
}

function drawMetadata(stream, record) {
  const known = metadata.get(record.cursor);
  const rows = [['Last modified', time(record.at)], ['State', record.deleted ? 'deleted' : 'live']];
  for (const [name, value] of Object.entries(known ?? {})) {
    if (name !== 'cursor' && name !== 'last_modified_at') rows.push([name, value === null ? 'null' : /_at$/.test(name) ? time(value) : String(value)]);
  }
  return h('section', { key: 'metadata', 'aria-label': 'Metadata' }, h('h3', {}, 'Metadata'), facts(rows),
    !known && h('div', { class: 'row' }, h('button', { type: 'button', class: 'quiet', onclick: () => act(() => readMetadata(stream, record)) }, 'Read the rest by GET /records'),
      h('span', { class: 'muted small' }, 'A request as your client makes it: it is in the journal, and faults may strike it.')));
}

const changedMembers = (older, newer) => {
  const [a, b] = [older, newer].map(r => JSON.parse(payloadOf(r)) ?? {});
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(name => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
};

function versionLine(version, older) {
  const what = version.deleted ? 'Deleted' : older?.deleted ? 'Came back' : older ? 'Changed' : 'As it was first seen here';
  const names = older && !version.deleted && !older.deleted ? changedMembers(older, version) : [];
  return h('li', { key: version.cursor }, h('span', { class: 'dot', 'aria-hidden': 'true' }),
    h('div', { class: 'grow' }, h('p', {}, h('strong', {}, what), ' ', time(version.at)),
      names.map(name => h('p', { class: 'change', key: name }, h('code', {}, name), ' ',
        h('del', {}, memberText(payloadOf(older), name) ?? 'none'), ' → ', h('ins', {}, memberText(payloadOf(version), name) ?? 'none')))));
}

function drawHistory(record, versions) {
  const all = [...versions, record];
  const first = metadata.get(record.cursor)?.first_seen_at;
  return h('section', { key: 'history', 'aria-label': 'History' }, h('h3', {}, 'History'),
    h('ol', { class: 'history' }, all.map((version, i) => versionLine(version, all[i - 1])).reverse(),
      first && h('li', { key: 'first' }, h('span', { class: 'dot', 'aria-hidden': 'true' }), h('p', {}, h('strong', {}, 'First saved'), ' ', time(first)))),
    h('p', { class: 'muted small' }, 'Versions since this page was opened on the stream.'));
}

// `id` in front, so that a payload that was edited without it still names the record.
function recordText(id, source) {
  const value = JSON.parse(source);
  if (!value || typeof value !== 'object' || Array.isArray(value)) throw new Error('A record is a JSON object');
  if (memberText(source, 'id') !== undefined) return source;
  const rest = source.trim().slice(1).trim();
  return `{"id":${JSON.stringify(id)}${rest === '}' ? '' : ','}${rest}`;
}

const indent = source => JSON.stringify(JSON.parse(source), null, 2);

function drawChange(stream, record) {
  const source = payloadOf(record);
  const exact = JSON.stringify(JSON.parse(source)) === source ? indent(source) : source;
  const save = submit((form, values) => run(stream, `"save":[${recordText(record.id, values.get('payload'))}]`));
  return h('details', { key: `change-${record.id}`, class: 'card' }, h('summary', {}, 'Change this record'),
    h('form', { class: 'form', onsubmit: save },
      field('Payload', `record/${record.id}`, h('textarea', { name: 'payload', rows: '10', spellcheck: 'false' }, exact), 'Saved as one run of the sync: the webhook goes out.'),
      h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Save'),
        !record.deleted && sureButton(`delete-${record.id}`, 'Delete', () => run(stream, `"delete":[${JSON.stringify(record.id)}]`)))));
}

export function drawRecord(stream, record, versions) {
  return h('article', { key: `record-${record.id}` },
    h('header', { class: 'detail-head', key: 'head' }, h('h2', {}, h('code', { class: 'wrap' }, record.id)), record.deleted ? badge('off', 'deleted') : badge('good', 'live'),
      h('span', { class: 'muted' }, fullTime(record.at))),
    h('section', { key: 'payload', 'aria-label': 'Payload' }, h('h3', {}, 'Payload'), jsonText(payloadOf(record), `Payload of ${record.id}`)),
    drawCursor(record), drawMetadata(stream, record), drawHistory(record, versions), drawFetch(stream, record), drawChange(stream, record));
}

export function drawNewRecord(stream, place) {
  const save = submit(async (form, values) => {
    const source = values.get('payload');
    const id = JSON.parse(source)?.id;
    if (id === undefined) throw new Error('A record needs an "id"');
    const said = await run(stream, `"save":[${source}]`);
    go(...place, String(id));
    return said;
  });
  return h('article', { key: 'record-new' }, h('header', { class: 'detail-head' }, h('h2', {}, 'Add a record')),
    h('form', { class: 'form', onsubmit: save },
      field('Payload', 'record/new', h('textarea', { name: 'payload', rows: '8', spellcheck: 'false' }, '{\n  "id": "new-1",\n  "title": "A new record"\n}'), 'Saved as one run of the sync: the webhook goes out.'),
      h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Add'))));
}
