import { ConsentError } from '../consent/consent.ts';
import { HttpError } from '../http/http.ts';
import { ListenError } from '../http/listen.ts';
import { milliseconds } from '../http/recorder.ts';
import type { StepRecord } from '../trace/schema.ts';
import type { RunEnvironment } from './environment.ts';
import type { FlowOptions } from './options.ts';
import {
  Again,
  type Facts,
  OpenServer,
  Refusal,
  Skipped,
  type Step,
  StepFailure,
  type Tools,
} from './step.ts';

/** One step that is about to run. */
export interface Pass {
  readonly step: Step;
  /** 1 for the first time, more where the run went back to it. */
  readonly number: number;
  readonly mayReturn: boolean;
  readonly facts: Partial<Facts>;
  readonly options: FlowOptions;
  readonly environment: RunEnvironment;
  readonly loopback: Tools['loopback'];
}

/** What came of it. */
export interface Passed {
  /** What was found out, also by a step that broke later. */
  readonly facts: Partial<Facts>;
  readonly record: StepRecord;
  readonly again?: Again;
  /** An exception of ours. */
  readonly crash?: unknown;
}

/** Runs one step once, and records it. Never throws. */
export async function pass(about: Pass): Promise<Passed> {
  const { step, number, environment } = about;
  const began = performance.now();
  const before = environment.recorder.log().length;
  const notes: string[] = [];
  const found: Partial<Facts>[] = [];
  const tools = toolsFor(about, notes, found);
  const { outcome, reason, again, ...other } = await attempt(about, tools);
  const exchanges = environment.recorder.log().slice(before);
  return {
    facts: Object.assign({}, ...found, other.facts),
    record: {
      id: step.id,
      outcome,
      reason: reason ?? null,
      exchanges: exchanges.map(({ id }) => id),
      duration_ms: milliseconds(performance.now() - began),
      pass: number,
      ...(notes.length > 0 && { notes }),
    },
    ...(again && { again }),
    ...('crash' in other && { crash: other.crash }),
  };
}

interface Ended {
  readonly outcome: StepRecord['outcome'];
  readonly reason?: string;
  readonly facts?: Partial<Facts>;
  readonly again?: Again;
  readonly crash?: unknown;
}

async function attempt(
  { step, facts, mayReturn, environment }: Pass,
  tools: Tools,
): Promise<Ended> {
  try {
    environment.observer.stepStarted(step);
    const missing = step.needs.find((need) => facts[need] === undefined);
    if (missing) return { outcome: 'skipped', reason: `${MISSING[missing]} is missing` };
    if (tools.signal.aborted) return INTERRUPTED;
    const found = await step.run(facts, tools);
    // A step that takes a broken request for an absent document does not notice.
    return tools.signal.aborted
      ? { ...INTERRUPTED, facts: found }
      : { outcome: 'done', facts: found };
  } catch (error) {
    return tools.signal.aborted ? INTERRUPTED : outcomeOf(error, mayReturn);
  }
}

const INTERRUPTED: Ended = { outcome: 'interrupted' };

/** Facts as a reader knows them. */
const MISSING: Readonly<Record<keyof Facts, string>> = {
  challenge: 'a challenge',
  resource: 'the resource metadata',
  server: 'the authorization server metadata',
  client: 'a registered client',
  grant: 'an authorization code',
  tokens: 'an access token',
  revision: 'an MCP session',
  spoken: 'a revision of the other era',
  asked: 'a scope',
  stepUp: 'a refused scope',
  refused: 'a refused call',
  dpop: 'a DPoP key',
  superseded: 'an earlier pass',
};

function outcomeOf(error: unknown, mayReturn: boolean): Ended {
  if (error instanceof Again)
    return mayReturn
      ? { outcome: 'again', reason: error.message, again: error }
      : { outcome: 'failed', reason: `${error.message} (no further attempt is made)` };
  if (error instanceof Refusal) return { outcome: 'refused', reason: error.message };
  if (error instanceof OpenServer) return { outcome: 'open', reason: error.message };
  if (error instanceof Skipped) return { outcome: 'skipped', reason: error.message };
  const expected =
    error instanceof StepFailure ||
    error instanceof HttpError ||
    error instanceof ConsentError ||
    error instanceof ListenError;
  return expected ? { outcome: 'failed', reason: error.message } : defect(error);
}

/** The end that an exception of ours makes. */
export function defect(error: unknown): {
  readonly outcome: 'failed';
  readonly reason: string;
  readonly crash: unknown;
} {
  return {
    outcome: 'failed',
    reason: `mcp-oauth-trace itself failed: ${String(error)}`,
    crash: error,
  };
}

function toolsFor(
  { step, options, environment, loopback }: Pass,
  notes: string[],
  found: Partial<Facts>[],
): Tools {
  const { guard, consent, say, ask } = environment;
  const isLate = environment.signal.aborted && step.isDueAnyway === true;
  const signal = isLate ? environment.lastSignal : environment.signal;
  const note = (sentence: string): void => {
    notes.push(sentence);
  };
  return {
    options,
    http: environment.http(step.id, signal),
    guard,
    consent,
    signal,
    note,
    found: (facts) => {
      found.push(facts);
    },
    refuse: (reason) => {
      if (!options.lenient) throw new Refusal(reason);
      note(`went on (--lenient) although a client must stop: ${reason}`);
    },
    loopback,
    say,
    ask,
  };
}
