import { Chalk } from 'chalk';
import { type Performance, type Performed, perform } from '../flow/perform.ts';
import { CredentialsError } from '../http/connection.ts';
import { createMask } from '../trace/redact.ts';
import { type ExitCode, UserError } from './exit.ts';
import { withoutCommands } from './github-actions.ts';
import { heedInterrupts } from './interruption.ts';
import { type Io, isColored } from './io.ts';
import { createNarration, type Narration, quietNarration } from './narration.ts';
import { concludeRun } from './run-ending.ts';
import { planRun, type RunContext, type RunPlan } from './run-plan.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** Runs the sequence once: check everything, run, save, judge, report. */
export async function runTrace(
  url: string,
  options: TraceCommandOptions,
  io: Io,
  context: RunContext,
): Promise<ExitCode> {
  const plan = await planRun(url, options, io, context);
  const narration = narrate(options, plan, io);
  if (options.insecure) io.stderr('Certificates are NOT verified (--insecure).\n');
  return await heedInterrupts(io, async (signal, giveUp) => {
    const signals = { signal, giveUp };
    const performed = await performWatched(plan, options, narration, signals, io);
    return await concludeRun(performed, plan, options, io);
  });
}

/** The run itself; the signal ends it early and nothing is lost. */
async function performWatched(
  { settings, consent, credentials, source }: RunPlan,
  options: TraceCommandOptions,
  narration: Narration,
  signals: Pick<Performance, 'signal' | 'giveUp'>,
  io: Io,
): Promise<Performed> {
  try {
    return await perform({
      ...settings,
      timeout: options.timeout,
      maxBody: options.maxBody,
      headers: options.header,
      consent,
      username: credentials.username ?? null,
      source,
      ...signals,
      observer: narration,
      say: narration.say,
      ask: (question) => {
        // A line that moves would write over what the user types.
        narration.stop();
        return io.ask(question, signals.signal);
      },
    });
  } catch (error) {
    if (error instanceof CredentialsError) throw new UserError(error.message);
    throw error;
  } finally {
    narration.stop();
  }
}

/** Narration on stderr: everything that passes is masked and made printable first. */
function narrate(options: TraceCommandOptions, { known, consent }: RunPlan, io: Io): Narration {
  const write = withoutCommands(io).stderr;
  const isDriven = consent.name === 'form' || consent.name === 'command';
  const isAddressed = !isDriven || options.grant === 'device_code';
  const isTerminal = io.isTerminal.stderr && io.env.TERM !== 'dumb';
  const shape = { write, isAddressed, isTerminal, columns: io.columns };
  if (options.quiet) return quietNarration(shape);
  return createNarration({
    ...shape,
    chalk: new Chalk({ level: isColored(io, 'stderr') ? 1 : 0 }),
    verbose: options.verbose === true,
    isReported: isTerminal && io.isTerminal.stdout && options.format === 'text' && !options.verbose,
    mask: createMask(known),
  });
}
