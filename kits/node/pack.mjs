// Packs the kit and the package with its program, as `npm publish` would: node pack.mjs PROGRAM [FOLDER]
// The two files go to FOLDER (default: here). Needs npm, and no network.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PLATFORM = path.join(HERE, 'platform', 'linux-x64');
// What every machine with a GNU C library has.
const EVERYWHERE = /^(linux-vdso|ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libresolv|libgcc_s)\.so/;
const X86_64 = 62; // in the head of a program

function fail(message) {
  console.error(`pack.mjs: ${message}`);
  process.exit(2);
}

function checkMachine(program) {
  const head = readFileSync(program).subarray(0, 20);
  const isElfOf64Bits = head.subarray(0, 5).equals(Buffer.from('\x7fELF\x02', 'latin1'));
  if (isElfOf64Bits && head.length === 20 && head.readUInt16LE(18) === X86_64) return;
  fail(`'${program}' is no program for Linux on x64, and there is no package for another machine`);
}

// Of another version, it would be another program than the kit was made for.
function checkVersion(program) {
  const said = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (said.error || said.status !== 0) fail(`'${program}' cannot be run: ${said.error?.message ?? said.stderr}`);
  const { version } = JSON.parse(readFileSync(path.join(HERE, 'package.json'), 'utf8'));
  const its = /^terapi-simulator (\S+)/.exec(said.stdout)?.[1];
  if (its !== version) fail(`'${program}' is of version ${its}; expected ${version}, that of package.json`);
}

/** The libraries that it needs and some machines lack. */
function rareLibraries(program) {
  const { stdout = '' } = spawnSync('ldd', [program], { encoding: 'utf8' });
  const names = (stdout ?? '').split('\n').map((line) => line.trim().split(/[ (]/)[0]).filter((name) => /\.so/.test(name));
  return names.filter((name) => !EVERYWHERE.test(path.basename(name)));
}

function npmPack(folder, target) {
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', target], { cwd: folder, encoding: 'utf8' });
  const { filename } = JSON.parse(said)[0];
  const file = path.join(target, filename);
  console.log(`${file}  ${Math.ceil(statSync(file).size / 1024)} KB`);
}

const [program, folder = '.'] = process.argv.slice(2);
if (!program) fail('expected the path of the program: node pack.mjs ../../build/bin/terapi-simulator [FOLDER]');
if (!statSync(program, { throwIfNoEntry: false })?.isFile()) fail(`there is no program '${program}'`);
checkMachine(path.resolve(program));
checkVersion(path.resolve(program));
const target = path.resolve(folder);
mkdirSync(target, { recursive: true });
const scratch = mkdtempSync(path.join(tmpdir(), 'terapi-pack-'));
try {
  cpSync(PLATFORM, scratch, { recursive: true });
  cpSync(path.join(HERE, 'LICENSE'), path.join(scratch, 'LICENSE'));
  cpSync(path.join(HERE, '..', '..', 'packaging', 'THIRD-PARTY.md'), path.join(scratch, 'THIRD-PARTY.md')); // what is linked into it
  const packed = path.join(scratch, 'bin', 'terapi-simulator');
  cpSync(program, packed, { dereference: true });
  chmodSync(packed, 0o755);
  if (spawnSync('strip', [packed]).error) console.error('pack.mjs: there is no `strip` (binutils): the program is packed with its symbols');
  const rare = rareLibraries(packed);
  if (rare.length > 0) console.error(`pack.mjs: it runs only where these libraries are, too: ${rare.join(' ')} (\`packaging/build kits\` packs one that needs none)`);
  npmPack(scratch, target);
  npmPack(HERE, target);
} finally {
  rmSync(scratch, { recursive: true });
}
