import { CLIENTS } from './clients/index.ts';
import type { ClientProfile } from './clients/profile.ts';
import type { Consent } from './consent/consent.ts';
import type { FlowOptions } from './flow/options.ts';
import { perform } from './flow/perform.ts';
import { TOOL } from './flow/tool.ts';
import type { ConnectionOptions } from './http/connection.ts';
import { type KnownSecret, redact } from './trace/redact.ts';
import type { Exchange, Header, StepRecord, Trace } from './trace/schema.ts';

/** How a run differs from what Claude Desktop would do; everything but `consent` has a default. */
export interface TraceOptions
  extends Partial<Omit<FlowOptions, 'url' | 'callback'>>,
    Partial<Omit<ConnectionOptions, 'timeout'>> {
  /** How the authorization request is approved: `form({ username, password })` needs nobody. */
  readonly consent: Consent;
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

/**
 * Runs the whole sequence against an MCP server.
 * @returns the redacted trace, however the run ended: see `sequence_summary.outcome`.
 * @throws what our own code threw: a bug of this package; nothing a server does makes it throw.
 */
export async function trace(url: string, options: TraceOptions): Promise<Trace> {
  const { consent, signal, secrets = [], timeout = 30_000 } = options;
  const profile: ClientProfile = options.profile ?? CLIENTS[0];
  const performed = await perform({
    flow: {
      revision: 'auto',
      lenient: false,
      authorizeParameters: [],
      consentTimeout: 300_000,
      keep: false,
      ...options,
      url,
      profile,
      callback: { ...profile.callback, port: 0, ...options.callback },
    },
    connection: { ...options, timeout },
    timeout,
    maxBody: options.maxBody ?? 256 * 1024,
    userAgent: options.userAgent ?? `${TOOL.name}/${TOOL.version}`,
    headers: options.headers ?? [],
    consent,
    username: null,
    source: 'library',
    signal: signal ?? new AbortController().signal,
    observer: {
      stepStarted: () => {},
      stepEnded: (record) => options.onStep?.(record),
      exchange: (exchange) => options.onExchange?.(exchange),
    },
    say: () => {},
    ask: async () => '',
  });
  if (performed.crash !== undefined) throw performed.crash;
  return redact(performed.trace, secrets);
}
