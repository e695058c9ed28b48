/**
 * An object with its member names as the API has them: `uniqueKey` becomes `unique_key`. Values stay as they are, and so
 * does a name that is in that form already.
 * @param {object | undefined} options none is an empty one
 */
export function withSnakeCaseNames(options) {
  const named = Object.entries(options ?? {}).map(([name, value]) => [snakeCase(name), value]);
  return Object.fromEntries(named);
}

function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
