// A long list of the simulator that grows at its end: read once as a whole, then only its newest part.
import { get } from './api.js';

const CHUNK = 200;
const MOST = 10000;

export class Journal {
  // `mutable`: entries change after they were written, and have an id.
  constructor(path, { mutable = false, isOver = () => true } = {}) {
    this.path = path;
    this.mutable = mutable;
    this.isOver = isOver;
    this.value = null;
  }

  // Whether anything is new.
  async read() {
    const before = this.value;
    const known = before?.items ?? [];
    const answer = await get(`${this.path}?limit=${CHUNK}`);
    const chunk = answer[this.path];
    let at = chunk.length < CHUNK ? 0 : this.placeOf(chunk, known);
    if (at < 0) return this.readAll();
    const settled = await this.settle(known.slice(0, at));
    const same = settled.same && known.length === at + chunk.length && chunk.every((entry, i) => this.equal(entry, known[at + i]));
    if (before && same && before.dropped === answer.dropped) return false;
    this.value = { items: [...settled.items, ...chunk].slice(-MOST), dropped: answer.dropped };
    return true;
  }

  async readAll() {
    const answer = await get(`${this.path}?limit=${MOST}`);
    this.value = { items: answer[this.path], dropped: answer.dropped };
    return true;
  }

  equal(a, b) {
    return JSON.stringify(a) === JSON.stringify(b);
  }

  // Where the chunk begins in what is known; -1 where it does not follow on it.
  placeOf(chunk, known) {
    const same = this.mutable ? (a, b) => a.id === b.id : this.equal;
    for (let at = known.length - 1; at >= 0 && at >= known.length - 2 * CHUNK; --at) {
      if (!same(known[at], chunk[0])) continue;
      if (known.slice(at).every((entry, i) => i < chunk.length && same(entry, chunk[i]))) return at;
    }
    return -1;
  }

  // Older entries that were not over: how they are now.
  async settle(items) {
    if (!this.mutable) return { items, same: true };
    const open = items.filter(entry => !this.isOver(entry)).slice(0, 20);
    if (!open.length) return { items, same: true };
    const now = new Map();
    await Promise.all(open.map(async ({ id }) => {
      const entry = await get(`${this.path}/${id}`).catch(() => null);
      if (entry) now.set(id, entry);
    }));
    return { items: items.map(entry => now.get(entry.id) ?? entry), same: false };
  }
}
