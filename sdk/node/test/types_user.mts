// Only ever compiled: types.test.js.
import { Terapi, TerapiError, type RecordPage } from '@terapihq/node';

interface Issue {
  title: string;
}

const stream = { providerConfigKey: 'github', connectionId: 'demo', model: 'Issue' };
const terapi = new Terapi({ secretKey: 'key' });
const nango = new Terapi({ secretKey: 'key', dialect: 'nango' });

export async function pages(): Promise<RecordPage<Issue>[]> {
  const all: RecordPage<Issue>[] = [];
  for await (const page of terapi.recordPages<Issue>({ ...stream, cursor: null, filter: ['added'] })) {
    const [first] = page.records;
    const texts: (string | undefined)[] = [page.lastCursor, first?.title, first?.id, first?._terapi_metadata.cursor];
    all.push(page);
    void texts;
  }
  return all;
}

export async function everythingElse(): Promise<void> {
  const { records, next_cursor } = await nango.listRecords<Issue>(stream);
  const cursor: string | null | undefined = records[0]?._nango_metadata.cursor ?? next_cursor;
  // @ts-expect-error: that is the other dialect's
  void records[0]?._terapi_metadata;
  // @ts-expect-error: no model
  await terapi.listRecords({ providerConfigKey: 'github', connectionId: 'demo', cursor });
  // @ts-expect-error: a single name is not a list
  await terapi.triggerSync('github', 'github-issues');
  await terapi.triggerSync('github', ['a', { name: 'b', variant: 'v' }], 'demo', { reset: true });
  const answer = await terapi.get<{ id: number }[]>({ ...stream, endpoint: '/issues', params: { page: 1 } });
  const id: number | undefined = answer.data[0]?.id;
  const verified: boolean = terapi.verifyIncomingWebhookRequest(new Uint8Array(), new Headers());
  terapi.verifyIncomingWebhookRequest('', { 'x-terapi-hmac-sha256': ['a', 'b'] });
  void [id, verified];
}

export function retryLater(error: unknown): number | undefined {
  if (error instanceof TerapiError && error.status === 429) return error.retryAfterMs;
  return undefined;
}
