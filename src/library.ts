import { CLIENTS, findClient } from './clients/index.ts';
import type { ClientProfile } from './clients/profile.ts';
import type { Consent } from './consent/consent.ts';
import { diff as diffRuns } from './diff/diff.ts';
import type { DiffOptions, Judged, TraceDiff } from './diff/difference.ts';
import type { FlowOptions } from './flow/options.ts';
import { perform } from './flow/perform.ts';
import { TOOL } from './flow/tool.ts';
import type { ConnectionOptions } from './http/connection.ts';
import { withReasons } from './report/diff-why.ts';
import { isReportName, loadReporter, REPORT_NAMES, type ReportName } from './report/index.ts';
import type { ReportOptions } from './report/reporter.ts';
import { type Cause, findCause as findCauseAmong } from './rules/cause.ts';
import { judge } from './rules/judge.ts';
import { findRevision, REVISIONS, type RevisionId } from './spec/revisions.ts';
import { STEP_IDS } from './trace/format.ts';
import { hrefOf, requireTrace, told } from './trace/given.ts';
import { type KnownSecret, redact } from './trace/redact.ts';
import { redactSafely } from './trace/safety.ts';
import type { Exchange, Header, StepRecord, Trace } from './trace/schema.ts';

/** What a run is asked beyond the defaults. */
type Asked = Partial<
  Pick<
    FlowOptions,
    | 'allowPrivate'
    | 'answers'
    | 'assertion'
    | 'authorizationServer'
    | 'authorizeParameters'
    | 'call'
    | 'clientId'
    | 'clientKey'
    | 'clientMetadataUrl'
    | 'clientSecret'
    | 'consentTimeout'
    | 'dpop'
    | 'enterprise'
    | 'grant'
    | 'keep'
    | 'lenient'
    | 'registrationToken'
    | 'scope'
    | 'tokenAuthMethod'
  >
>;

/** How a run differs from what Claude Desktop would do; everything but `consent` has a default. */
export interface TraceOptions extends Asked, Partial<Omit<ConnectionOptions, 'timeout'>> {
  /** How the authorization request is approved: `form({ username, password })` needs nobody. */
  readonly consent: Consent;
  /** Whose registration to send: a profile or the id of one, default claude-desktop. */
  readonly client?: string | ClientProfile;
  /** The MCP revision to speak, default auto; `draft` is the newest. */
  readonly revision?: 'auto' | 'draft' | RevisionId;
  readonly callback?: Partial<FlowOptions['callback']>;
  /** Milliseconds that one request may take, default 30,000. */
  readonly timeout?: number;
  /** Bytes of each body that are kept, default 256 KiB. */
  readonly maxBody?: number;
  readonly userAgent?: string;
  /** Added to every request of the client. */
  readonly headers?: readonly Header[];
  /** Secrets the caller typed, so that they are found wherever a server repeats them. */
  readonly secrets?: readonly KnownSecret[];
  readonly signal?: AbortSignal;
  /** Hears of each exchange, unredacted, as it ends. */
  readonly onExchange?: (exchange: Exchange) => void;
  readonly onStep?: (record: StepRecord) => void;
}

const LONGEST_REQUEST = 30_000;
const LONGEST_CONSENT = 300_000;
const LONGEST_BODY = 256 * 1024;

/**
 * Runs the whole sequence against an MCP server.
 * @returns the redacted trace, however the run ended: see `sequence_summary.outcome`.
 * @throws {RangeError} for a client or a revision that is not known.
 * @throws {TypeError} without a URL or a way to approve.
 * @throws what our own code threw: a bug of this package; nothing a server does makes it throw.
 */
export async function trace(server: string | URL, options: TraceOptions): Promise<Trace> {
  const url = urlGiven(server);
  requireConsent(options);
  const { consent, callback, secrets = [], timeout = LONGEST_REQUEST } = options;
  const profile = profileOf(options.client);
  const performed = await perform({
    flow: {
      lenient: false,
      authorizeParameters: [],
      consentTimeout: LONGEST_CONSENT,
      keep: false,
      ...options,
      url,
      profile,
      revision: revisionOf(options.revision),
      callback: { ...profile.callback, port: 0, ...callback },
    },
    connection: { ...options, timeout },
    timeout,
    maxBody: options.maxBody ?? LONGEST_BODY,
    userAgent: options.userAgent ?? `${TOOL.name}/${TOOL.version}`,
    headers: options.headers ?? [],
    consent,
    username: null,
    source: 'library',
    signal: options.signal ?? new AbortController().signal,
    observer: {
      stepStarted: () => {},
      stepEnded: (record) => options.onStep?.(record),
      exchange: (exchange) => options.onExchange?.(exchange),
    },
    say: () => {},
    ask: async () => '',
  });
  if (performed.crash !== undefined) throw performed.crash;
  return redactSafely(performed.trace, secrets);
}

/** Types tell this to whoever has them; the others get a sentence. */
function urlGiven(server: unknown): string {
  const url = typeof server === 'string' ? server : hrefOf(server);
  if (url !== undefined) return url;
  throw new TypeError(`trace() got ${told(server)}, expected the URL of an MCP server`);
}

/** The same of the options. */
function requireConsent(options: Partial<TraceOptions> | undefined): void {
  const consent: unknown = options?.consent;
  if (typeof options?.consent?.approve === 'function') return;
  const seen = consent === undefined ? 'has no' : `got ${told(consent)} as`;
  throw new TypeError(
    `trace() ${seen} options.consent, expected a way to approve: ` +
      'trace(url, { consent: form({ username, password }) })',
  );
}

function profileOf(client: TraceOptions['client']): ClientProfile {
  if (typeof client === 'object') return client;
  const profile = client === undefined ? CLIENTS[0] : findClient(client);
  if (profile) return profile;
  const known = CLIENTS.map(({ id }) => id).join(', ');
  throw new RangeError(`client ${JSON.stringify(client)} is not one of ${known}`);
}

function revisionOf(id: TraceOptions['revision']): FlowOptions['revision'] {
  if (id === undefined || id === 'auto') return 'auto';
  const revision = findRevision(id);
  if (revision) return revision;
  const known = REVISIONS.map((each) => each.id).join(', ');
  throw new RangeError(`revision ${JSON.stringify(id)} is not auto, draft or one of ${known}`);
}

/** Why the flow of a trace broke; undefined for one that did not. */
export function findCause(of: Trace): Cause | undefined {
  requireTrace(of, 'findCause()');
  return findCauseAmong(of, judge(of).findings);
}

/**
 * What two runs do not share, what the rules say of them included; what matters most comes first.
 * @throws {RangeError} where `only` holds what is no step, or nothing.
 */
export function diff(
  before: Trace,
  after: Trace,
  options: Omit<DiffOptions, 'before' | 'after'> = {},
): TraceDiff {
  requireTrace(before, 'diff()');
  requireTrace(after, 'diff()');
  requireSteps(options.only);
  const judged = { before: judgedOf(before), after: judgedOf(after) };
  return withReasons(diffRuns(before, after, { ...options, ...judged }));
}

/** A step that is none would be told as no difference. */
function requireSteps(only: DiffOptions['only']): void {
  if (only === undefined) return;
  const known: readonly string[] = STEP_IDS;
  const wrong = only.filter((step) => !known.includes(step));
  if (wrong.length === 0 && only.length > 0) return;
  throw new RangeError(
    `options.only is ${JSON.stringify(only)}, expected steps of ${STEP_IDS.join(', ')}`,
  );
}

function judgedOf(of: Trace): Judged {
  const { findings } = judge(of);
  const cause = findCauseAmong(of, findings);
  return {
    findings: findings.map(({ rule, severity, message, evidence }) => ({
      rule: rule.id,
      step: rule.step,
      severity,
      message,
      evidence,
    })),
    ...(cause && { cause: cause.message }),
  };
}

/** How a report is made; by default without colours, 100 columns wide. */
export type ReportingOptions = Partial<ReportOptions>;

const REPORT_WIDTH = 100;

/**
 * A trace and what the rules say of it, in one of the forms people use: text, markdown, html, har, …
 * @throws {RangeError} for a form that is none.
 */
export async function report(
  of: Trace,
  format: ReportName,
  options: ReportingOptions = {},
): Promise<string> {
  if (!isReportName(format))
    throw new RangeError(
      `report ${JSON.stringify(format)} is not one of ${REPORT_NAMES.join(', ')}`,
    );
  requireTrace(of, 'report()');
  const shown = of.metadata.redacted === true ? of : redact(of);
  const judgement = judge(shown);
  const cause = findCauseAmong(shown, judgement.findings);
  const reporter = await loadReporter(format);
  return reporter(
    { trace: shown, judgement, ...(cause && { cause }) },
    { color: false, width: REPORT_WIDTH, ...options },
  );
}
