// Which environment the page is about, where there are several: the first until another one is chosen.

const TAKE_ONE = new Set(['environment', 'integrations', 'upstream', 'runs', 'truth']); // calls about one environment

let names = [];
let chosen = null;

export const environmentNames = () => names;
export const chosenEnvironment = () => (names.length > 1 ? chosen ?? names[0] : undefined);

export function environmentsAre(list) {
  names = list;
  if (!names.includes(chosen)) chosen = null;
}

export function chooseEnvironment(name) {
  chosen = name;
}

export const isOfChosen = entry => {
  const name = chosenEnvironment();
  return !name || !entry.environment || entry.environment === name;
};

export function withEnvironment(path) {
  const name = chosenEnvironment();
  if (!name || !TAKE_ONE.has(path.split(/[/?]/)[0]) || path.includes('environment=')) return path;
  return `${path}${path.includes('?') ? '&' : '?'}environment=${encodeURIComponent(name)}`;
}
