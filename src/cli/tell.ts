import { folded } from '../report/layout.ts';
import type { ReportSubject } from '../report/reporter.ts';
import { shownPath } from './destination.ts';
import { withoutCommands } from './github-actions.ts';
import { type Io, isColored } from './io.ts';
import type { ReportFile } from './option-values.ts';
import { render, writeText } from './rendering.ts';
import type { Saved } from './save-trace.ts';
import type { Verdict } from './verdict.ts';

/** What there is to tell at the end. */
export interface Telling {
  readonly subject: ReportSubject;
  readonly verdict: Verdict;
  readonly format: string;
  /** Where the trace went; absent for one that was read. */
  readonly saved?: Saved;
  readonly io: Io;
}

/** Lines longer than this are hard to read on any terminal. */
export const WIDEST = 120;

/** How wide a file's lines are. */
const FILE_WIDTH = 100;

/** Where words for people go: beside a report that is text, else apart from it and from a trace. */
export function besideReport(format: string, saved: Saved | undefined, io: Io): Io['stdout'] {
  const safe = withoutCommands(io);
  return format === 'text' && !saved?.onStdout ? safe.stdout : safe.stderr;
}

/** Prints the report of a judged trace on stdout, or on stderr where the trace itself went to stdout. */
export async function tell({ subject, verdict, format, saved, io: raw }: Telling): Promise<void> {
  const io = format === 'text' ? withoutCommands(raw) : raw;
  const stream = saved?.onStdout ? 'stderr' : 'stdout';
  const options = { color: isColored(io, stream), width: Math.min(io.columns, WIDEST) };
  io[stream](await render(format, subject, options));
  const write = besideReport(format, saved, raw);
  const { expected, stale } = verdict;
  const line = (text: string): void => write(`${folded(text, options.width).join('\n')}\n`);
  if (expected.length > 0)
    line(`${expected.length} expected: ${expected.map(({ rule }) => rule.id).join(', ')}`);
  for (const { rule, reason } of stale)
    line(`No longer found, take it out of the expectations: ${rule} (${reason})`);
  if (saved?.path !== undefined) write(`Trace: ${shownPath(saved.path, io)}\n`);
}

/** Writes the reports that were asked for besides. */
export async function writeReports(
  reports: readonly ReportFile[],
  subject: ReportSubject,
  io: Io,
): Promise<void> {
  for (const { format, file } of reports) {
    const text = await render(format, subject, { color: false, width: FILE_WIDTH });
    writeText(file, text, shownPath(file, io));
    io.stderr(`Report: ${shownPath(file, io)}\n`);
  }
}
