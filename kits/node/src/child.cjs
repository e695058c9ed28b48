'use strict';

// The program as a process: it ends with this one, however this one ends. It holds the read end of a pipe whose write end is
// here; the kernel closes that with the process (or with the worker thread) that has it.
const { spawn } = require('node:child_process');
const { setTimeout, clearTimeout } = require('node:timers'); // the real ones: tests replace the global ones

const { environmentOf } = require('./program.cjs');
const { SimulatorError } = require('./simulator_error.cjs');

const KEPT_STDERR = 16 * 1024; // characters
const PATIENCE = 5000; // milliseconds between SIGTERM and SIGKILL
const MOMENT = 100; // milliseconds
const READY = /^terapi-simulator ready base_url=(\S+) secret_key=(\S+)$/m;

class Child {
  #process;
  #stderr = '';
  #ended;
  #closing;

  /**
   * @param {string} program
   * @param {string[]} flags
   * @param {boolean} log whether what it logs goes to stderr here
   */
  constructor(program, flags, log) {
    const words = ['serve', ...flags, '--stop-with-fd', '0'];
    this.#process = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], env: environmentOf(program) });
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve({ error }));
      this.#process.once('close', (status, signal) => resolve({ status, signal })); // after the last of its output
    });
    this.#ended.then((how) => {
      this.how = how;
    });
    this.#process.stdin.on('error', () => {}); // it is gone
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
      if (log) process.stderr.write(text);
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /**
   * Where it listens, once it does.
   * @param {number} withinMs
   * @returns {Promise<{ url: string, secretKey: string }>}
   */
  async ready(withinMs) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        const message = `the simulator was not ready within ${withinMs} ms (readyWithinMs)${this.#said()}`;
        reject(new SimulatorError(message, { code: 'not_ready' }));
      }, withinMs);
    });
    const gone = this.#ended.then(() => {
      throw this.#failure();
    });
    gone.catch(() => {});
    try {
      const ready = await Promise.race([this.#readyLine(), gone, late]);
      this.#letGo();
      return ready;
    } finally {
      clearTimeout(timer);
    }
  }

  #readyLine() {
    const { stdout } = this.#process;
    return new Promise((resolve) => {
      let text = '';
      stdout.setEncoding('utf8').on('data', (piece) => {
        if (text === null) return; // nobody wants the rest
        text += piece;
        const found = READY.exec(text);
        if (!found) return;
        text = null;
        resolve({ url: found[1], secretKey: found[2] });
      });
    });
  }

  // A test run that forgets to close it ends all the same.
  #letGo() {
    const { stdin, stdout, stderr } = this.#process;
    for (const each of [this.#process, stdin, stdout, stderr]) each.unref();
  }

  #said() {
    const text = this.#stderr.trim();
    return text ? `; it said:\n${text}` : '';
  }

  #failure() {
    const { error, status, signal } = this.how;
    if (error) return new SimulatorError(`the simulator cannot be run: ${error.message}`, { code: 'start_failed', cause: error });
    const text = this.#stderr.trim();
    const message = text || `it ended with ${signal ?? `exit code ${status}`}, and said nothing`;
    return new SimulatorError(`the simulator did not start: ${message}`, { code: 'start_failed' });
  }

  /** Why nobody can answer, if the program has been closed or has ended by itself. */
  gone() {
    if (this.#closing) return new SimulatorError('the simulator was closed', { code: 'closed' });
    if (!this.how) return undefined;
    const { status, signal } = this.how;
    const message = `the simulator ended by itself with ${signal ?? `exit code ${status}`}${this.#said()}`;
    return new SimulatorError(message, { code: 'ended' });
  }

  /** The same after a call that failed: a connection breaks a moment before its process has ended. */
  async goneSoon() {
    let timer;
    await Promise.race([this.#ended, new Promise((resolve) => (timer = setTimeout(resolve, MOMENT)))]);
    clearTimeout(timer);
    return this.gone();
  }

  /** Ends it, and waits until it has ended. */
  close() {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end() {
    const { stdin, stdout, stderr } = this.#process;
    for (const each of [this.#process, stdin, stdout, stderr]) each.ref();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE);
    if (!this.how) this.#process.kill('SIGTERM');
    await this.#ended;
    clearTimeout(timer);
  }
}

module.exports = { Child };
