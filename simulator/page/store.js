// What the page knows of the simulator: one value for each list of the control API, read again when it may have changed.
import { getText } from './api.js';
import { Journal } from './journal.js';

const isOver = delivery => ['delivered', 'failed', 'dropped'].includes(delivery.state);

const JOURNALS = {
  requests: new Journal('requests'),
  logs: new Journal('logs'),
  deliveries: new Journal('deliveries', { mutable: true, isOver }),
};

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
  data[name] = JSON.parse(text);
  return true;
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
