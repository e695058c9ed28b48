'use strict';

const { queryOf } = require('./control.cjs');
const { dumpLines } = require('./dump_lines.cjs');
const { streamParts } = require('./stream_name.cjs');

const asList = (value) => (Array.isArray(value) ? value : [value]);

/** The records of one model of one connection. */
class Stream {
  #control;
  #parts;

  /**
   * @param {import('./control.cjs').Control} control
   * @param {unknown} name
   */
  constructor(control, name) {
    this.#control = control;
    this.#parts = streamParts(name);
  }

  get integration() {
    return this.#parts.integration;
  }

  get connection() {
    return this.#parts.connection;
  }

  get model() {
    return this.#parts.model;
  }

  get variant() {
    return this.#parts.variant ?? 'base';
  }

  async run(changes) {
    return this.#control.call('POST', '/runs', { ...changes, ...this.#parts });
  }

  save(records, options) {
    return this.run({ ...options, save: asList(records) });
  }

  update(changes, options) {
    return this.run({ ...options, update: asList(changes) });
  }

  delete(ids, options) {
    return this.run({ ...options, delete: asList(ids) });
  }

  replace(records, options) {
    return this.run({ ...options, replace: asList(records) });
  }

  truth() {
    return truth(this.#control, this.#parts);
  }

  async diff(held) {
    return diff(this.#control, this.#parts, held);
  }
}

/** Without a stream: of all of them. */
async function truth(control, parts) {
  const text = await control.call('GET', `/truth${queryOf({ ...parts })}`);
  return (text ?? '').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

function diff(control, parts, held) {
  return control.call('POST', `/truth/diff${queryOf({ ...parts })}`, dumpLines(parts, held));
}

module.exports = { Stream, truth, diff };
