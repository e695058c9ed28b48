// terapi-simulator. Every method may reject with a SimulatorError, and nothing else. Answers are the control API's own
// (docs/control-api.md), with its names.

/** A number and a unit: `us`, `ms`, `s`, `m`, `h` or `d`. `'100ms'`, `'1.5s'`, `'6h10m'`. */
export type Duration = string;

/** UTC, with microseconds: `2024-01-01T00:00:00.000000+00:00`. */
export type Timestamp = string;

/** What one model of one connection has: `'github/demo/Issue'`, `'github/demo/Issue/VARIANT'`, or its parts. */
export type StreamName = string | { integration: string; connection: string; model: string; variant?: string };

export interface StartOptions {
  /**
   * What is there at the start: a world (docs/world-file.md), or the path of its file. Default: the project file's, and else the integrations `github`,
   * `hubspot` and `stripe`, the connection `demo` of each, and 1,000 generated records of `github/demo/Issue`. Files of
   * records that a world names are looked for from the working directory; from a world's file, from the file's folder.
   */
  world?: World | string | URL;
  /** `'virtual'`, the default where the project file says nothing: time stands still until it is advanced, and then passes in no time. `'system'`: the machine's. */
  clock?: 'virtual' | 'system';
  /** Where a virtual clock begins: RFC 3339, or `'now'`. Default `2024-01-01T00:00:00Z`. */
  start?: string | Date;
  /** Where webhooks go; two at most. Default: the world's, and else nowhere. */
  webhookUrl?: string | string[];
  /** Decides all that is random. Default 1. */
  seed?: number;
  /** Whose names and habits. Default `'terapi'`. */
  dialect?: 'terapi' | 'nango';
  /** What hurts clients of the public system, each on or off: docs/nango.md. */
  quirks?: Record<string, boolean>;
  /** The environment's key. Default: the world's. */
  secretKey?: string;
  /** Records to begin with besides the world's: `'connection=demo,integration=github,model=Package,file=packages.ndjson,id=Package'`. */
  load?: string | string[];
  /** An SQLite file in which everything is kept, and from which it starts again. Default: nothing is kept. */
  data?: string;
  /** Default 0: one that is free, so that several workers do not meet. */
  port?: number;
  /** What is logged to stderr here. `true` is `'info'`. Default: nothing; errors of the start are in what is thrown. */
  log?: boolean | 'debug' | 'info' | 'warning' | 'error';
  /**
   * The project file, `terapi.json` (docs/project-file.md): what it says of the simulator holds where an option does not say otherwise, except for
   * `port`, `data` and the log. Default: the one in the working directory or above it, up to the repository's root. A path names another; `false`: none.
   */
  project?: string | URL | boolean;
  /** Further flags of the program, as they are: `['--max-control-body', '256']`. */
  flags?: string[];
  /** The program's path. Default: what `findProgram()` finds. */
  program?: string;
  /** Milliseconds. Default 30,000: a machine may be busy, and a world large. */
  readyWithinMs?: number;
}

/**
 * Starts a simulator of its own, and waits until it serves. It ends with `close()`, and with the process (or the worker thread)
 * that started it, however that ends. It does not keep Node alive.
 */
export function startSimulator(options?: StartOptions): Promise<Simulator>;

/**
 * The path of the program: the environment variable `TERAPI_SIMULATOR`, else the package for this platform, else what is on
 * PATH. Throws `program_not_found`.
 */
export function findProgram(): string;

/** The only kind of error that this package throws. Its message says what to do. */
export class SimulatorError extends Error {
  constructor(message: string, facts: { code: string; status?: number; errors?: ValidationIssue[]; cause?: unknown });
  readonly name: 'SimulatorError';
  /**
   * What a program decides by. The control API's own code, such as `invalid_body`, `not_found`, `not_virtual`,
   * `delivery_in_progress`; or one of these:
   *
   * - `program_not_found`: the program is nowhere
   * - `start_failed`: it ended before it served, or cannot be run; the message has what it said
   * - `not_ready`: it did not serve within `readyWithinMs`
   * - `closed`: `close()` was called
   * - `ended`: it ended by itself
   * - `network_error`: no whole answer came, though it runs
   * - `http_error`: an answer without a code
   * - `invalid_options`: nothing was sent, since the arguments cannot be right
   */
  readonly code: string;
  /** The status over HTTP; undefined when there is no answer. */
  readonly status: number | undefined;
  /** All that is wrong with what was sent, one by one; empty where that is not it. */
  readonly errors: ValidationIssue[];
}

export interface ValidationIssue {
  code: string;
  message: string;
  /** `['save', '0', 'id']` */
  path: string[];
  line?: number;
  column?: number;
}

export class Simulator implements AsyncDisposable {
  private constructor();
  /** The base URL of the API, without a slash at the end: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** That of the control API: `url` with `/_simulator`. It is a page, too, in a browser. */
  readonly controlUrl: string;
  /** What callers of the API send as bearer token: the first environment's. */
  readonly secretKey: string;
  /** What webhooks are signed with. */
  readonly signingKey: string;
  /** Of the process. */
  readonly pid: number;
  /** `TERAPI_BASE_URL`, `TERAPI_SECRET_KEY` and `TERAPI_SIGNING_KEY`, for a client that is a process of its own. */
  readonly env: { TERAPI_BASE_URL: string; TERAPI_SECRET_KEY: string; TERAPI_SIGNING_KEY: string };

  /** The same methods for one stream, which need not be named each time. */
  stream(name: StreamName): Stream;
  /**
   * One run of a sync: changes records, and announces that by a webhook. Answers when the records can be read, and does not wait
   * for the webhook: `untilIdle()` does. What the world does not name is made: integrations, connections, models.
   */
  run(stream: StreamName, changes: RunChanges): Promise<RunAnswer>;
  /** A run that adds records, or replaces them as a whole; each has an `id`. Same ones are left alone. */
  save(stream: StreamName, records: SavedRecord | SavedRecord[], options?: RunOptions): Promise<RunAnswer>;
  /** A run that merges into records what it is given, objects member by member. Unknown and deleted ids are left alone. */
  update(stream: StreamName, changes: SavedRecord | SavedRecord[], options?: RunOptions): Promise<RunAnswer>;
  /** A run that deletes records. */
  delete(stream: StreamName, ids: RecordId | RecordId[], options?: RunOptions): Promise<RunAnswer>;
  /** A run with the full data set: saves it, and deletes what is not in it. */
  replace(stream: StreamName, records: SavedRecord[], options?: RunOptions): Promise<RunAnswer>;
  /** The streams that there are, with their counts. */
  streams(): Promise<StreamCounts[]>;
  /** The state of every record of a stream, or of all streams, in cursor order: what a correct client holds now. */
  truth(stream?: StreamName): Promise<DumpLine[]>;
  /**
   * Compares with the truth what your client holds of a stream: records as `GET /records` served them, with their metadata or
   * without, or lines of a dump. `null` in place of a stream compares all of them; it takes lines of a dump only.
   */
  diff(stream: StreamName, held: Iterable<HeldRecord | DumpLine>): Promise<TruthDiff>;
  diff(stream: null, held: Iterable<DumpLine>): Promise<TruthDiff>;

  /** The fault rules: what goes wrong on purpose. */
  readonly faults: Faults;
  /**
   * Loses webhooks from now on: nothing is sent, and nobody tries again. Those that are being retried go on. Without options, all.
   * `{ times: 1 }`: the next one. `{ every: 3 }`: each third. `{ match: { model: 'Issue' } }`: those of a model.
   */
  loseWebhooks(options?: Which & { id?: string; match?: FaultMatch }): Promise<Fault>;

  clock(): Promise<Clock>;
  /**
   * Lets time pass, `'5m'`, and answers when everything that was due has happened, webhook attempts over the wire included.
   * `'0s'` lets happen what is due now. Needs a virtual clock (`not_virtual`).
   */
  advance(by: Duration): Promise<Advanced>;
  /** The same, up to a time. `invalid_body` if that is in the past. */
  advanceTo(time: Timestamp | Date): Promise<Advanced>;
  /**
   * Lets time pass until nothing is due any more: all webhooks are delivered, or given up. Runs of syncs that come again and again
   * are not waited for. On the system clock, waits until no webhook is due or in flight. `limit`: no further than this.
   */
  untilIdle(options?: { limit?: Duration }): Promise<Advanced>;

  /** The webhooks, oldest first; 1,000 at most unless there is a `limit`, which gives the newest so many. */
  deliveries(filter?: StreamFilter & { state?: DeliveryState; limit?: number }): Promise<Delivery[]>;
  /** One of them, with its body and headers. */
  delivery(id: string): Promise<DeliveryDetail>;
  /** Sends one again: same body, same id. `delivery_in_progress` while an attempt is due or under way. */
  resend(id: string): Promise<void>;
  /** What callers of the API asked and got, oldest first; the last 10,000 are kept. */
  requests(filter?: StreamFilter & { limit?: number }): Promise<JournalEntry[]>;
  /** What looks wrong in how the API is used, though nothing has failed yet. */
  advisories(): Promise<Advisory[]>;
  /** What the system did, newest first: runs, deliveries, actions, calls of the proxy. */
  logs(filter?: LogFilter): Promise<Operation[]>;

  /**
   * A fresh world: as it was at the start, records, settings, faults, clock and all. Takes about a millisecond. Snapshots stay.
   */
  reset(): Promise<void>;
  /** Keeps everything under a name; without one, under a new one. */
  snapshot(name?: string): Promise<{ name: string }>;
  /** Back to it: records, deliveries, faults, the virtual clock. */
  restore(snapshot: string | { name: string }): Promise<void>;
  /** Those that there are. */
  snapshots(): Promise<Snapshot[]>;
  /** The world as a world file, keys included. */
  world(): Promise<World>;
  /** Another world, to which `reset()` goes back from now on. Nothing changes if it has a mistake. The clock stays. */
  putWorld(world: World): Promise<void>;
  /** The settings of the (first) environment. */
  environment(): Promise<Environment>;
  /** Changes some of them: `{ webhook_urls: ['http://127.0.0.1:8080/webhooks'] }`, `{ retry: { attempts: 3 } }`. */
  patchEnvironment(changes: EnvironmentPatch): Promise<Environment>;

  /**
   * Any other call of the control API: `control('PATCH', '/integrations/hubspot/endpoints/hubspot-contacts', { enabled: true })`.
   * A body that is a text is sent as it is. Answers parsed JSON, or text, or undefined.
   */
  control(method: string, path: string, body?: unknown): Promise<any>;
  /** Ends it, and waits for that. May be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The records of one model of one connection: `terapi.stream('github/demo/Issue')`. */
export class Stream {
  private constructor();
  readonly integration: string;
  readonly connection: string;
  readonly model: string;
  readonly variant: string;
  run(changes: RunChanges): Promise<RunAnswer>;
  save(records: SavedRecord | SavedRecord[], options?: RunOptions): Promise<RunAnswer>;
  update(changes: SavedRecord | SavedRecord[], options?: RunOptions): Promise<RunAnswer>;
  delete(ids: RecordId | RecordId[], options?: RunOptions): Promise<RunAnswer>;
  replace(records: SavedRecord[], options?: RunOptions): Promise<RunAnswer>;
  truth(): Promise<DumpLine[]>;
  diff(held: Iterable<HeldRecord | DumpLine>): Promise<TruthDiff>;
}

// ---- Records ----

export type RecordId = string | number;

export interface SavedRecord {
  /** Becomes a string. */
  id: RecordId;
  [member: string]: unknown;
}

/** A record as `GET /records` served it. */
export interface HeldRecord {
  id: string;
  [member: string]: unknown;
}

export interface RunOptions {
  /** The sync's name. Default: the integration's sync with that model. */
  sync?: string;
  /** In place of what fits. */
  type?: 'INITIAL' | 'INCREMENTAL';
  /** The run fails with this, after what it saved. */
  error?: string | { type?: string; description?: string };
  /** `false`: tell nobody. */
  webhook?: boolean;
  /** Its environment's name, where there are several. */
  environment?: string;
}

export interface RunChanges extends RunOptions {
  save?: SavedRecord[];
  update?: SavedRecord[];
  delete?: RecordId[];
  replace?: SavedRecord[];
}

export interface RunAnswer {
  run_id: string;
  added: number;
  updated: number;
  deleted: number;
  unchanged: number;
  /** The ids of the webhooks that announce it; empty while no URL is set. */
  deliveries: string[];
}

export interface StreamCounts {
  environment: string;
  integration: string;
  connection: string;
  model: string;
  variant: string;
  /** All of them, deleted ones included. */
  records: number;
  /** Whose last action that was. */
  added: number;
  updated: number;
  deleted: number;
  /** Of payload. */
  bytes: number;
  last_cursor: string | null;
  last_modified_at: Timestamp | null;
}

/** One record of a dump. Integers beyond 2^53 are rounded, as by `JSON.parse`; `control('GET', '/truth')` has the text. */
export interface DumpLine {
  integration: string;
  connection: string;
  model: string;
  /** Default `base`. */
  variant?: string;
  id: string;
  /** Default false. */
  deleted?: boolean;
  /** The record as it was served, `id` included, without its metadata. */
  payload?: Record<string, any>;
  last_modified_at?: Timestamp;
  cursor?: string;
}

export interface TruthDiff {
  /** There are no differences. */
  equal: boolean;
  /** Alive here, missing or deleted there. */
  lost: Difference[];
  /** Another version there. */
  stale: Difference[];
  /** Never existed here. */
  phantom: Difference[];
  /** Deleted here, alive there. */
  resurrected: Difference[];
  /** The lists hold 1,000 at most, these are all. */
  counts: { lost: number; stale: number; phantom: number; resurrected: number };
}

export interface Difference {
  id: string;
  /** `github/demo/Issue` */
  stream: string;
  /** For a human reader. */
  reason: string;
}

// ---- Faults ----

export interface Faults {
  /** The rules in force, with how often each has matched and fired. */
  list(): Promise<CountedFaultRule[]>;
  /** One more, or, with the `id` of one that is there, in its place. */
  add(rule: FaultRule): Promise<Fault>;
  /** These and no others. */
  set(rules: FaultRule[]): Promise<Fault[]>;
  /** None any more, those of the world included. */
  clear(): Promise<void>;
}

/** One rule in force. */
export class Fault {
  private constructor();
  readonly id: string;
  rule(): Promise<CountedFaultRule>;
  /** How often it has struck: a test whose fault never fired has tested nothing. */
  fired(): Promise<number>;
  remove(): Promise<void>;
}

/** Which of the events that match are struck; without any of these, each. */
export interface Which {
  /** The second and the fifth: `[2, 5]`. */
  nth?: number[];
  /** 3: the third, the sixth, … */
  every?: number;
  /** 0.1: one in ten, decided by the seed, the rule's id and the event. */
  probability?: number;
  /** At most this often, then never again. */
  times?: number;
}

/** Attribute → the whole text, in which `*` stands for anything. */
export type FaultMatch = Record<string, string | number>;

export type FaultRule = Which & { id?: string; match?: FaultMatch } & (
    | { on: 'api'; do: ApiFault }
    | { on: 'webhook'; do: WebhookFault }
    | { on: 'store'; do: StoreFault }
    | { on: 'upstream'; do: UpstreamFault }
  );

export type CountedFaultRule = FaultRule & { id: string; matched: number; fired: number };

/** What happens to an answer of an external API. */
export interface UpstreamFault {
  /** Somebody in front answers that, and the request is not carried out. */
  status?: number;
  headers?: Record<string, string | number>;
  /** Any JSON or, as a string, any text. */
  body?: unknown;
  /** The request is carried out, and the answer held back. */
  delay?: Duration;
  /** The request is carried out, and the connection reset. */
  reset?: boolean;
  /** The connection closes after so many bytes of the body. */
  truncate_after?: number;
  /** The body stops half-way, for so long. */
  stall?: Duration;
  /** `'100B/s'`; also `KB/s`, `MB/s`. */
  drip?: string;
}

/** What happens to an answer of the API. */
export interface ApiFault extends UpstreamFault {
  /** Records are shown as they were so long ago, as by a replica that lags. */
  stale?: Duration;
  /** The API cannot look anything up: 500. */
  database_down?: boolean;
}

export interface WebhookFault {
  /** Nothing is sent, and nobody tries again. */
  drop?: boolean;
  /** It is sent so many times. */
  duplicate?: number;
  delay?: Duration;
  /** A first attempt waits until another delivery to the same URL has gone, a minute at most. */
  reorder?: boolean;
  forge?: 'signature' | 'body';
  /** It is sent so long before its data can be read; true: a second. */
  before_commit?: boolean | Duration;
}

export interface StoreFault {
  /** Saves take their place in the order now, and become visible so much later: behind cursors that readers hold. */
  late_commit: Duration;
}

// ---- Time, webhooks, what happened ----

export interface Clock {
  mode: 'virtual' | 'system';
  now: Timestamp;
  /** On the system clock, how many webhooks are waiting. */
  pending_timers: number;
  /** Those that come again and again: next runs of syncs, changes of external APIs. */
  recurring_timers: number;
  in_flight: number;
  /** null on the system clock. */
  next_due: Timestamp | null;
}

export interface Advanced {
  /** Where the clock stands now. */
  now: Timestamp;
  advanced: Duration;
  /** How many webhook attempts began meanwhile; those that were due at once began before. */
  attempts: number;
}

export interface StreamFilter {
  stream?: StreamName;
  environment?: string;
  integration?: string;
  connection?: string;
  model?: string;
  variant?: string;
}

/** `held`: waits for its data to become readable, for the breaker or for a fault. `dropped`: lost on purpose, by a fault. */
export type DeliveryState = 'pending' | 'in_flight' | 'held' | 'delivered' | 'failed' | 'dropped';

export interface Delivery {
  /** `X-Terapi-Delivery`: the same for each attempt. */
  id: string;
  number: number;
  environment: string;
  url: string;
  /** The type in its body. */
  type: string;
  integration: string;
  connection: string;
  model: string;
  variant: string;
  run_id: string;
  state: DeliveryState;
  held_by: string | null;
  /** The id of the fault rule that lost it. */
  dropped_by: string | null;
  created_at: Timestamp;
  next_attempt_at: Timestamp | null;
  attempts_made: number;
  /** The last 100. */
  attempts: Attempt[];
}

export interface DeliveryDetail extends Delivery {
  /** The bytes that each attempt sends. */
  body: string;
  /** Its signatures. */
  headers: Record<string, string>;
}

export interface Attempt {
  /** `X-Terapi-Attempt`, from 1. */
  number: number;
  at: Timestamp;
  /** Until the answer, on the simulator's clock: 0 in virtual time, except for a time-out. */
  duration_ms: number;
  /** null when there was no answer. */
  status: number | null;
  /** Why there was none: `timeout`, `connection_refused`, … */
  error: string | null;
  /** Its first 1,024 bytes. */
  response_body: string;
  /** The rules that shaped it. */
  fault: string | null;
  next_attempt_at: Timestamp | null;
  headers?: Record<string, string>;
  response_headers?: [string, string][];
}

export interface JournalEntry {
  id: number;
  at: Timestamp;
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  environment: string | null;
  integration: string | null;
  connection: string | null;
  model: string | null;
  variant: string;
  status: number;
  /** The error's code. */
  error: string | null;
  /** How many, in the page. */
  records: number;
  next_cursor: string | null;
  /** The rules that struck. */
  fault: string | null;
  remote: string;
}

export interface Advisory {
  id: number;
  code: string;
  /** Of the contract. */
  clause: string;
  message: string;
  count: number;
  first_at: Timestamp;
  last_at: Timestamp;
  stream: string;
  /** The last ten journal entries that show it, by their ids. */
  requests: number[];
}

export interface LogFilter extends StreamFilter {
  kind?: 'run' | 'delivery' | 'action' | 'proxy' | 'event';
  level?: 'debug' | 'info' | 'warning' | 'error';
  outcome?: 'running' | 'success' | 'failure' | 'dropped' | 'cut_off';
  event?: string;
  sync?: string;
  text?: string;
  from?: Timestamp;
  to?: Timestamp;
  before?: number;
  after?: number;
  limit?: number;
}

export interface Operation {
  id: number;
  kind: 'run' | 'delivery' | 'action' | 'proxy' | 'event';
  level: 'debug' | 'info' | 'warning' | 'error';
  outcome: 'running' | 'success' | 'failure' | 'dropped' | 'cut_off';
  event: string;
  message: string;
  at: Timestamp;
  ended_at: Timestamp | null;
  duration_ms: number | null;
  environment: string | null;
  integration: string | null;
  connection: string | null;
  sync: string | null;
  variant: string | null;
  models: string[];
  name: string;
  error: string | null;
  counts: { added: number; updated: number; deleted: number; unchanged: number } | null;
  fields: Record<string, unknown>;
  steps_made: number;
}

export interface Snapshot {
  name: string;
  /** How many, deleted ones included. */
  records: number;
  /** Where the virtual clock stood; null on the system clock. */
  at: Timestamp | null;
}

// ---- Worlds: docs/world-file.md ----

export interface World {
  environment?: Environment;
  /** In place of `environment`, where there are several. */
  environments?: Environment[];
  integrations?: Integration[];
  connections?: Connection[];
  /** What is in the streams. */
  records?: RecordSource[];
  /** What is in the external APIs, and how they behave: docs/upstream.md. */
  upstream?: Record<string, unknown>[];
  /** docs/templates.md */
  templates?: Record<string, unknown>[];
  time_zone?: string;
  quirks?: Record<string, boolean>;
  faults?: FaultRule[];
}

export interface Environment {
  name?: string;
  secret_key?: string;
  /** Default: the secret key. */
  signing_key?: string;
  signing_key_overlap?: Duration;
  previous_signing_key?: string;
  previous_signing_key_until?: Timestamp;
  /** Two at most. */
  webhook_urls?: string[] | null;
  retry?: {
    /** In all, the first one included. */
    attempts?: number;
    first_delay?: Duration;
    factor?: number;
    max_delay?: Duration;
    /** How long an attempt may take; also in virtual time, that of the machine's clock. */
    timeout?: Duration;
    jitter?: number | boolean;
  };
  /** Also announce runs that changed nothing. */
  always_send?: boolean;
  standard_webhooks?: boolean;
  /** null: none. */
  rate_limit?: { requests?: number; per?: Duration } | null;
  breaker?: { failures?: number; window?: Duration; open_for?: Duration } | null;
  max_response_bytes?: number | null;
  integrations?: Integration[];
  connections?: Connection[];
  records?: RecordSource[];
  upstream?: Record<string, unknown>[];
}

export type EnvironmentPatch = Omit<Environment, 'integrations' | 'connections' | 'records' | 'upstream'>;

export interface Integration {
  id: string;
  environment?: string;
  provider?: string;
  display_name?: string;
  syncs?: {
    name: string;
    models?: string[];
    collections?: Record<string, string>;
    frequency?: Duration;
    type?: 'full' | 'incremental';
    enabled?: boolean;
  }[];
}

export interface Connection {
  id: string;
  integration: string;
  environment?: string;
  /** In place of the environment's. */
  webhook_url?: string | null;
  metadata?: Record<string, unknown>;
}

export interface RecordSource {
  connection: string;
  model: string;
  integration?: string;
  variant?: string;
  environment?: string;
  /** One of these three. */
  generate?: { count?: number; bytes?: number };
  items?: SavedRecord[];
  file?: string;
  /** The member of a file's objects that is the record's id. Default `id`. */
  id?: string;
}
