// Tells when to look again: by server-sent events where the simulator has them, else each second. Not while the tab is
// hidden.
import { redraw } from './redraw.js';

const EVENTS = '/_simulator/events';
const EACH = 1000;
const WITH_EVENTS = 5000; // in case one gets lost
const AT_MOST_EVERY = 150;

// look(names or null for everything) reads and draws; it answers whether the simulator was there.
export class Watch {
  constructor(look) {
    this.look = look;
    this.misses = 0;
    this.timer = 0;
    this.running = false;
    this.asked = null;
    this.pending = false;
    this.waiting = [];
    this.live = false;
    document.addEventListener('visibilitychange', () => this.again());
    this.listen();
    this.again();
  }

  // An answer is one event: EventSource then says that the connection is gone, and asks for the next one by itself. So one
  // such error is as it should be; another before the next event is not.
  listen() {
    const source = new EventSource(EVENTS);
    let errors = 0;
    source.onmessage = ({ data }) => {
      errors = 0;
      this.becomes(true);
      this.ask(namesIn(data));
    };
    source.onerror = () => {
      errors += 1;
      if (source.readyState === EventSource.CLOSED || errors > 1) this.becomes(false);
    };
  }

  becomes(live) {
    if (live === this.live) return;
    this.live = live;
    redraw();
    this.again();
  }

  // Everything, now; kept when it is shown.
  again() {
    if (document.hidden) return Promise.resolve();
    return new Promise(done => {
      this.waiting.push(done);
      this.ask(null);
    });
  }

  ask(names) {
    if (document.hidden) return;
    this.asked = this.asked === null && this.pending ? null : names && this.pending ? [...this.asked, ...names] : names;
    this.pending = true;
    if (!this.running) this.round();
  }

  async round() {
    clearTimeout(this.timer);
    this.running = true;
    const names = this.asked;
    this.pending = false;
    const waiting = this.waiting.splice(0);
    const reached = await this.look(names);
    for (const done of waiting) done();
    this.misses = reached ? 0 : this.misses + 1;
    this.running = false;
    if (document.hidden) return;
    const wait = this.misses ? Math.min(5000, EACH * this.misses) : this.live ? WITH_EVENTS : EACH;
    if (this.pending && waiting.length === 0 && this.waiting.length > 0) return this.round();
    this.timer = setTimeout(() => (this.pending ? this.round() : this.ask(null)), this.pending ? AT_MOST_EVERY : wait);
  }
}

// {"changed":["requests","logs"]}; anything else: all.
function namesIn(text) {
  try {
    const { changed } = JSON.parse(text);
    return Array.isArray(changed) ? changed : null;
  } catch {
    return null;
  }
}
