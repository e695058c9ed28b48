'use strict';

// Where the program is: what TERAPI_SIMULATOR names, or what the package for this platform carries, or what is on PATH.
const fs = require('node:fs');
const path = require('node:path');

const { SimulatorError } = require('./simulator_error.cjs');

const NAME = 'terapi-simulator';
const PLATFORM_PACKAGE = `@terapihq/simulator-${process.platform}-${process.arch}`;
const PLATFORMS = ['linux-x64'];
const SCRIPT_BYTES = 4096; // launchers of these kits are shorter

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// Whether it is a script by which a package like this one starts the program that *it* finds: npm and pip put those on PATH.
function isLauncher(file) {
  const bytes = Buffer.alloc(SCRIPT_BYTES);
  const handle = fs.openSync(file, 'r');
  try {
    const text = bytes.toString('latin1', 0, fs.readSync(handle, bytes, 0, SCRIPT_BYTES, 0));
    return text.startsWith('#!') && /terapi_simulator|terapi-simulator launcher/.test(text);
  } finally {
    fs.closeSync(handle);
  }
}

function inPlatformPackage() {
  try {
    return require.resolve(`${PLATFORM_PACKAGE}/bin/${NAME}`);
  } catch {
    return undefined;
  }
}

function onPath() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder || '.', NAME);
    if (isExecutable(file) && !isLauncher(file)) return path.resolve(file);
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

/** The path of the program. */
function findProgram() {
  const named = process.env.TERAPI_SIMULATOR;
  if (named) {
    if (isExecutable(named)) return path.resolve(named);
    throw notFound(`TERAPI_SIMULATOR is '${named}', which is no program that can be run; expected the path of ${NAME}`);
  }
  const found = inPlatformPackage() ?? onPath();
  if (found) return found;
  const platform = `${process.platform}-${process.arch}${hasMusl() ? ' with musl' : ''}`;
  const hope = PLATFORMS.includes(platform)
    ? `install ${PLATFORM_PACKAGE} (npm leaves it out with --omit=optional and --no-optional)`
    : `there is none for ${platform}, only for ${PLATFORMS.join(', ')}: build it from source`;
  throw notFound(
    `the program ${NAME} is not there: ${hope}, or put it on PATH, or set TERAPI_SIMULATOR to its path`,
  );
}

module.exports = { findProgram, isExecutable };
