import { TRACE_VERSION } from '../trace/format.ts';
import type { Exchange, Outcome, Trace } from '../trace/schema.ts';
import type { FlowOptions } from './options.ts';
import type { Run } from './run.ts';

/** What a trace says about its making besides the steps. */
export interface Circumstances {
  readonly tool: { readonly name: string; readonly version: string };
  /** When the run began. */
  readonly started: Date;
  readonly durationMs: number;
  readonly username: string | null;
  readonly consent: string;
  readonly source: string;
  readonly insecure: boolean;
}

/** Puts a run and its log together: a raw trace, to be redacted on its way out. */
export function assemble(
  { facts, steps }: Run,
  log: readonly Exchange[],
  options: FlowOptions,
  circumstances: Circumstances,
): Trace {
  return {
    trace_version: TRACE_VERSION,
    metadata: {
      tool: circumstances.tool,
      server_url: options.url,
      timestamp: circumstances.started.toISOString(),
      duration_ms: circumstances.durationMs,
      total_requests: log.length,
      username: circumstances.username,
      client: options.profile.id,
      revision: {
        asked: options.revision === 'auto' ? 'auto' : options.revision.id,
        used: facts.revision ?? null,
      },
      consent: circumstances.consent,
      source: circumstances.source,
      ...(options.lenient && { lenient: true }),
      ...(circumstances.insecure && { insecure: true }),
      ...givenOptions(options),
    },
    sequence_summary: summary({ facts, steps }),
    secrets: [],
    trace_log: log,
  };
}

function summary({ facts, steps }: Run): Trace['sequence_summary'] {
  const { outcome, failedStep, reason } = summarize(steps);
  const { client, grant, superseded = [] } = facts;
  const earlier = superseded.flatMap(({ tokens }) => tokens ?? []);
  const tokens = facts.tokens ? [...earlier, facts.tokens] : earlier;
  return {
    outcome,
    failed_step: failedStep,
    reason,
    // A platform's JWT needs no client: its id is empty.
    client_id: client?.id || null,
    // Only the code grant goes back to the user, and then it has had a code before.
    auth_code_received: grant?.kind === 'code' || (grant === undefined && earlier.length > 0),
    access_token_received: tokens.length > 0,
    refresh_token_received: tokens.some(({ refresh_token }) => refresh_token !== undefined),
    steps,
  };
}

/** The options that a rule has to know of. */
function givenOptions({
  clientId,
  scope,
  authorizationServer,
  grant,
}: FlowOptions): Pick<Trace['metadata'], 'options'> {
  const options = {
    ...(clientId !== undefined && { client_id_given: true }),
    ...(scope !== undefined && { scope_given: scope }),
    ...(authorizationServer !== undefined && { authorization_server_given: authorizationServer }),
    ...(grant !== undefined && grant !== 'authorization_code' && { grant }),
  };
  return Object.keys(options).length > 0 ? { options } : {};
}

const OUTCOMES: readonly Outcome[] = ['interrupted', 'open', 'refused', 'failed'];

/** The first step that did not do its work decides how the run ended. */
function summarize(steps: Run['steps']): {
  readonly outcome: Outcome;
  readonly failedStep: string | null;
  readonly reason: string | null;
} {
  const broken = steps.find((step) => OUTCOMES.some((outcome) => outcome === step.outcome));
  const outcome = OUTCOMES.find((candidate) => candidate === broken?.outcome) ?? 'completed';
  return { outcome, failedStep: broken?.id ?? null, reason: broken?.reason ?? null };
}
