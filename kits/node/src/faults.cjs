'use strict';

const { invalidOptions } = require('./simulator_error.cjs');

/** One fault rule that is in force. */
class Fault {
  #control;

  constructor(control, id) {
    this.#control = control;
    this.id = id;
  }

  get #path() {
    return `/faults/${encodeURIComponent(this.id)}`;
  }

  rule() {
    return this.#control.call('GET', this.#path);
  }

  async fired() {
    return (await this.rule()).fired;
  }

  async remove() {
    await this.#control.call('DELETE', this.#path);
  }
}

/** The fault rules. */
class Faults {
  #control;
  #turn = Promise.resolve(); // two rules that are added at once get two ids

  constructor(control) {
    this.#control = control;
  }

  async list() {
    return (await this.#control.call('GET', '/faults')).faults;
  }

  async add(rule) {
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
      throw invalidOptions("faults.add: expected one rule, as in { on: 'api', do: { status: 503 } }; for several there is faults.set");
    }
    const added = this.#turn.then(async () => {
      const id = rule.id ?? firstFree(await this.list());
      await this.#control.call('PUT', `/faults/${encodeURIComponent(id)}`, { ...rule, id });
      return new Fault(this.#control, id);
    });
    this.#turn = added.catch(() => {});
    return added;
  }

  async set(rules) {
    const { faults } = await this.#control.call('PUT', '/faults', rules);
    return faults.map(({ id }) => new Fault(this.#control, id));
  }

  async clear() {
    await this.#control.call('DELETE', '/faults');
  }
}

// The same in each test that begins with the same rules: a probability is decided by the id, too.
function firstFree(rules) {
  const taken = new Set(rules.map(({ id }) => id));
  let number = 1;
  while (taken.has(`fault-${number}`)) ++number;
  return `fault-${number}`;
}

/**
 * A rule that loses webhooks.
 * @param {{ match?: object, times?: number, every?: number, nth?: number[], probability?: number, id?: string }} options
 */
function lostWebhooks({ match, ...which } = {}) {
  // A first attempt that is lost is never made again. Deliveries that have got as far as a second are not meant.
  return { ...which, on: 'webhook', match: { attempt: 1, ...match }, do: { drop: true } };
}

module.exports = { Fault, Faults, lostWebhooks };
