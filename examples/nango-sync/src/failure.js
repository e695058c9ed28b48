// What a failed call means for the loop: try again, and when; start over; or stop, for only a person can help.

const MAY_PASS = new Set([408, 425, 429]);

/** The milliseconds that a Retry-After asks for, in seconds or as a date; 0 where it says nothing. */
function retryAfter(headers) {
  const value = headers?.['retry-after'];
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return Date.parse(value) - Date.parse(headers?.date) || 0;
}

export class Failure extends Error {
  constructor(message, { stop = false, serverError = false, badCursor = false, after = 0 } = {}) {
    super(message);
    Object.assign(this, { stop, serverError, badCursor, after });
  }

  /** Of whatever the client has thrown. It has an answer, or none was got: reset, time-out, cut short. */
  static of(error) {
    if (error instanceof Failure) return error;
    const { response } = error;
    if (!response) return new Failure(error.message ?? String(error));
    const code = response.data?.error?.code;
    const message = `the server answered ${response.status} ${code ?? ''}`;
    const { status } = response;
    if (status === 400 && code === 'invalid_cursor') return new Failure(message, { badCursor: true });
    const stop = status >= 300 && status < 500 && !MAY_PASS.has(status);
    return new Failure(message, { stop, serverError: status === 500, after: retryAfter(response.headers) });
  }
}
