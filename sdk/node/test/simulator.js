// The real simulator, for tests: a process of its own on a free port, in virtual time, by kits/node. It ends with its test.
import { startSimulator as start } from '../../../kits/node/src/index.js';

/** The program, and why tests with it are skipped, if they are. */
export const PROGRAM = process.env.TERAPI_SIMULATOR;
export const SKIP = PROGRAM ? false : 'TERAPI_SIMULATOR names no program';

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} flags
 */
export async function startSimulator(t, ...flags) {
  const simulator = await start({ flags });
  t.after(() => simulator.close());
  return {
    host: simulator.url,
    secretKey: simulator.secretKey,
    signingKey: simulator.signingKey,
    control: (method, where, body) => simulator.control(method, where, body),
    /** Lets time pass: all that is due within it happens, webhooks included. */
    advance: (by) => simulator.advance(by),
  };
}
