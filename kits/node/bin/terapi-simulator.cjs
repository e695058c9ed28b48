#!/usr/bin/env node
'use strict';

// terapi-simulator launcher: finds the program, and is it, as far as the caller can tell: `npx terapi-simulator --port 0`.
const { spawn } = require('node:child_process');
const os = require('node:os');
const tty = require('node:tty');

const { findProgram, environmentOf, startedBefore } = require('../src/program.cjs');

const LIFELINE = 3; // a pipe by which it learns that this process has been killed
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];
const FROM_TERMINALS = ['SIGINT', 'SIGQUIT']; // everybody in the foreground gets these by themselves

// The flag has to stand before `--`, and be of a command that knows it.
function withLifeline(words) {
  const named = words.length > 0 && !words[0].startsWith('-');
  const serves = named ? ['serve', 'exec'].includes(words[0]) : !words.some((word) => ['-h', '--help', '--version'].includes(word));
  if (!serves || words.includes('--stop-with-fd')) return words;
  const command = named ? words[0] : 'serve';
  return [command, '--stop-with-fd', String(LIFELINE), ...words.slice(named ? 1 : 0)];
}

const before = startedBefore();
let program;
try {
  program = findProgram(before);
} catch (error) {
  console.error(`terapi-simulator: ${error.message}`);
  process.exit(1);
}
const atTerminal = tty.isatty(0);
const child = spawn(program, withLifeline(process.argv.slice(2)), {
  stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  env: environmentOf(program, before),
});
child.stdio[LIFELINE].on('error', () => {}); // it does not want it
for (const signal of FORWARDED) {
  process.on(signal, () => {
    if (!(atTerminal && FROM_TERMINALS.includes(signal))) child.kill(signal);
  });
}
child.on('error', (error) => {
  console.error(`terapi-simulator: ${program} cannot be run: ${error.message}`);
  process.exit(1);
});
child.on('exit', (status, signal) => process.exit(status ?? 128 + os.constants.signals[signal]));
