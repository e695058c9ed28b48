'use strict';

const { invalidOptions } = require('./simulator_error.cjs');

const MEMBERS = new Set(['integration', 'connection', 'model', 'variant', 'id', 'deleted', 'payload', 'last_modified_at', 'cursor']);

/**
 * What a client holds, as a dump of the control API: a line for each record.
 * @param {ReturnType<typeof import('./stream_name.cjs').streamParts> | undefined} stream of those that do not say it
 * @param {Iterable<Record<string, unknown>>} held records as GET /records served them, or lines of a dump
 */
function dumpLines(stream, held) {
  if (typeof held?.[Symbol.iterator] !== 'function' || typeof held === 'string') {
    throw invalidOptions(`diff: expected what your client holds, an array of records; got ${typeof held}`);
  }
  let text = '';
  for (const one of held) {
    if (typeof one !== 'object' || one === null || one.id === undefined) {
      throw invalidOptions(`diff: ${JSON.stringify(one)} is no record: it has no id`);
    }
    text += `${JSON.stringify({ ...stream, ...(isDumpLine(one) ? one : lineOf(one)) })}\n`;
  }
  return text || '\n';
}

function isDumpLine(one) {
  return one.deleted === true || one.payload !== undefined ? Object.keys(one).every((member) => MEMBERS.has(member)) : false;
}

function lineOf(record) {
  const { _terapi_metadata: terapi, _nango_metadata: nango, ...payload } = record;
  const { last_action: action, last_modified_at, cursor } = terapi ?? nango ?? {};
  return { id: String(record.id), deleted: action === 'DELETED', payload, last_modified_at, cursor };
}

module.exports = { dumpLines };
