// The code of README.md, as it is written there: by the name of the file that the page gives it.
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

export const README_CODE = new Map(
  [...page.matchAll(/`([\w.]+)`, for [^\n]*:\n\n```js\n(.*?)```/gs)].map(([, name, code]) => [name, code]),
);

export const README = page;
