// Chromium with the page in it, and the simulator behind it. Exits with 77 where something that it needs is missing.
//
//   TERAPI_NPM            a folder whose node_modules has playwright-core and axe-core (default: the current folder)
//   TERAPI_CHROMIUM       the browser (default: /usr/bin/chromium)
//   TERAPI_PAGE_FOLDER    the page's files are taken from there instead of the simulator: to change them without building
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Simulator } from './simulator.mjs';

const SKIPPED = 77;
const PATIENCE = 15000;
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const skip = what => {
  console.log(`skipped: ${what}`);
  process.exit(SKIPPED);
};

const npm = createRequire(path.join(path.resolve(process.env.TERAPI_NPM ?? '.'), 'package.json'));

function need(name) {
  try {
    return npm.resolve(name);
  } catch {
    return skip(`${name} is not installed in $TERAPI_NPM`);
  }
}

const executable = process.env.TERAPI_CHROMIUM ?? '/usr/bin/chromium';
if (!fs.existsSync(executable)) skip(`there is no Chromium at ${executable}`);
const { chromium } = npm(need('playwright-core'));
export const axeSource = fs.readFileSync(need('axe-core'), 'utf8');

// Answers with the page's files from a folder, as the simulator does with those that are compiled in.
async function serveFrom(folder, context) {
  const answer = file => async route => {
    const name = file ?? path.basename(new URL(route.request().url()).pathname);
    const body = await fs.promises.readFile(path.join(folder, name)).catch(() => null);
    if (!body) return route.fulfill({ status: 404, body: '' });
    return route.fulfill({ body, headers: { 'Content-Type': `${TYPES[path.extname(name)]}; charset=utf-8`, 'Content-Security-Policy': POLICY } });
  };
  await context.route(/\/_simulator\/$/, answer('index.html'));
  await context.route(/\/_simulator\/page\/[^/]+$/, answer());
}

// What went wrong in the page is a failure, too: an exception, a violation of the policy.
function watchFor(problems, page) {
  page.on('pageerror', error => problems.push(error.stack ?? String(error)));
  page.on('console', message => {
    const text = message.text();
    if (message.type() === 'error' && !/Failed to load resource|EventSource/.test(text)) problems.push(text);
  });
}

export class Browser {
  static async start(simulator) {
    const browser = new Browser();
    browser.simulator = simulator;
    browser.problems = [];
    browser.chromium = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu'] });
    return browser;
  }

  async open(hash = '', { width = 1400, height = 900, colorScheme = 'light' } = {}) {
    const context = await this.chromium.newContext({ viewport: { width, height }, colorScheme });
    context.setDefaultTimeout(PATIENCE);
    if (process.env.TERAPI_PAGE_FOLDER) await serveFrom(process.env.TERAPI_PAGE_FOLDER, context);
    const page = await context.newPage();
    watchFor(this.problems, page);
    await page.goto(`${this.simulator.base}/_simulator/${hash}`);
    return page;
  }

  stop() {
    return this.chromium.close();
  }
}

// Runs a test's steps one after the other; the first that fails ends it, with what the page showed then.
export async function run(steps) {
  const [program] = process.argv.slice(2);
  if (!program) {
    console.error('usage: node SOME_test.mjs PATH/TO/terapi-simulator');
    process.exit(2);
  }
  const simulator = await Simulator.start(program);
  const browser = await Browser.start(simulator);
  const stage = { simulator, browser };
  let failed = false;
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(stage);
      if (browser.problems.length) throw new Error(`the page said: ${browser.problems.join('\n')}`);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed = true;
      console.log(`FAILED  ${name}\n${error.stack ?? error}`);
      if (stage.page) console.log(`--- shown at ${stage.page.url()}:\n${await stage.page.locator('body').innerText().catch(() => '')}`);
      break;
    }
  }
  await browser.stop();
  await stage.receiver?.stop();
  await simulator.stop();
  process.exit(failed ? 1 : 0);
}

export function equal(is, wanted, what) {
  if (!isDeepStrictEqual(is, wanted)) throw new Error(`${what}: ${JSON.stringify(is)}, expected ${JSON.stringify(wanted)}`);
}

export function check(holds, what) {
  if (!holds) throw new Error(what);
}
