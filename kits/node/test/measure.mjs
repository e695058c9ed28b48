// How long starting a simulator and giving the next test a fresh world take: node measure.mjs PROGRAM
// The goals: ready within 50 ms, reset within 5 ms, at the median, on an idle machine. Beside them what they are made of: a process that
// does nothing (`--version`), and a call that does nothing.
import { spawnSync } from 'node:child_process';

import { startSimulator } from '../src/index.js';

const [program] = process.argv.slice(2);
if (!program) {
  console.error('measure.mjs: expected the path of the program');
  process.exit(2);
}

async function times(count, work) {
  const all = [];
  for (let i = 0; i < count; ++i) {
    const before = performance.now();
    await work();
    all.push(performance.now() - before);
  }
  all.sort((a, b) => a - b);
  return { least: all[0], median: all[count >> 1], most: all[count - 1] };
}

function show(what, { least, median, most }) {
  console.log(`${what.padEnd(44)} ${[least, median, most].map((ms) => ms.toFixed(2).padStart(8)).join(' ')}`);
}

console.log(`${'milliseconds'.padEnd(44)} ${['least', 'median', 'most'].map((word) => word.padStart(8)).join(' ')}`);
show('a process that does nothing', await times(20, () => spawnSync(program, ['--version'])));
for (const [what, world] of [['the default world, 1,000 records', undefined], ['an empty world', {}]]) {
  const started = [];
  show(`ready, ${what}`, await times(20, async () => started.push(await startSimulator({ program, world }))));
  const [terapi] = started;
  show('  a call that does nothing', await times(200, () => terapi.control('GET', '/health')));
  show('  reset', await times(200, () => terapi.reset()));
  show('  reset after a change', await times(200, async () => (await terapi.save('github/demo/Note', { id: '1' }), terapi.reset())));
  const snapshot = await terapi.snapshot();
  show('  restore', await times(200, () => terapi.restore(snapshot)));
  await Promise.all(started.map((each) => each.close()));
}
