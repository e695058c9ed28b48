// What the page knows of the simulator: one value for each list of the control API, read again when it may have changed.
import { getText } from './api.js';
import { environmentsAre, isOfChosen } from './chosen_environment.js';
import { Journal } from './journal.js';

const isOver = delivery => ['delivered', 'failed', 'dropped'].includes(delivery.state);

const JOURNALS = {
  requests: new Journal('requests'),
  logs: new Journal('logs', { mutable: true, isOver: operation => operation.outcome !== 'running' }),
  deliveries: new Journal('deliveries', { mutable: true, isOver }),
};

// Which operations of the log are shown: a query of the control API.
export const askForLogs = query => JOURNALS.logs.ask(query);

export const data = {};
export const problems = {};
const texts = {};

async function readOne(name) {
  if (JOURNALS[name]) {
    const changed = await JOURNALS[name].read();
    data[name] = JOURNALS[name].value;
    return changed;
  }
  const text = await getText(name);
  if (texts[name] === text) return false;
  texts[name] = text;
  data[name] = ofEnvironment(name, JSON.parse(text));
  return true;
}

const LISTS = { world: 'connections', streams: 'streams', schedules: 'schedules' }; // of all environments

function ofEnvironment(name, value) {
  if (name === 'world') environmentsAre((value.environments ?? [value.environment]).map(e => e.name));
  const list = LISTS[name];
  return list ? { ...value, [list]: value[list].filter(isOfChosen) } : value;
}

// Another environment was chosen: all but the journals is read anew.
export function forget() {
  for (const name of Object.keys(texts)) {
    delete texts[name];
    if (name !== 'world' && name !== 'clock') delete data[name];
  }
}

// Reads them; answers which have changed, and whether anybody answered at all.
export async function refresh(names) {
  const changed = new Set();
  let reached = names.length === 0;
  await Promise.all(names.map(async name => {
    try {
      const isNew = await readOne(name);
      if (isNew || problems[name]) changed.add(name);
      delete problems[name];
      reached = true;
    } catch (problem) {
      if (problem.status) reached = true;
      if (problems[name] !== problem.message) changed.add(name);
      problems[name] = problem.message;
    }
  }));
  return { changed, reached };
}

export const now = () => data.clock?.now;
export const isVirtual = () => data.clock?.mode === 'virtual';
