// A long list of the simulator that grows at its end: read once as a whole, then only its newest part.
import { get } from './api.js';

const CHUNK = 200;
const MOST = 10000;

export class Journal {
  // `mutable`: entries change after they were written, and have an id.
  constructor(path, { mutable = false, isOver = () => true } = {}) {
    this.path = path;
    this.asked = '';
    this.mutable = mutable;
    this.isOver = isOver;
    this.value = null;
  }

  // Only entries of that query from now on: "level=info&kind=run".
  ask(query) {
    if (query === this.asked) return;
    this.asked = query;
    this.value = null;
  }

  // The newest so many. What was asked for anew meanwhile is not answered by this.
  async newest(limit) {
    const { asked } = this;
    const answer = await get(`${this.path}?limit=${limit}${asked && `&${asked}`}`);
    return asked === this.asked ? answer : this.newest(limit);
  }

  // Whether anything is new.
  async read() {
    const answer = await this.newest(CHUNK);
    const before = this.value;
    const known = before?.items ?? [];
    const chunk = answer[this.path];
    let at = chunk.length < CHUNK ? 0 : this.placeOf(chunk, known);
    if (at < 0) return this.readAll();
    const settled = await this.settle(known.slice(0, at));
    const same = settled.same && known.length === at + chunk.length && chunk.every((entry, i) => this.equal(entry, known[at + i]));
    if (before && same && before.dropped === answer.dropped) return false;
    return this.take(answer, [...settled.items, ...chunk].slice(-MOST));
  }

  async readAll() {
    const answer = await this.newest(MOST);
    return this.take(answer, answer[this.path]);
  }

  take({ dropped, retention }, items) {
    this.value = { items, dropped, retention };
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
