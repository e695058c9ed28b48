// The walk of terapi-sync as one writes it today: Nango's own Node client, better-sqlite3, one transaction for
// a page and its cursor.
//
//     node sync_with_nango.mjs MODULES URL KEY INTEGRATION CONNECTION MODEL LIMIT FILE.db
//
// MODULES is the folder whose node_modules has the two packages. Prints how many records it stored.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, host, secretKey, providerConfigKey, connectionId, model, limit, file] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)));

const { Nango } = await load('@nangohq/node');
const { default: Database } = await load('better-sqlite3');

const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.exec(`
  CREATE TABLE IF NOT EXISTS records (
    connection TEXT NOT NULL, model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, deleted INTEGER NOT NULL,
    last_action TEXT NOT NULL, first_seen_at TEXT, last_modified_at TEXT NOT NULL, cursor TEXT NOT NULL,
    PRIMARY KEY (connection, model, id));
  CREATE TABLE IF NOT EXISTS cursors (
    connection TEXT NOT NULL, model TEXT NOT NULL, cursor TEXT NOT NULL, PRIMARY KEY (connection, model));
`);

const upsert = db.prepare(`
  INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET payload = excluded.payload, deleted = excluded.deleted,
    last_action = excluded.last_action, first_seen_at = excluded.first_seen_at,
    last_modified_at = excluded.last_modified_at, cursor = excluded.cursor
  WHERE excluded.last_modified_at >= last_modified_at`);
const move = db.prepare(
  'INSERT INTO cursors VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET cursor = excluded.cursor');

const store = db.transaction((records) => {
  for (const { _nango_metadata: meta, ...payload } of records) {
    upsert.run(connectionId, model, payload.id, JSON.stringify(payload), meta.deleted_at ? 1 : 0,
               meta.last_action, meta.first_seen_at, meta.last_modified_at, meta.cursor);
  }
  if (records.length > 0) move.run(connectionId, model, records.at(-1)._nango_metadata.cursor);
});

const nango = new Nango({ host, secretKey });
let cursor = db.prepare('SELECT cursor FROM cursors WHERE connection = ? AND model = ?')
  .get(connectionId, model)?.cursor;
let stored = 0;
do {
  const page = await nango.listRecords({ providerConfigKey, connectionId, model, limit: Number(limit), cursor });
  store(page.records);
  stored += page.records.length;
  cursor = page.next_cursor;
} while (cursor);

db.close();
console.log(stored);
