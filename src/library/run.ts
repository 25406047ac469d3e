/** The library's way to a trace. */
import { CLIENTS, findClient } from '../clients/index.ts';
import type { ClientProfile } from '../clients/profile.ts';
import type { Consent } from '../consent/consent.ts';
import type { FlowOptions } from '../flow/options.ts';
import { perform } from '../flow/perform.ts';
import { TOOL } from '../flow/tool.ts';
import type { ConnectionOptions } from '../http/connection.ts';
import { findRevision, REVISIONS, type RevisionId } from '../spec/revisions.ts';
import { hrefOf, told } from '../trace/given.ts';
import type { KnownSecret } from '../trace/redact.ts';
import { redactSafely } from '../trace/safety.ts';
import type { Exchange, Header, StepRecord, Trace } from '../trace/schema.ts';

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
  /** Interrupts the run, which then takes some seconds at most to give back what it got. */
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
