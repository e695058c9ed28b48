// The sync loop of one stream: it reads from the stored cursor to the end, rests, and reads again.
//
//   const stream = new Stream(nango, store, { providerConfigKey, connectionId, model, variant });
//   stream.run();      // for ever, or until stop(); a webhook calls hint()
//   stream.catchUp();  // once, now
import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from './failure.js';
import { rowOf } from './record.js';

const BURST = 100; // milliseconds in which webhooks gather
const LOOK_AGAIN = [1000, 3000, 10_000]; // after a webhook, since its data may become visible after it
const TIRED_OF_500 = 3; // so many of them at one cursor, and the cursor is suspected

export class Stream {
  #store;
  #nango;
  #failures = 0;
  #refusals = 0; // 500s in a row, at the stored cursor
  #fullRead = false;
  #hinted = false;
  #stopped = false;
  #wake = () => {};
  #looks = [];

  constructor(nango, store, names, { poll = 60_000, limit = 1000, firstWait = 100, say = console.error } = {}) {
    this.#nango = nango;
    this.#store = store;
    Object.assign(this, { names, poll, limit, firstWait, say });
  }

  /** One loop a stream, so one fetch at a time. */
  async run() {
    while (!this.#stopped) {
      try {
        await this.catchUp();
        await this.#rest();
      } catch (error) {
        const failure = Failure.of(error);
        this.say(`${Object.values(this.names).join('/')}: ${failure.stop ? 'STOPPED' : 'trying again'}: ${failure.message}`);
        if (failure.stop) return;
        this.#suspectCursor(failure);
        await this.#backOff(failure.after);
      }
    }
  }

  stop() {
    this.#stopped = true;
    this.#wake();
  }

  /** A webhook was there: something may be new. What, is found out by reading. */
  hint() {
    this.#hinted = true;
    this.#wake();
  }

  /** Reads until next_cursor is null. */
  async catchUp() {
    const stored = this.#store.cursor();
    let cursor = this.#fullRead ? null : stored;
    const followed = new Set();
    for (;;) {
      const { rows, poison, next } = await this.#page(cursor);
      if (rows.length > 0) {
        // The last record's own cursor: next_cursor is null at the end, and then there would be none to go on from.
        this.#store.save(rows, rows.at(-1).cursor);
        this.#fullRead = false;
        this.#looks = [];
      }
      this.#failures = this.#refusals = 0;
      if (poison) throw new Failure(poison, { stop: true }); // what stood before it is stored
      if (next === null) return; // neither a short page nor an empty one is the end
      if (followed.has(next)) throw new Failure('the pages go round in a circle');
      followed.add(next);
      cursor = next;
    }
  }

  async #page(cursor) {
    const answer = await this.#nango.listRecords({ ...this.names, limit: this.limit, cursor });
    // The client hands on what it cannot parse as text: an answer that was cut off, or a proxy's page.
    if (!Array.isArray(answer?.records) || !(answer.next_cursor === null || typeof answer.next_cursor === 'string')) {
      throw new Failure('the answer is not a page of records');
    }
    const rows = [];
    for (const record of answer.records) {
      try {
        rows.push(rowOf(record));
      } catch (error) {
        // Told, and not passed over: a record that is skipped once is lost for good.
        const poison = `a record cannot be stored: ${error.message}: ${JSON.stringify(record)?.slice(0, 300)}`;
        return { rows, poison, next: null };
      }
    }
    return { rows, poison: null, next: answer.next_cursor };
  }

  /**
   * Nango refuses a cursor with the same 500 that it has for an outage. So a cursor is suspected only after a few of them;
   * then all is read once more from the beginning. What is held stays meanwhile, and newer versions win.
   */
  #suspectCursor({ serverError, badCursor }) {
    const wasFullRead = this.#fullRead;
    this.#refusals = serverError && !wasFullRead ? this.#refusals + 1 : 0;
    // A full read that gets a 500 as well: it is an outage, and the cursor is worth another try.
    this.#fullRead = badCursor || this.#refusals >= TIRED_OF_500 || (wasFullRead && !serverError);
  }

  async #backOff(atLeast) {
    this.#failures++;
    const longest = Math.min(60_000, this.firstWait * 2 ** this.#failures);
    await sleep(Math.min(86_400_000, Math.max(atLeast, (longest * (1 + Math.random())) / 2))); // no webhook cuts it short
  }

  async #rest() {
    if (!this.#hinted && !this.#stopped) {
      const stop = new AbortController();
      const woken = new Promise((resolve) => (this.#wake = resolve));
      const slept = sleep(Math.min(this.#looks.shift() ?? this.poll, this.poll), undefined, { signal: stop.signal });
      await Promise.race([woken, slept.catch(() => {})]); // polls, too: webhooks get lost
      stop.abort();
    }
    if (!this.#hinted || this.#stopped) return;
    await sleep(BURST);
    this.#hinted = false; // whatever comes from here on leads to one more read
    this.#looks = [...LOOK_AGAIN];
  }
}
