// Only ever compiled: types.test.js.
import { startSimulator, SimulatorError, type FaultRule, type Simulator, type TruthDiff, type World } from 'terapi-simulator';

const world: World = {
  integrations: [{ id: 'github', syncs: [{ name: 'notes', models: ['Note'], frequency: '1h', type: 'full' }] }],
  connections: [{ id: 'demo', integration: 'github' }],
  records: [{ connection: 'demo', integration: 'github', model: 'Note', generate: { count: 3, bytes: 100 } }],
  environment: { retry: { attempts: 3, first_delay: '1s' }, rate_limit: null },
};
const rule: FaultRule = { on: 'api', match: { path: '/records', attempt: 1 }, nth: [2], do: { status: 503, headers: { 'Retry-After': 3 } } };

export async function uses(): Promise<TruthDiff> {
  const terapi: Simulator = await startSimulator({ world, clock: 'virtual', webhookUrl: 'http://127.0.0.1:1', start: new Date(), log: 'info' });
  await startSimulator({ world: new URL('file:///world.json'), webhookUrl: ['http://127.0.0.1:1'], quirks: { bad_cursor_500: false } });
  const { deliveries, added } = await terapi.save('github/demo/Note', [{ id: 1, title: 'a' }], { webhook: false });
  await terapi.delete({ integration: 'github', connection: 'demo', model: 'Note' }, ['1', 2]);
  const lost = await terapi.loseWebhooks({ times: 1, match: { model: 'Note' } });
  const fired: number = await lost.fired();
  await terapi.faults.add(rule);
  await terapi.faults.set([{ on: 'store', do: { late_commit: '10s' } }, { on: 'webhook', do: { forge: 'body' } }]);
  // @ts-expect-error: a webhook has no status
  await terapi.faults.add({ on: 'webhook', do: { status: 503 } });
  // @ts-expect-error: a duration has a unit
  await terapi.advance(5);
  // @ts-expect-error: a record has an id
  await terapi.save('github/demo/Note', { title: 'a' });
  // @ts-expect-error: there is no such clock
  await startSimulator({ clock: 'warped' });
  const state: string | undefined = (await terapi.deliveries({ stream: 'github/demo/Note', state: 'failed' }))[0]?.attempts[0]?.at;
  await terapi.restore(await terapi.snapshot());
  await terapi.diff(null, await terapi.truth());
  void [deliveries, added, fired, state, terapi.env.TERAPI_BASE_URL];
  return terapi.stream('github/demo/Note').diff(new Map<string, { id: string }>().values());
}

export async function closesItself(): Promise<void> {
  await using terapi = await startSimulator();
  await terapi.reset();
}

export function path(error: unknown): string[] | undefined {
  return error instanceof SimulatorError && error.code === 'invalid_body' ? error.errors[0]?.path : undefined;
}
