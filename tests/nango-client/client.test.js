// The official Node client of Nango, unchanged, against the simulator: each of its methods is tried, and what was found
// is the table of docs/nango-client.md. In a checkout that is built:
//
//   npm ci && npm test
//
// TERAPI_SIMULATOR names the program, if it is not build/bin/terapi-simulator; TERAPI_WRITE_GENERATED=1 writes the table.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Nango } from '@nangohq/node';

import { expectGenerated, tableOf } from './method_table.js';
import { startSimulator } from './simulator.js';
import { trials } from './trials.js';

const NOT_SIMULATED = '**not simulated**';
const methods = Object.getOwnPropertyNames(Nango.prototype).filter((name) => name !== 'constructor');

/** Whether a request is what a pattern like 'GET /connections/{id}' says. */
function fits(pattern, request) {
  const spelled = pattern.split(/\{\w+\*?\}/).map((text) => text.replace(/[/.]/g, '\\$&'));
  const holes = pattern.match(/\{\w+\*?\}/g) ?? [];
  const expression = spelled.map((text, i) => text + (holes[i] ? (holes[i].endsWith('*}') ? '.*' : '[^/]+') : ''));
  return new RegExp(`^${expression.join('')}$`).test(request);
}

/** A client as users make it, and the requests that it makes while `method` is under way. */
function makeClient(simulator) {
  const requests = [];
  const note = (config) => {
    const { pathname } = new URL(config.url);
    requests.push(`${config.method.toUpperCase()} ${decodeURIComponent(pathname)}`);
    return config;
  };
  const settings = { host: simulator.host, apiKey: simulator.secretKey, webhookSigningKey: simulator.secretKey };
  return { nango: new Nango(settings, { interceptors: { request: note } }), requests };
}

/** Calls of one method, and of no other, are noted: others may be needed to try it. */
function watch(nango, requests, method) {
  const seen = [];
  const original = nango[method].bind(nango);
  nango[method] = async (...given) => {
    const before = requests.length;
    try {
      return await original(...given);
    } finally {
      seen.push(...requests.slice(before));
    }
  };
  return seen;
}

/** As any path that is not there: a GET gets a page of HTML with status 200, everything else a 404. */
async function isUnserved(call) {
  const answer = await call.catch(({ response }) => {
    assert.ok([404, 405].includes(response?.status), `answered ${response?.status}`);
    return '<!DOCTYPE html>';
  });
  assert.match(answer, /^<!DOCTYPE html>/i);
}

/** What of a method is found; a message for the table and, unless all is well, what went wrong. */
async function tryMethod(method, trial, simulator) {
  await simulator.reset();
  const { nango, requests } = makeClient(simulator);
  if (trial.unserved) {
    await isUnserved(trial.unserved(nango));
    assert.ok(requests.length === 1 && fits(trial.sends[0], requests[0]), `sent ${requests}`);
    return NOT_SIMULATED;
  }
  const seen = trial.sends.length > 0 ? watch(nango, requests, method) : [];
  await trial.run({ nango, simulator });
  for (const request of seen) {
    assert.ok(trial.sends.some((pattern) => fits(pattern, request)), `${method} sent ${request}, which its trial does not say`);
  }
  for (const pattern of trial.sends) {
    assert.ok(seen.some((request) => fits(pattern, request)), `${method} never sent ${pattern}`);
  }
  return 'yes';
}

test('the client is the one that is pinned', async () => {
  const { dependencies } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
  const client = new URL('node_modules/@nangohq/node/package.json', import.meta.url);
  assert.equal(JSON.parse(await readFile(client, 'utf8')).version, dependencies['@nangohq/node']);
});

test('each method of the client has a trial, and each trial a method', () => {
  assert.deepEqual(Object.keys(trials).sort(), [...methods].sort());
});

test('the methods of the client', { timeout: 120_000 }, async (t) => {
  const simulator = await startSimulator(t);
  const rows = [];
  for (const method of methods) {
    const trial = trials[method];
    if (!trial) continue; // which is told above
    if (trial.within) {
      rows.push({ method, sends: [], works: 'yes', tries: `a part of ${trial.within}` });
      continue;
    }
    let works = '**no**';
    await t.test(method, async () => {
      works = await tryMethod(method, trial, simulator);
    });
    rows.push({ method, sends: trial.sends, works, tries: trial.tries ?? 'one call' });
  }
  await t.test('the table of the page is what was found', () => expectGenerated(tableOf(rows)));
});
