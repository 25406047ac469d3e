import { ConsentError } from '../consent/consent.ts';
import { HttpError } from '../http/http.ts';
import { ListenError } from '../http/listen.ts';
import { milliseconds } from '../http/recorder.ts';
import type { StepRecord } from '../trace/schema.ts';
import type { RunEnvironment } from './environment.ts';
import { createListener } from './listener.ts';
import type { FlowOptions } from './options.ts';
import { factsBefore } from './passes.ts';
import { SEQUENCE } from './sequence.ts';
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

/** What came of the sequence. */
export interface Run {
  readonly facts: Partial<Facts>;
  readonly steps: readonly StepRecord[];
  /** An exception of ours; everything seen before it is kept. */
  readonly crash?: unknown;
}

/** Times a run may go back: three attempts in all, then a refusal stands. */
const MOST_RETURNS = 2;

/** Runs the steps in order: the only loop there is. Never throws. */
export async function run(options: FlowOptions, environment: RunEnvironment): Promise<Run> {
  let facts: Partial<Facts> = {};
  let returns = 0;
  const steps: StepRecord[] = [];
  const loopback = createListener(options, environment);
  try {
    for (let index = 0; index < SEQUENCE.length; index += 1) {
      const step = SEQUENCE[index];
      if (!step) break;
      environment.observer.stepStarted(step);
      const number = steps.filter(({ id }) => id === step.id).length + 1;
      const mayReturn = returns < MOST_RETURNS;
      const passed = await pass(
        step,
        number,
        mayReturn,
        facts,
        options,
        environment,
        loopback.open,
      );
      steps.push(passed.record);
      environment.observer.stepEnded(passed.record);
      if (passed.crash !== undefined) return { facts, steps, crash: passed.crash };
      if (passed.again) {
        returns += 1;
        index = SEQUENCE.findIndex(({ id }) => id === passed.again?.to) - 1;
        facts = { ...factsBefore(facts, index + 1), ...passed.again.facts };
      } else facts = { ...facts, ...passed.facts };
    }
    return { facts, steps };
  } finally {
    await loopback.close();
  }
}

interface Passed {
  readonly facts: Partial<Facts>;
  readonly record: StepRecord;
  readonly again?: Again;
  readonly crash?: unknown;
}

async function pass(
  step: Step,
  number: number,
  mayReturn: boolean,
  facts: Partial<Facts>,
  options: FlowOptions,
  environment: RunEnvironment,
  loopback: Tools['loopback'],
): Promise<Passed> {
  const began = performance.now();
  const before = environment.recorder.log().length;
  const notes: string[] = [];
  const tools = toolsFor(step, options, environment, loopback, (note) => {
    notes.push(note);
  });
  const ended = await attempt(step, mayReturn, facts, tools);
  const exchanges = environment.recorder.log().slice(before);
  return {
    facts: ended.facts ?? {},
    record: {
      id: step.id,
      outcome: ended.outcome,
      reason: ended.reason ?? null,
      exchanges: exchanges.map(({ id }) => id),
      duration_ms: milliseconds(performance.now() - began),
      pass: number,
      ...(notes.length > 0 && { notes }),
    },
    ...(ended.again && { again: ended.again }),
    ...('crash' in ended && { crash: ended.crash }),
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
  step: Step,
  mayReturn: boolean,
  facts: Partial<Facts>,
  tools: Tools,
): Promise<Ended> {
  const missing = step.needs.find((need) => facts[need] === undefined);
  if (missing) return { outcome: 'skipped', reason: `${MISSING[missing]} is missing` };
  if (tools.signal.aborted) return { outcome: 'interrupted', reason: INTERRUPTED };
  try {
    return { outcome: 'done', facts: await step.run(facts, tools) };
  } catch (error) {
    return tools.signal.aborted
      ? { outcome: 'interrupted', reason: INTERRUPTED }
      : outcomeOf(error, mayReturn);
  }
}

const INTERRUPTED = 'the run was interrupted';

/** Facts as a reader knows them. */
const MISSING: Readonly<Record<keyof Facts, string>> = {
  challenge: 'a challenge',
  resource: 'the resource metadata',
  server: 'the authorization server metadata',
  client: 'a registered client',
  grant: 'an authorization code',
  tokens: 'an access token',
  revision: 'an MCP session',
  asked: 'a scope',
  stepUp: 'a refused scope',
  dpop: 'a DPoP key',
};

function outcomeOf(error: unknown, mayReturn: boolean): Ended {
  if (error instanceof Again)
    return mayReturn
      ? { outcome: 'again', reason: error.message, again: error }
      : { outcome: 'failed', reason: `${error.message} (after ${MOST_RETURNS + 1} attempts)` };
  if (error instanceof Refusal) return { outcome: 'refused', reason: error.message };
  if (error instanceof OpenServer) return { outcome: 'open', reason: error.message };
  if (error instanceof Skipped) return { outcome: 'skipped', reason: error.message };
  const expected =
    error instanceof StepFailure ||
    error instanceof HttpError ||
    error instanceof ConsentError ||
    error instanceof ListenError;
  if (expected) return { outcome: 'failed', reason: error.message };
  return {
    outcome: 'failed',
    reason: `mcp-oauth-trace itself failed: ${String(error)}`,
    crash: error,
  };
}

function toolsFor(
  step: Step,
  options: FlowOptions,
  environment: RunEnvironment,
  loopback: Tools['loopback'],
  note: (sentence: string) => void,
): Tools {
  return {
    options,
    http: environment.http(step.id),
    consent: environment.consent,
    signal: environment.signal,
    note,
    refuse: (reason) => {
      if (!options.lenient) throw new Refusal(reason);
      note(`went on (--lenient) although a client must stop: ${reason}`);
    },
    loopback,
    say: environment.say,
    ask: environment.ask,
  };
}
