// What is synced of a stream: its records, and the cursor of the one that was stored last. Files stand in here for the
// database that you have; the page docs/coming-from-nango.md has the same in SQL.
//
// A transaction is one file with its number: the records of a page together with the cursor. It is written aside, synced,
// and linked to its number when it is whole. So there is never a cursor without its records, and of two workers that
// are at the same place one gets the number, and the other one an error.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';

export class Store {
  #last = 0;

  /** @param {string} folder  this stream's own */
  constructor(folder) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  /** The cursor to go on from; null at the very beginning. Looks whether other workers have got further. */
  cursor() {
    while (fs.existsSync(this.#path(this.#last + 1))) this.#last++;
    return this.#last ? this.#read(this.#last).cursor : null;
  }

  /** One transaction. Throws, and stores nothing, where another worker has stored since cursor() was asked. */
  save(rows, cursor) {
    const aside = `${this.folder}/${randomUUID()}.tmp`;
    const file = fs.openSync(aside, 'w');
    try {
      fs.writeFileSync(file, JSON.stringify({ cursor, rows }));
      fs.fsyncSync(file); // whole before it counts, should the power fail
      fs.linkSync(aside, this.#path(this.#last + 1));
      this.#last++;
    } finally {
      fs.closeSync(file);
      fs.rmSync(aside);
    }
  }

  /** The records as they are now, deletions among them. */
  records() {
    const held = new Map();
    for (let n = 1; fs.existsSync(this.#path(n)); n++) {
      for (const row of this.#read(n).rows) upsert(held, row);
    }
    return [...held.values()].sort((a, b) => a.modified - b.modified);
  }

  #path(n) {
    return `${this.folder}/${n}`;
  }

  #read(n) {
    return JSON.parse(fs.readFileSync(this.#path(n), 'utf8'));
  }
}

/** ADDED, UPDATED and DELETED alike, known or not: the newer version of a record is kept. */
function upsert(held, row) {
  const old = held.get(row.id);
  if (old?.modified > row.modified) return; // read again, or from a replica that lags: what was deleted stays so
  if (old && row.pruned) row.payload = old.payload; // pruned there is not emptied here
  held.delete(row.id); // to the end with it
  held.set(row.id, row);
}
