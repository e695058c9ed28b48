import { invalidOptions } from './terapi_error.js';

/**
 * Refuses a call that lacks one of these texts: an empty one would name something else, or everything.
 * @param {string} method whose call it is, for the message
 * @param {Record<string, unknown> | undefined} options what was given
 * @param {string[]} names
 */
export function required(method, options, names) {
  for (const name of names) {
    const value = options?.[name];
    if (typeof value === 'string' && value !== '') continue;
    throw invalidOptions(`${method}: ${name} is ${value === '' ? 'empty' : typeof value}; expected a text`);
  }
}
