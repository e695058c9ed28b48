'use strict';

const { Child } = require('./child.cjs');
const { Control, queryOf } = require('./control.cjs');
const { Faults, lostWebhooks } = require('./faults.cjs');
const { flagsOf } = require('./flags.cjs');
const { findProgram } = require('./program.cjs');
const { SimulatorError, invalidOptions } = require('./simulator_error.cjs');
const { streamParts } = require('./stream_name.cjs');
const { Stream, diff, truth } = require('./stream.cjs');
const { WorldFile } = require('./world_file.cjs');

const READY_WITHIN = 30_000; // milliseconds: a machine may be busy, and a world large
const ASYNC_DISPOSE = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'); // Node 20.0 to 20.4 has none

/** Starts the program, and waits until it serves. */
async function startSimulator(options = {}) {
  const world = options.world === undefined ? undefined : new WorldFile(options.world);
  let child;
  try {
    const flags = flagsOf(options, world?.path);
    child = new Child(options.program ?? findProgram(), flags, Boolean(options.log));
    const { url, secretKey } = await child.ready(options.readyWithinMs ?? READY_WITHIN);
    const simulator = new Simulator(child, url, secretKey);
    await simulator[OPEN]();
    return simulator;
  } catch (error) {
    await child?.close();
    if (error instanceof SimulatorError && world) error.message = world.withoutPath(error.message);
    throw error;
  } finally {
    world?.remove();
  }
}

const OPEN = Symbol('open');

class Simulator {
  #child;
  #control;
  #snapshots = 0;

  constructor(child, url, secretKey) {
    this.#child = child;
    this.url = url;
    this.secretKey = secretKey;
    this.#control = new Control(url, child);
    this.faults = new Faults(this.#control);
  }

  // What its first line does not say; also the first use of a connection that is kept.
  async [OPEN]() {
    const { signing_key: signingKey } = await this.environment();
    this.signingKey = signingKey ?? this.secretKey;
  }

  get controlUrl() {
    return `${this.url}/_simulator`;
  }

  get pid() {
    return this.#child.pid;
  }

  get env() {
    return { TERAPI_BASE_URL: this.url, TERAPI_SECRET_KEY: this.secretKey, TERAPI_SIGNING_KEY: this.signingKey };
  }

  // ---- Records ----

  stream(name) {
    return new Stream(this.#control, name);
  }

  async run(stream, changes) {
    return this.stream(stream).run(changes);
  }

  async save(stream, records, options) {
    return this.stream(stream).save(records, options);
  }

  async update(stream, changes, options) {
    return this.stream(stream).update(changes, options);
  }

  async delete(stream, ids, options) {
    return this.stream(stream).delete(ids, options);
  }

  async replace(stream, records, options) {
    return this.stream(stream).replace(records, options);
  }

  async streams() {
    return (await this.control('GET', '/streams')).streams;
  }

  async truth(stream) {
    return truth(this.#control, stream === undefined || stream === null ? undefined : streamParts(stream));
  }

  async diff(stream, held) {
    return diff(this.#control, stream === null ? undefined : streamParts(stream), held);
  }

  // ---- What goes wrong ----

  async loseWebhooks(options) {
    return this.faults.add(lostWebhooks(options));
  }

  // ---- Time ----

  clock() {
    return this.control('GET', '/clock');
  }

  async advance(by) {
    if (typeof by !== 'string') throw invalidOptions(`advance: ${by} is no duration; expected a number and a unit, as in '5m' or '100ms'`);
    return this.control('POST', '/clock/advance', { by });
  }

  advanceTo(time) {
    return this.control('POST', '/clock/advance', { to: time instanceof Date ? time.toISOString() : time });
  }

  untilIdle(options = {}) {
    return this.control('POST', '/clock/run-until-idle', options);
  }

  // ---- What happened ----

  async deliveries(filter = {}) {
    return (await this.control('GET', `/deliveries${narrowed(filter)}`)).deliveries;
  }

  delivery(id) {
    return this.control('GET', `/deliveries/${encodeURIComponent(id)}`);
  }

  async resend(id) {
    await this.control('POST', `/deliveries/${encodeURIComponent(id)}/resend`);
  }

  async requests(filter = {}) {
    return (await this.control('GET', `/requests${narrowed(filter)}`)).requests;
  }

  async advisories() {
    return (await this.control('GET', '/advisories')).advisories;
  }

  async logs(filter = {}) {
    return (await this.control('GET', `/logs${narrowed(filter)}`)).logs;
  }

  // ---- States ----

  async reset() {
    await this.control('POST', '/reset');
  }

  snapshot(name = `snapshot-${++this.#snapshots}`) {
    return this.control('POST', `/snapshots/${encodeURIComponent(name)}`);
  }

  async restore(snapshot) {
    const name = typeof snapshot === 'string' ? snapshot : snapshot?.name;
    if (!name) throw invalidOptions("restore: expected a snapshot's name, or what snapshot() answered");
    await this.control('POST', `/snapshots/${encodeURIComponent(name)}/restore`);
  }

  async snapshots() {
    return (await this.control('GET', '/snapshots')).snapshots;
  }

  world() {
    return this.control('GET', '/world');
  }

  async putWorld(world) {
    await this.control('PUT', '/world', world);
  }

  environment() {
    return this.control('GET', '/environment');
  }

  patchEnvironment(changes) {
    return this.control('PATCH', '/environment', changes);
  }

  // ---- The rest ----

  async control(method, path, body) {
    return this.#control.call(method, path, body);
  }

  async close() {
    const ended = this.#child.close();
    this.#control.close();
    await ended;
  }

  [ASYNC_DISPOSE]() {
    return this.close();
  }
}

// A stream among the filters is its parts.
function narrowed({ stream, ...filter }) {
  return queryOf({ ...(stream === undefined ? {} : streamParts(stream)), ...filter });
}

module.exports = { startSimulator, Simulator };
