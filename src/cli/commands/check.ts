import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { readTraceArgument } from '../read-trace.ts';
import { tell } from '../tell.ts';
import { findingsCode, type JudgingOptions, prepareJudging } from '../verdict.ts';

/** What `check` was asked. */
export interface CheckOptions extends JudgingOptions {
  readonly format: string;
}

/** Judges a saved trace; the exit code speaks of findings alone. */
export async function checkCommand(file: string, options: CheckOptions, io: Io): Promise<ExitCode> {
  const trace = await readTraceArgument(file, io);
  const verdict = prepareJudging(options, trace.metadata.server_url)(trace);
  await tell({ trace, verdict, format: options.format, io });
  return findingsCode(verdict, options);
}
