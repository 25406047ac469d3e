import type { ExitCode } from '../exit.ts';
import { tellActions } from '../github-actions.ts';
import type { Io } from '../io.ts';
import { readShownTrace } from '../read-trace.ts';
import { tell } from '../tell.ts';
import {
  findingsCode,
  type JudgingOptions,
  prepareJudging,
  subjectIn,
  subjectOf,
} from '../verdict.ts';

/** What `check` was asked. */
export interface CheckOptions extends JudgingOptions {
  readonly format: string;
}

/** Judges a saved trace; the exit code speaks of findings alone. */
export async function checkCommand(file: string, options: CheckOptions, io: Io): Promise<ExitCode> {
  const trace = await readShownTrace(file, io);
  const judging = await prepareJudging(options, trace.metadata.server_url);
  const verdict = judging(trace);
  const subject = subjectIn(file, subjectOf(trace, verdict), io);
  await tell({ subject, verdict, format: options.format, io });
  await tellActions(subject, io);
  return findingsCode(verdict, options);
}
