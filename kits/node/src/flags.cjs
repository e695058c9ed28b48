'use strict';

// What startSimulator is given, as flags of the program.
const { fileURLToPath } = require('node:url');

const { invalidOptions } = require('./simulator_error.cjs');

const OPTIONS = [
  'world', 'clock', 'start', 'webhookUrl', 'seed', 'dialect', 'quirks', 'secretKey', 'load', 'data', 'port', 'log', 'flags', 'program',
  'readyWithinMs', 'project',
];

const asList = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

/**
 * @param {Record<string, any>} options
 * @param {string | undefined} worldFile
 */
function flagsOf(options, worldFile) {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw invalidOptions(`startSimulator: there is no option '${name}'; there are ${OPTIONS.join(', ')}`);
  }
  const { clock, start, seed, dialect, quirks = {}, secretKey, data, port = 0, log = false, project, flags = [] } = options;
  // What is not given is the project file's, terapi.json, which the program finds; a port, a data file or a log is not.
  const words = ['--port', String(port), '--for-tests', '--log-level', log === true ? 'info' : log || 'error'];
  const add = (flag, value) => {
    if (value !== undefined && value !== null) words.push(flag, String(value));
  };
  if (project === false) words.push('--no-project');
  else if (project !== true) add('--project', project instanceof URL ? fileURLToPath(project) : project);
  add('--clock', clock);
  add('--world', worldFile);
  add('--start', start instanceof Date ? start.toISOString() : start);
  add('--seed', seed);
  add('--dialect', dialect);
  add('--secret-key', secretKey);
  add('--data', data);
  for (const url of asList(options.webhookUrl)) add('--webhook-url', url);
  for (const spec of asList(options.load)) add('--load', spec);
  for (const [name, on] of Object.entries(quirks)) add('--quirk', `${name}=${on ? 'on' : 'off'}`);
  return [...words, ...flags];
}

module.exports = { flagsOf };
