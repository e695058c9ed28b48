// A record, as it is stored: its payload, and of its metadata what decides which version of it is the newer one.

/** '2024-01-01T00:00:00.1234+02:00' in microseconds since 1970. Date keeps milliseconds, which is too few. */
export function micros(stamp) {
  const [, seconds, fraction = '', zone] = /^([^.]{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp);
  return Date.parse(seconds + zone) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** Throws where a record is not what it should be: it cannot be stored then, and must not be left out in silence. */
export function rowOf({ _nango_metadata: metadata, ...payload }) {
  const { cursor, last_action, last_modified_at, pruned_at } = metadata;
  if (!['string', 'number'].includes(typeof payload.id) || payload.id === '') throw new Error('it has no id');
  if (typeof cursor !== 'string' || cursor === '') throw new Error('it has no cursor');
  return {
    id: String(payload.id),
    deleted: last_action === 'DELETED',
    pruned: Boolean(pruned_at),
    modified: micros(last_modified_at),
    last_modified_at,
    cursor,
    payload,
  };
}
