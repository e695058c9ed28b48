// JSON as a person reads it: indented and coloured, from the text as it came, so that no number is changed by reading it.
import { h } from './dom.js';

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;
const MOST = 200000;

const kindOf = (token, isKey) => (isKey ? 'key' : token[0] === '"' ? 'text' : /^[-\d]/.test(token) ? 'number' : 'word');

export function jsonText(source, label) {
  const isJson = /^\s*[[{]/.test(source) && source.length < MOST;
  return h('pre', { class: 'json', tabindex: '0', role: 'region', 'aria-label': label }, isJson ? indented(source) : source || '(empty)');
}

function indented(source) {
  const tokens = source.match(TOKEN) ?? [];
  const out = [];
  let depth = 0;
  const line = () => out.push(`\n${'  '.repeat(depth)}`);
  tokens.forEach((token, i) => {
    if (token === '{' || token === '[') {
      out.push(token);
      if (/[}\]]/.test(tokens[i + 1])) return;
      ++depth;
      line();
    } else if (token === '}' || token === ']') {
      if (!/[{[]/.test(tokens[i - 1])) {
        --depth;
        line();
      }
      out.push(token);
    } else if (token === ',') {
      out.push(token);
      line();
    } else if (token === ':') {
      out.push(': ');
    } else {
      out.push(h('span', { class: `json-${kindOf(token, tokens[i + 1] === ':')}` }, token));
    }
  });
  return out;
}

// The text of member `name` of an object, as it is written there; undefined where it is not.
export function memberText(source, name) {
  let depth = 0;
  let from = -1;
  for (const match of source.matchAll(TOKEN)) {
    const token = match[0];
    if (from >= 0 && depth === 1 && (token === ',' || token === '}')) return source.slice(from, match.index);
    if (from < 0 && depth === 1 && token === JSON.stringify(name) && /^\s*:/.test(source.slice(match.index + token.length))) {
      from = source.indexOf(':', match.index + token.length) + 1;
    }
    if (token === '{' || token === '[') ++depth;
    else if (token === '}' || token === ']') --depth;
  }
  return undefined;
}
