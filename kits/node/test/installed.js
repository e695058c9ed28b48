// The kit as it is when it is installed, and what stands around it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('..', import.meta.url));

/** In a folder of its own. */
export function installed(t) {
  const root = mkdtempSync(path.join(tmpdir(), 'terapi-finding-'));
  t.after(() => rmSync(root, { recursive: true }));
  const kit = path.join(root, 'node_modules', 'terapi-simulator');
  for (const part of ['src', 'bin', 'package.json']) cpSync(path.join(HERE, part), path.join(kit, part), { recursive: true });
  const bin = path.join(root, 'node_modules', '.bin');
  mkdirSync(bin);
  symlinkSync('../terapi-simulator/bin/terapi-simulator.cjs', path.join(bin, 'terapi-simulator'));
  return { root, bin, kit };
}

export function program(file, text = '#!/bin/sh\necho a program\n') {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

/** What findProgram() answers or throws there. */
export function found({ kit }, env, platform = process.platform) {
  const code = `Object.defineProperty(process, 'platform', { value: '${platform}' });
    try { console.log(require(${JSON.stringify(kit)}).findProgram()) } catch (error) { console.log(error.code, error.message) }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', env: { ...env } });
  assert.equal(stderr, '');
  return stdout.trim();
}
