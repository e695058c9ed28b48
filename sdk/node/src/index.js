// @terapihq/node: what a user imports. ../index.d.ts says what everything means.
export { Terapi } from './terapi.js';
export { TerapiError } from './terapi_error.js';
