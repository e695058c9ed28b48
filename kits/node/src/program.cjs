'use strict';

// Where the program is: what TERAPI_SIMULATOR names, or what the package for this platform carries, or what is on PATH.
const fs = require('node:fs');
const path = require('node:path');

const { SimulatorError } = require('./simulator_error.cjs');

const NAME = 'terapi-simulator';
const PLATFORM_PACKAGE = `@terapihq/simulator-${process.platform}-${process.arch}`;
const PLATFORMS = ['linux-x64'];
const SCRIPT_BYTES = 4096; // launchers of these kits are shorter
const HAS_PATH = process.platform !== 'win32'; // npm's scripts stand there, and no program for it
const LAUNCHED = 'TERAPI_LAUNCHED';

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function beginningOf(file) {
  const bytes = Buffer.alloc(SCRIPT_BYTES);
  let handle;
  try {
    handle = fs.openSync(file, 'r');
    return bytes.toString('latin1', 0, fs.readSync(handle, bytes, 0, SCRIPT_BYTES, 0));
  } catch {
    return ''; // a program may be there to be run, and not to be read
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

// Whether it is a script by which a package like this one starts the program that *it* finds: npm, pnpm and pip put those on PATH.
function isLauncher(file) {
  const text = beginningOf(file);
  return text.startsWith('#!') && /terapi_simulator|terapi-simulator launcher|terapi-simulator\.cjs/.test(text);
}

// For a launcher: what has been started on the way to it. A version manager's shim, which looks like any program, leads to a launcher, perhaps to the
// one that has started it. Those are the lines of TERAPI_LAUNCHED after the first, which is the TERAPI_BASE_URL of all of them: what
// `exec` runs has another one, and begins anew.
function startedBefore() {
  const [base, ...files] = (process.env[LAUNCHED] ?? '').split('\n');
  return base === (process.env.TERAPI_BASE_URL ?? '') ? files : [];
}

/** The environment in which a program is to be started, after those. */
function environmentOf(program, before = []) {
  const env = { ...process.env };
  delete env[LAUNCHED];
  if (program !== inPlatformPackage()) env[LAUNCHED] = [env.TERAPI_BASE_URL ?? '', ...before, path.resolve(program)].join('\n');
  return env;
}

function inPlatformPackage() {
  try {
    return require.resolve(`${PLATFORM_PACKAGE}/bin/${NAME}`);
  } catch {
    return undefined;
  }
}

function onPath(before) {
  if (!HAS_PATH) return undefined;
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.resolve(folder || '.', NAME);
    if (isExecutable(file) && !before.includes(file) && !isLauncher(file)) return file;
  }
  return undefined;
}

// Alpine's C library, with which the program does not run.
function hasMusl() {
  return process.platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime;
}

function notFound(message) {
  return new SimulatorError(message, { code: 'program_not_found' });
}

function nowhere(before) {
  const platform = `${process.platform}-${process.arch}${hasMusl() ? ' with musl' : ''}`;
  const hope = PLATFORMS.includes(platform)
    ? `install ${PLATFORM_PACKAGE} (npm leaves it out with --omit=optional and --no-optional)`
    : `there is none for ${platform}, only for ${PLATFORMS.join(', ')}: build it from source`;
  const places = HAS_PATH ? ', or put it on PATH, or set' : ', or set';
  const led = before.length > 0 ? ` (${before.join(', ')} only led back here)` : '';
  return notFound(`the program ${NAME} is not there: ${hope}${places} TERAPI_SIMULATOR to its path${led}`);
}

/** The path of the program; none of those that were started before. */
function findProgram(before = []) {
  const named = process.env.TERAPI_SIMULATOR;
  if (named && !isExecutable(named)) {
    throw notFound(`TERAPI_SIMULATOR is '${named}', which is no program that can be run; expected the path of ${NAME}`);
  }
  if (named && !before.includes(path.resolve(named))) return path.resolve(named);
  const found = inPlatformPackage() ?? onPath(before);
  if (!found) throw nowhere(before);
  return found;
}

module.exports = { findProgram, environmentOf, startedBefore };
