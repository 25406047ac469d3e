import { findCause } from '../rules/cause.ts';
import type { Trace } from '../trace/schema.ts';
import { type Io, isColored } from './io.ts';
import type { Saved } from './save-trace.ts';
import type { Verdict } from './verdict.ts';

/** What there is to tell at the end. */
export interface Telling {
  readonly trace: Trace;
  readonly verdict: Verdict;
  readonly format: string;
  /** Where the trace went; absent for one that was read. */
  readonly saved?: Saved;
  readonly io: Io;
}

/** Prints the report of a judged trace on stdout, or on stderr where the trace itself went to stdout. */
export async function tell({ trace, verdict, format, saved, io }: Telling): Promise<void> {
  const { loadReporter } = await import('../report/index.ts');
  const reporter = await loadReporter(format);
  const { judgement, expected, stale } = verdict;
  const cause = findCause(trace, judgement.findings);
  const stream = saved?.onStdout ? 'stderr' : 'stdout';
  const text = reporter(
    { trace, judgement, ...(cause && { cause }) },
    { color: isColored(io, stream), width: Math.min(io.columns, 120) },
  );
  io[stream](text.endsWith('\n') ? text : `${text}\n`);
  const write = format === 'text' ? io[stream] : io.stderr;
  if (expected.length > 0)
    write(`${expected.length} expected: ${expected.map(({ rule }) => rule.id).join(', ')}\n`);
  for (const { rule, reason } of stale)
    write(`No longer found, take it out of the expectations: ${rule} (${reason})\n`);
  if (saved?.path !== undefined) write(`Trace: ${saved.path}\n`);
}
