import { invalidOptions, TerapiError } from './terapi_error.js';
import { connectionHeaders } from './request.js';
import { required } from './required.js';

/** Reading and pruning the records of a stream: a connection, a model and a variant. */
export class Records {
  #transport;
  #metadataKey;

  /**
   * @param {import('./transport.js').Transport} transport
   * @param {import('./dialect.js').Dialect} dialect
   */
  constructor(transport, { metadataKey }) {
    this.#transport = transport;
    this.#metadataKey = metadataKey;
  }

  /** One page, as the API answers it: `{ records, next_cursor }`. */
  async list(options) {
    required('listRecords', options, ['providerConfigKey', 'connectionId', 'model']);
    const page = await this.#transport.ask({
      method: 'GET',
      path: '/records',
      query: toQuery(options),
      headers: connectionHeaders(options),
    });
    const next = page?.next_cursor;
    if (Array.isArray(page?.records) && (next === null || (typeof next === 'string' && next))) return page;
    throw unexpected('GET /records answered no page: { records: […], next_cursor: text or null }');
  }

  /** The pages from `options.cursor` to the end, one fetch at a time; an empty one is passed over. */
  async *pages(options) {
    let cursor = options?.cursor || null;
    const followed = new Set([cursor]);
    do {
      const { records, next_cursor: nextCursor } = await this.list({ ...options, cursor });
      if (nextCursor !== null && followed.has(nextCursor)) {
        throw unexpected(`GET /records leads back to the cursor ${nextCursor}, which would never end`);
      }
      followed.add(nextCursor);
      if (records.length > 0) yield { records, nextCursor, lastCursor: this.#cursorOf(records.at(-1)) };
      cursor = nextCursor;
    } while (cursor !== null);
  }

  /** Empties the payloads up to a cursor: `{ count, has_more }`. */
  async prune(options) {
    required('pruneRecords', options, ['providerConfigKey', 'connectionId', 'model', 'untilCursor']);
    const { model, untilCursor, limit, variant } = options;
    return this.#transport.ask({
      method: 'PATCH',
      path: '/records/prune',
      headers: connectionHeaders(options),
      json: { model, until_cursor: untilCursor, limit, variant },
    });
  }

  #cursorOf(record) {
    const cursor = record?.[this.#metadataKey]?.cursor;
    if (typeof cursor === 'string' && cursor) return cursor;
    throw unexpected(
      `the record ${JSON.stringify(record?.id)} has no ${this.#metadataKey}.cursor (is the dialect right?)`,
    );
  }
}

// In the order in which the API describes them. No cursor, in whatever form a database keeps that, is the beginning.
function toQuery({ model, variant, modifiedAfter, limit, filter, cursor, ids }) {
  return [
    ['model', model],
    ['variant', variant],
    ['modified_after', modifiedAfter instanceof Date ? isoTime(modifiedAfter) : modifiedAfter],
    ['limit', limit],
    ['filter', Array.isArray(filter) ? filter.join(',') : filter],
    ['cursor', cursor || undefined],
    ['ids', ids],
  ];
}

function isoTime(date) {
  if (Number.isNaN(date.getTime())) throw invalidOptions('modifiedAfter is an invalid Date');
  return date.toISOString();
}

function unexpected(why) {
  return new TerapiError(why, { code: 'invalid_answer', status: 200 });
}
