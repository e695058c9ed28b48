'use strict';

const { invalidOptions } = require('./simulator_error.cjs');

const EXPECTED = "expected 'INTEGRATION/CONNECTION/MODEL', as in 'github/demo/Issue', or { integration, connection, model, variant }";

/**
 * The parts of a stream's name: 'github/demo/Issue', 'github/demo/Issue/VARIANT', or an object.
 * @param {unknown} stream
 * @returns {{ integration: string, connection: string, model: string, variant?: string }}
 */
function streamParts(stream) {
  const parts = typeof stream === 'string' ? partsOf(stream) : stream;
  const { integration, connection, model, variant, ...rest } = parts ?? {};
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalidOptions(`a stream has no '${unknown}'; ${EXPECTED}`);
  for (const part of [integration, connection, model]) {
    if (typeof part !== 'string' || part === '') throw invalidOptions(`${JSON.stringify(stream)} is no stream; ${EXPECTED}`);
  }
  return variant === undefined ? { integration, connection, model } : { integration, connection, model, variant };
}

function partsOf(text) {
  const words = text.split('/');
  if (words.length > 4) return {};
  const [integration, connection, model, variant] = words;
  return variant === undefined ? { integration, connection, model } : { integration, connection, model, variant };
}

module.exports = { streamParts };
