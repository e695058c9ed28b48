// @terapihq/node. Every method may throw (reject with) a TerapiError, and nothing else.

/** Which vocabulary the server speaks: Terapi's, or that of Nango, the public system of the same design. */
export type Dialect = 'terapi' | 'nango';

export interface TerapiOptions<D extends Dialect = 'terapi'> {
  /** The environment's secret key. Default: the environment variable `TERAPI_SECRET_KEY`. */
  secretKey?: string;
  /** The server's base URL. Default: `TERAPI_BASE_URL`, else `http://127.0.0.1:3003`. */
  host?: string;
  /** What webhooks are signed with. Default: `TERAPI_SIGNING_KEY`, else the secret key. */
  webhookSigningKey?: string;
  /** In place of the `fetch` of Node. */
  fetch?: typeof globalThis.fetch;
  /** Milliseconds for a whole request, its answer's body included. Default 60,000; 0: no time-out. */
  timeoutMs?: number;
  /**
   * How often a request is made again before its error is thrown. Default 0: never. A 429 is repeated for every method;
   * 5xx, network errors and time-outs for GET and HEAD only. Waits as long as `Retry-After` says, at least an exponential
   * back-off from 250 ms; who asks for more than 60 s is not waited for.
   */
  retries?: number;
  /** Default `'terapi'`. */
  dialect?: D;
  /** In place of `JSON.parse`, which rounds integers beyond 2^53. Has to make plain objects. */
  parseJson?: (text: string) => any;
}

/** What is wrong with one part of a request. */
export interface ValidationIssue {
  code: string;
  message: string;
  path: (string | number)[];
}

/** The only kind of error that this library throws. */
export class TerapiError extends Error {
  constructor(
    message: string,
    facts: {
      code: string;
      status?: number;
      errors?: ValidationIssue[];
      body?: any;
      retryAfterMs?: number;
      cause?: unknown;
    },
  );
  readonly name: 'TerapiError';
  /**
   * What a program decides by. The server's own code, such as `invalid_cursor`, `unknown_connection`, `unknown_account`,
   * `too_many_request`, `action_failed`; or one of these:
   *
   * - `http_error`: the answer is not 2xx, and has no code (a gateway's, or an external API's)
   * - `network_error`: no whole answer came: refused, reset, cut short
   * - `timeout`: none came in time. A write may have been carried out
   * - `invalid_answer`: it is no JSON, or not what this API answers
   * - `invalid_options`: nothing was sent, since the arguments cannot be right
   */
  readonly code: string;
  /** The status over HTTP; undefined when there is no answer. */
  readonly status: number | undefined;
  /** All that is wrong with the request, of `invalid_query_params`, `invalid_headers` and `invalid_body`; else empty. */
  readonly errors: ValidationIssue[];
  /** The body of the answer: parsed if it is JSON, else text. */
  readonly body: any;
  /** How long the server asks to wait, in milliseconds; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;
}

// ---- Records ----

/** Times are UTC, with microseconds: `2023-09-18T15:20:35.941305+00:00`. */
export interface RecordMetadata {
  /** Equals `last_modified_at` while the record is deleted. */
  deleted_at: string | null;
  /** Treat ADDED and UPDATED alike, as "this is the record now". */
  last_action: 'ADDED' | 'UPDATED' | 'DELETED';
  first_seen_at: string;
  last_modified_at: string;
  /** When its payload was emptied: what you hold of it is not out of date because of that. */
  pruned_at: string | null;
  /** Its place in the stream. */
  cursor: string;
}

/** The payload as the sync saved it, with the metadata under `_terapi_metadata` (`_nango_metadata` in that dialect). */
export type TerapiRecord<T = Record<string, any>, D extends Dialect = 'terapi'> = T & { id: string } & {
  [Key in `_${D}_metadata`]: RecordMetadata;
};

export type FilterAction = 'added' | 'updated' | 'deleted';

export interface ListRecordsOptions {
  /** The integration. */
  providerConfigKey: string;
  connectionId: string;
  model: string;
  /** Default `base`. */
  variant?: string;
  /** Modified then or later; at most 12 months ago. Do not resume by it, use a cursor. */
  modifiedAfter?: string | Date;
  /** The most records of a page, 1 to 10,000. Default 100. A page may be shorter and not be the last. */
  limit?: number;
  /** Only those whose last action was one of these. */
  filter?: FilterAction | FilterAction[] | string;
  /** Only what was modified after the record of this cursor. null, undefined and '' are the beginning. */
  cursor?: string | null;
  /** Only these records, 100 at most; unknown ones are skipped. An empty list is none at all: all records come. */
  ids?: string[];
}

export interface RecordList<T = Record<string, any>, D extends Dialect = 'terapi'> {
  /** In cursor order: the oldest modification first. */
  records: TerapiRecord<T, D>[];
  /** Where the next page begins; null on the last one. Never store that null: see RecordPage.lastCursor. */
  next_cursor: string | null;
}

export interface RecordPage<T = Record<string, any>, D extends Dialect = 'terapi'> {
  /** At least one, in cursor order. */
  records: TerapiRecord<T, D>[];
  /** null on the last page. */
  nextCursor: string | null;
  /** The cursor of the last of `records`: what to store, with them or after them, and to resume from. */
  lastCursor: string;
}

export interface PruneRecordsOptions {
  providerConfigKey: string;
  connectionId: string;
  model: string;
  /** Default `base`. */
  variant?: string;
  /** Up to and including the record of this cursor. */
  untilCursor: string;
  /** The most records to prune, 1 to 10,000. Default 1,000. */
  limit?: number;
}

// ---- Syncs ----

/** A name, `name::variant`, or both apart. */
export type SyncName = string | { name: string; variant?: string };

export interface SyncCounts {
  added: number;
  updated: number;
  deleted: number;
}

export interface SyncStatus {
  id: string;
  /** Of its last run. */
  type: 'INITIAL' | 'INCREMENTAL';
  name: string;
  variant: string;
  connection_id: string;
  status: 'RUNNING' | 'SUCCESS' | 'ERROR' | 'PAUSED' | 'STOPPED';
  /** Such as `1h`. */
  frequency: string;
  finishedAt: string | null;
  nextScheduledSyncAt: string | null;
  /** By model. */
  latestResult: Record<string, SyncCounts>;
  /** By model, without what is deleted. */
  recordCount: Record<string, number>;
  checkpoint: Record<string, any> | null;
}

export interface SyncVariantOptions {
  providerConfigKey: string;
  connectionId: string;
  /** The sync's name. */
  name: string;
  variant: string;
}

export interface Success {
  success: true;
}

// ---- Connections ----

export interface ListConnectionsOptions {
  connectionId?: string;
  /** Ids that hold this text. */
  search?: string;
  endUserId?: string;
  endUserOrganizationId?: string;
  /** One integration, or several. */
  integrationId?: string | string[];
  tags?: Record<string, string>;
  limit?: number;
  /** Which page of `limit`, from 0. */
  page?: number;
}

export interface ConnectionSummary {
  id: number;
  connection_id: string;
  provider_config_key: string;
  provider: string;
  metadata: Record<string, any>;
  errors: any[];
  end_user: Record<string, any> | null;
  tags: Record<string, any>;
}

export interface ListedConnection extends ConnectionSummary {
  created: string;
}

export interface Connection extends ConnectionSummary {
  created_at: string;
  updated_at: string;
  connection_config: Record<string, any>;
  /** In the `nango` dialect it is called `webhook_url_override`. */
  webhook_url: string | null;
}

export interface ConnectionWithCredentials extends Connection {
  credentials: { type: string } & Record<string, any>;
}

/** What both a new connection and a changed one may have. Here, names of the API (`end_user`) are taken, too. */
export interface ConnectionChanges {
  endUser?: Record<string, any>;
  tags?: Record<string, string>;
  /** Where its webhooks go, in place of the environment's URLs. */
  webhookUrl?: string;
}

export interface NewConnection extends ConnectionChanges {
  providerConfigKey: string;
  /** Made up by the server when left out. */
  connectionId?: string;
  metadata?: Record<string, any>;
  credentials?: Record<string, any>;
  connectionConfig?: Record<string, any>;
}

export interface MetadataAnswer {
  provider_config_key: string;
  connection_id: string | string[];
  metadata: Record<string, any>;
}

// ---- Integrations ----

export interface IntegrationSummary {
  /** The provider config key. */
  unique_key: string;
  provider: string;
  display_name: string;
  logo: string;
  created_at: string;
  updated_at: string;
}

export type Endpoint =
  | {
      name: string;
      type: 'sync';
      description: string;
      models: string[];
      sync_type: 'full' | 'incremental';
      frequency: string;
      enabled: boolean;
    }
  | {
      name: string;
      type: 'action';
      description: string;
      /** The members that its input has to have. */
      input: string[];
      enabled: boolean;
    };

export interface Integration extends IntegrationSummary {
  endpoints: Endpoint[];
}

/** Here and in IntegrationChanges, names of the API (`unique_key`) are taken, too. */
export interface NewIntegration {
  /** Whose templates it has, such as `github`. */
  provider: string;
  /** The provider config key of the new integration. */
  uniqueKey: string;
  displayName?: string;
  credentials?: Record<string, any>;
  forwardWebhooks?: boolean;
}

export interface IntegrationChanges {
  uniqueKey?: string;
  displayName?: string;
  credentials?: Record<string, any>;
  forwardWebhooks?: boolean;
  /** Syncs to turn on and off. One that is turned on runs at once for each connection, then at its frequency. */
  endpoints?: { name: string; enabled: boolean }[];
}

// ---- Writing back ----

export interface AsyncAction {
  id: string;
  /** Where its result will be: a path of this API. */
  statusUrl: string;
}

export type ProxyMethod = 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ProxyOptions {
  providerConfigKey: string;
  connectionId: string;
  /** The path at the external API, `/issues`; it may have a query. */
  endpoint: string;
  /** A string, URLSearchParams, FormData, Blob or bytes are sent as they are, any other value as JSON. */
  data?: any;
  /** The query; a list is sent as the name several times. */
  params?: string | URLSearchParams | Record<string, any>;
  /** For the external API. */
  headers?: Record<string, string>;
  /** How often the server asks the external API again, after 5xx and 429. */
  retries?: number;
  /** Statuses after which it does so, besides those. */
  retryOn?: number[];
  /** Another base URL of the external API. Servers may refuse it. */
  baseUrlOverride?: string;
  decompress?: boolean;
  /** What `data` of the answer is. Default: a value if the answer says that it is JSON, else text. */
  responseType?: 'json' | 'text' | 'arraybuffer';
}

export interface ProxyAnswer<T = any> {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** By `responseType`: a value (null for an empty body), a string or an ArrayBuffer. */
  data: T;
}

// ---- The client ----

/** A client of one environment. It keeps no state between calls, and may be used by many callers at once. */
export class Terapi<D extends Dialect = 'terapi'> {
  /** Throws `invalid_options` when there is no secret key, or an option is wrong. */
  constructor(options?: TerapiOptions<D>);

  /** One page of records. To read all, and to resume, use `recordPages`. */
  listRecords<T = Record<string, any>>(options: ListRecordsOptions): Promise<RecordList<T, D>>;

  /**
   * The pages from `cursor` to the end: the next one is fetched when it is asked for, and none is empty.
   *
   * So that a crash loses nothing, store a page's records first, and `lastCursor` after them or, better, in the same
   * transaction. The next time, pass that cursor. When nothing is new there is no page, and the stored cursor stays.
   *
   *     for await (const page of terapi.recordPages({ ...stream, cursor: await db.cursorOf(stream) })) {
   *       await db.inOneTransaction(page.records, page.lastCursor);
   *     }
   *
   * An error ends the loop. `invalid_cursor`: read from the beginning (without a cursor), and keep what you hold.
   */
  recordPages<T = Record<string, any>>(options: ListRecordsOptions): AsyncGenerator<RecordPage<T, D>, void, undefined>;

  /** Empties the payloads of records that you have stored; ids, metadata and cursors stay. Call it again while `has_more`. */
  pruneRecords(options: PruneRecordsOptions): Promise<{ count: number; has_more: boolean }>;

  /**
   * Runs syncs now; a sync that is running runs once more after that.
   * @param syncs none or an empty list: all of the integration
   * @param connectionId left out: of all connections
   * @param opts `reset`: as if it had never run; `emptyCache`, with `reset`: without the records that it has
   */
  triggerSync(
    providerConfigKey: string,
    syncs?: SyncName[],
    connectionId?: string,
    opts?: { reset?: boolean; emptyCache?: boolean },
  ): Promise<Success>;

  /** Lets paused syncs run again. `connectionId` left out: of all connections. */
  startSync(providerConfigKey: string, syncs: SyncName[], connectionId?: string): Promise<Success>;

  /** Ends a run under way, and lets no other begin. `connectionId` left out: of all connections. */
  pauseSync(providerConfigKey: string, syncs: SyncName[], connectionId?: string): Promise<Success>;

  /** How syncs are; `'*'`: all. `connectionId` left out: of all connections. */
  syncStatus(
    providerConfigKey: string,
    syncs: '*' | SyncName[],
    connectionId?: string,
  ): Promise<{ syncs: SyncStatus[] }>;

  /**
   * How often a sync runs for a connection.
   * @param frequency `5m`, `every 5 minutes`; at least 30 s; null: the sync's own again
   */
  updateSyncConnectionFrequency(
    providerConfigKey: string,
    sync: SyncName,
    connectionId: string,
    frequency: string | null,
  ): Promise<{ frequency: string }>;

  /** Runs a sync in one more variant, at once, with records of its own. */
  createSyncVariant(options: SyncVariantOptions): Promise<{ id: string; name: string; variant: string }>;

  /** Removes a variant and its records. */
  deleteSyncVariant(options: SyncVariantOptions): Promise<Success>;

  /** The connections that match; never with credentials. */
  listConnections(options?: ListConnectionsOptions): Promise<{ connections: ListedConnection[] }>;

  /**
   * One connection, with its credentials.
   * @param forceRefresh whether they are renewed before, though they have not run out
   * @param refreshToken whether the refresh token is among them
   */
  getConnection(
    providerConfigKey: string,
    connectionId: string,
    forceRefresh?: boolean,
    refreshToken?: boolean,
  ): Promise<ConnectionWithCredentials>;

  /** Makes a connection; the integration's enabled syncs start for it. */
  createConnection(options: NewConnection): Promise<Connection>;

  patchConnection(
    params: { providerConfigKey: string; connectionId: string },
    changes: ConnectionChanges,
  ): Promise<Success>;

  /** Deletes a connection and its records. */
  deleteConnection(providerConfigKey: string, connectionId: string): Promise<Success>;

  getMetadata<T = Record<string, any>>(providerConfigKey: string, connectionId: string): Promise<T>;

  /** Replaces the metadata of one connection, or of each of several. */
  setMetadata(
    providerConfigKey: string,
    connectionId: string | string[],
    metadata: Record<string, any>,
  ): Promise<MetadataAnswer>;

  /** Sets these members of the metadata, and leaves the others. */
  updateMetadata(
    providerConfigKey: string,
    connectionId: string | string[],
    metadata: Record<string, any>,
  ): Promise<MetadataAnswer>;

  listIntegrations(): Promise<{ configs: IntegrationSummary[] }>;

  getIntegration(
    params: { uniqueKey: string },
    queries?: { include?: 'endpoints' | 'webhook' | 'credentials' },
  ): Promise<{ data: Integration }>;

  /** Makes an integration; its endpoints are its provider's templates, each off. */
  createIntegration(integration: NewIntegration): Promise<{ data: Integration }>;

  updateIntegration(params: { uniqueKey: string }, changes: IntegrationChanges): Promise<{ data: Integration }>;

  /** Deletes an integration, its connections and their records. */
  deleteIntegration(uniqueKey: string): Promise<Success>;

  /** Writes by an action, and answers its output. Throws `action_failed` (424) when the external API made it fail. */
  triggerAction<Out = any, In = unknown>(
    providerConfigKey: string,
    connectionId: string,
    actionName: string,
    input?: In,
  ): Promise<Out>;

  /** The same, without waiting: an `async_action` webhook says when it has ended. */
  triggerActionAsync<In = unknown>(
    providerConfigKey: string,
    connectionId: string,
    actionName: string,
    input?: In,
  ): Promise<AsyncAction>;

  /** The output of an asynchronous action. Throws `action_not_finished` (404) until there is one. */
  getAsyncActionResult<Out = any>(options: { id: string } | { statusUrl: string }): Promise<Out>;

  /** Calls the connection's external API. Throws for a status outside 2xx, with what that API answered as `body`. */
  proxy<T = any>(options: ProxyOptions & { method?: ProxyMethod | Lowercase<ProxyMethod> }): Promise<ProxyAnswer<T>>;

  get<T = any>(options: ProxyOptions): Promise<ProxyAnswer<T>>;
  post<T = any>(options: ProxyOptions): Promise<ProxyAnswer<T>>;
  put<T = any>(options: ProxyOptions): Promise<ProxyAnswer<T>>;
  patch<T = any>(options: ProxyOptions): Promise<ProxyAnswer<T>>;
  delete<T = any>(options: ProxyOptions): Promise<ProxyAnswer<T>>;

  /**
   * Whether a webhook came from Terapi. Ask before anything is done because of it; answer 401 when it is false.
   * @param rawBody the bytes as they came. A parsed body is refused (`invalid_options`): it is not what was signed
   * @param headers of the request, in any case; during a rotation of the key, one of two signatures has to be right
   */
  verifyIncomingWebhookRequest(
    rawBody: string | Uint8Array,
    headers: Headers | Record<string, string | string[] | undefined>,
  ): boolean;
}
