// The table of docs/nango-client.md, which says method by method what works. It is made of what client.test.js has
// found: with TERAPI_WRITE_GENERATED=1 in the environment it is written, without it is compared.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const PAGE = process.env.TERAPI_NANGO_CLIENT_PAGE ?? path.resolve(import.meta.dirname, '../../docs/nango-client.md');
const BEGIN = '<!-- generated: methods -->\n';
const END = '<!-- end of what is generated -->\n';

const asCode = (texts) => texts.map((text) => `\`${text}\``).join(', ');

/** @param {{method: string, sends: string[], works: string, tries: string}[]} rows */
export function tableOf(rows) {
  const lines = rows.map(({ method, sends, works, tries }) => `| \`${method}\` | ${asCode(sends) || '–'} | ${works} | ${tries} |\n`);
  return `| method | sends | works | tried with |\n| --- | --- | --- | --- |\n${lines.join('')}`;
}

/** @param {string} table */
export async function expectGenerated(table) {
  const page = await readFile(PAGE, 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  assert.ok(from >= 0 && to > from, `${PAGE} lacks the lines between which the table stands`);
  const made = page.slice(0, from + BEGIN.length) + table + page.slice(to);
  if (process.env.TERAPI_WRITE_GENERATED) return writeFile(PAGE, made);
  assert.equal(page, made, `${PAGE} is not what was found; write it again with TERAPI_WRITE_GENERATED=1 node --test`);
}
