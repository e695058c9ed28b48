// What a user does: packs, installs what came out, and runs the tests of README.md in Vitest, Jest and node:test, several workers
// at once, and the TypeScript compiler. Needs npm's registry:
//
//   node packed.mjs PROGRAM [FOLDER]      FOLDER: where the packages of npm are put; they stay there. Default: a temporary one
//
// Ends with 77 where npm's registry cannot be reached.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { README_CODE } from './readme_code.js';

const SKIPPED = 77;
const COPIES = 3; // of each test, so that several workers have something to do
const RUNNERS = ['vitest@3.2.7', 'jest@30.5.2', 'typescript@5.9.3', '@types/node@20.19.0'];
const kit = fileURLToPath(new URL('..', import.meta.url));
const [program, given] = process.argv.slice(2);
if (!program) {
  console.error('packed.mjs: expected the path of the program');
  process.exit(2);
}
const folder = given ?? mkdtempSync(path.join(tmpdir(), 'terapi-packed-'));
let failed = 0;

// Nothing that finds the program in another way than through its package.
const env = { ...process.env, CI: 'true', NO_COLOR: '1' };
delete env.TERAPI_SIMULATOR;

function run(words, { quiet = false } = {}) {
  const [command, ...rest] = words;
  const { status, stdout, stderr, error } = spawnSync(command, rest, { cwd: folder, env, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0 && !quiet) console.log(`${words.join(' ')}: ${error?.message ?? status}\n${stdout}${stderr}`);
  return { good: status === 0, said: `${stdout}${stderr}` };
}

function check(name, { good, said }, wanted) {
  const holds = good && wanted.test(said);
  if (good && !holds) console.log(said);
  console.log(`${holds ? 'ok' : 'FAILED'}  ${name}`);
  if (!holds) ++failed;
}

/** A test of README.md, several times. */
function write(name, runner) {
  for (let copy = 1; copy <= COPIES; ++copy) {
    mkdirSync(path.join(folder, runner), { recursive: true });
    writeFileSync(path.join(folder, runner, name.replace('.', `_${copy}.`)), README_CODE.get(name));
  }
}

try {
  mkdirSync(folder, { recursive: true });
  for (const each of ['vitest', 'jest', 'node']) rmSync(path.join(folder, each), { recursive: true, force: true });
  writeFileSync(path.join(folder, 'package.json'), '{"name":"user-of-the-kit","private":true}');
  const packages = path.join(folder, 'packed');
  const packed = run([process.execPath, path.join(kit, 'pack.mjs'), path.resolve(program), packages]);
  if (!packed.good) process.exit(1);
  const files = readdirSync(packages).map((name) => path.join(packages, name));
  const options = ['--silent', '--no-audit', '--no-fund', '--fetch-retries', '1', '--fetch-timeout', '30000'];
  if (!run(['npm', 'install', ...options, '--save-dev', ...files]).good) process.exit(1); // these need no registry
  check('the program is found in its package', run(['npx', '--no-install', 'terapi-simulator', '--version']), /^terapi-simulator \d/);
  const licences = existsSync(path.join(folder, 'node_modules', '@terapihq', 'simulator-linux-x64', 'THIRD-PARTY.md'));
  check('what is linked into it is said', { good: licences, said: '' }, /^$/);
  write('retries.test.mjs', 'node');
  check('node:test', run([process.execPath, '--test', '--test-reporter', 'tap', ...readdirSync(path.join(folder, 'node')).map((name) => `node/${name}`)]), /^# pass 3$/m);

  if (!existsSync(path.join(folder, 'node_modules', 'vitest')) && !run(['npm', 'install', ...options, '--save-dev', ...RUNNERS], { quiet: true }).good) {
    console.log(`npm could not install ${RUNNERS.join(' ')}: the other runners are skipped`);
    process.exit(failed > 0 ? 1 : SKIPPED);
  }
  write('lost_webhook.test.js', 'vitest');
  for (const pool of ['forks', 'threads']) {
    check(`Vitest, ${pool}`, run(['npx', '--no-install', 'vitest', 'run', '--pool', pool, '--dir', 'vitest']), /Tests {2}3 passed/);
  }
  write('hiccup.test.js', 'jest');
  check('Jest', run(['npx', '--no-install', 'jest', '--rootDir', 'jest', '--maxWorkers', '2']), /Tests: {7}6 passed, 6 total/);
  copyFileSync(path.join(kit, 'test', 'types_user.mts'), path.join(folder, 'user.mts'));
  writeFileSync(path.join(folder, 'user.cts'), readFileSync(path.join(folder, 'user.mts')));
  const strict = ['--strict', '--noEmit', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2022', '--lib', 'esnext,dom'];
  check('tsc', run(['npx', '--no-install', 'tsc', ...strict, 'user.mts', 'user.cts']), /^$/);
} finally {
  if (!given) rmSync(folder, { recursive: true, force: true });
}
process.exit(failed > 0 ? 1 : 0);
