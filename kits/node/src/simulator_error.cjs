'use strict';

/** Everything that this package throws. `code` is what a program decides by; index.d.cts lists them. */
class SimulatorError extends Error {
  /**
   * @param {string} message
   * @param {{ code: string, status?: number, errors?: object[], cause?: unknown }} facts
   */
  constructor(message, { code, status, errors = [], cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SimulatorError';
    this.code = code;
    this.status = status;
    this.errors = errors;
  }
}

/**
 * The error of a call that was never sent, because what it was given cannot be right.
 * @param {string} message
 */
function invalidOptions(message) {
  return new SimulatorError(message, { code: 'invalid_options' });
}

module.exports = { SimulatorError, invalidOptions };
