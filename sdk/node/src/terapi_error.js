/**
 * Everything that this library throws. `code` is what a program decides by: the server's own code (`invalid_cursor`), or
 * `http_error` where its answer has none, `network_error`, `timeout`, `invalid_answer`, `invalid_options`.
 */
export class TerapiError extends Error {
  /**
   * @param {string} message
   * @param {{ code: string, status?: number, errors?: object[], body?: unknown, retryAfterMs?: number, cause?: unknown }} facts
   */
  constructor(message, { code, status, errors = [], body, retryAfterMs, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TerapiError';
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The error of a call that was never sent, because what it was given cannot be right.
 * @param {string} message
 * @param {unknown} [cause]
 */
export function invalidOptions(message, cause) {
  return new TerapiError(message, { code: 'invalid_options', cause });
}
