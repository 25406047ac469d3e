import type { Performed } from '../flow/perform.ts';
import { SecretSurvivedError } from '../trace/file-error.ts';
import { createMask, type KnownSecret } from '../trace/redact.ts';
import { redactSafely } from '../trace/safety.ts';
import type { Trace } from '../trace/schema.ts';
import { concludeBaseline, holdAgainst } from './baseline.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { tellActions } from './github-actions.ts';
import type { Io } from './io.ts';
import type { RunPlan } from './run-plan.ts';
import { bugLine, saveTrace } from './save-trace.ts';
import { besideReport, tell, writeReports } from './tell.ts';
import type { TraceCommandOptions } from './trace-options.ts';
import { runCode, subjectIn, subjectOf } from './verdict.ts';

/** What comes after a run: save first, then judge, report, and compare. */
export async function concludeRun(
  performed: Performed,
  { destination, reports, judging, baseline, known }: RunPlan,
  options: TraceCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const saved = saveTrace(performed.trace, known, options.redact, destination, io);
  const trace = reportable(performed.trace, known, io);
  if (!trace) return EXIT.crash;
  const verdict = judging(trace);
  // A name with the time in it would make every result a new one.
  const named = destination.kind === 'file' ? saved.path : undefined;
  const judged = subjectIn(named, subjectOf(trace, verdict), io);
  const { ignore } = options;
  const held = await holdAgainst({ baseline, subject: judged, judging, ignore, io });
  const subject = { ...judged, ...(held?.baseline && { baseline: held.baseline }) };
  if (!options.quiet && io.isTerminal.stderr) io.stderr('\n');
  await tell({ subject, verdict, saved, format: options.format, io });
  await writeReports(reports, subject, io);
  await tellActions(subject, io);
  const write = besideReport(options.format, saved, io);
  await concludeBaseline(baseline, held, trace, write, io);
  if ('crash' in performed) {
    const { crashReport } = await import('./crash.ts');
    io.stderr(maskFor(performed.trace, known)(crashReport(performed.crash)));
    return EXIT.crash;
  }
  if (saved.failed) return EXIT.crash;
  const code = runCode(trace, verdict, options);
  return code === EXIT.ok && (held?.baseline?.worse.length ?? 0) > 0 ? EXIT.findings : code;
}

/** Takes the secrets of a run out of what is said about it. */
function maskFor(trace: Trace, known: readonly KnownSecret[]): (text: string) => string {
  const mask = createMask(known);
  for (const exchange of trace.trace_log) mask.see(exchange);
  return mask;
}

/** What may be shown; undefined where a secret would have been, which is our bug. */
function reportable(trace: Trace, known: readonly KnownSecret[], io: Io): Trace | undefined {
  try {
    return redactSafely(trace, known);
  } catch (error) {
    if (!(error instanceof SecretSurvivedError)) throw error;
    io.stderr(bugLine(error));
    return undefined;
  }
}
