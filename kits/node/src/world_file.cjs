'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { fileURLToPath } = require('node:url');

/** A world on the disk, where the program reads it at its start. */
class WorldFile {
  #folder;

  /** @param {string | URL | object} world its file, or itself */
  constructor(world) {
    if (typeof world === 'string' || world instanceof URL) {
      this.path = world instanceof URL ? fileURLToPath(world) : world;
      return;
    }
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'terapi-world-'));
    this.path = path.join(this.#folder, 'world.json');
    fs.writeFileSync(this.path, JSON.stringify(withWholePaths(world), null, 2));
  }

  /** To be called once the program is ready, or has failed. */
  remove() {
    if (this.#folder) fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @param {string} text that may name a file which only this class knows */
  withoutPath(text) {
    return this.#folder ? text.replaceAll(`${this.path}:`, 'world:').replaceAll(this.path, 'world') : text;
  }
}

// Files of records are named as seen from the folder of the test run, not from a temporary one.
function withWholePaths(world) {
  const wholeIn = (list) =>
    Array.isArray(list) ? list.map((one) => (typeof one?.file === 'string' ? { ...one, file: path.resolve(one.file) } : one)) : list;
  const whole = (part) => {
    const changed = { ...part };
    for (const name of ['records', 'upstream']) if (changed[name]) changed[name] = wholeIn(changed[name]);
    return changed;
  };
  const changed = whole(world);
  if (changed.environment) changed.environment = whole(changed.environment);
  if (Array.isArray(changed.environments)) changed.environments = changed.environments.map(whole);
  return changed;
}

module.exports = { WorldFile };
