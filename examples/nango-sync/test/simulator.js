// The simulator's control API, as far as these tests need it. `terapi-simulator exec` says where it is.
const { TERAPI_BASE_URL, TERAPI_SECRET_KEY, TERAPI_SIGNING_KEY } = process.env;
if (!TERAPI_BASE_URL) throw new Error('run this as: terapi-simulator exec --port 0 --dialect nango --clock virtual -- npx vitest run');

export const host = TERAPI_BASE_URL;
export const secretKey = TERAPI_SECRET_KEY;
export const signingKey = TERAPI_SIGNING_KEY;

export async function control(method, where, body) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${host}/_simulator${where}`, { method, body: text });
  if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Another sync run, there: { save: [{ id, … }], update: […], delete: ['id'] }. A webhook announces it. */
export function change(changes) {
  return control('POST', '/runs', { integration: 'github', connection: 'demo', model: 'Issue', ...changes });
}

/** What went wrong: { lost, stale, phantom, resurrected }, each a list of records. Best empty. */
export async function differences(store) {
  const about = { integration: 'github', connection: 'demo', model: 'Issue', variant: 'base' };
  const lines = store.records().map(({ id, deleted, payload, last_modified_at, cursor }) =>
    JSON.stringify({ ...about, id, deleted, payload, last_modified_at, cursor }));
  const { lost, stale, phantom, resurrected } = await control(
    'POST', '/truth/diff?integration=github&connection=demo&model=Issue', lines.join('\n') || ' ');
  return { lost, stale, phantom, resurrected };
}

/** The reads since the last reset: the cursor of each, null for those from the beginning. */
export async function reads() {
  const { requests } = await control('GET', '/requests');
  return requests.filter(({ path }) => path.startsWith('/records')).map(({ query }) => new URLSearchParams(query).get('cursor'));
}
