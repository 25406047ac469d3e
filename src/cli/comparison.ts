import { diff } from '../diff/diff.ts';
import type { DiffOptions, TraceDiff } from '../diff/difference.ts';
import { idleEntries } from '../diff/idle.ts';
import { judgedOf } from '../library/judged.ts';
import type { DiffReporter } from '../report/diff-sections.ts';
import type { ReportSubject } from '../report/reporter.ts';
import { findRule } from '../rules/index.ts';
import type { Trace } from '../trace/schema.ts';
import { type Io, isColored } from './io.ts';

/** Compares two traces and what the rules say of each. */
export function compareTraces(
  before: ReportSubject,
  after: ReportSubject,
  options: Omit<DiffOptions, 'before' | 'after'> = {},
): TraceDiff {
  return diff(before.trace, after.trace, {
    ...options,
    before: judgedOf(before),
    after: judgedOf(after),
  });
}

/** What is to be left out and is not there was likely mistyped. */
export function tellIdle(ignore: readonly string[], before: Trace, after: Trace, io: Io): void {
  const others = ignore.filter((entry) => !findRule(entry.replace(/^\/findings\//, '')));
  for (const entry of idleEntries(before, after, others))
    io.stderr(
      `--ignore ${JSON.stringify(entry)} leaves nothing out: it is no rule, and no pointer, header, field or tool that is compared.\n`,
    );
}

const REPORTERS: Readonly<Record<string, () => Promise<DiffReporter>>> = {
  text: async () => (await import('../report/diff-text.ts')).diffText,
  json: async () => (await import('../report/diff-json.ts')).diffJson,
  markdown: async () => (await import('../report/diff-markdown.ts')).diffMarkdown,
};

/** How a diff is to be shown. */
export interface DiffShowing {
  /** What the two traces are called. */
  readonly before: string;
  readonly after: string;
  readonly format?: string;
  /** The steps that were looked at; all when absent. */
  readonly only?: readonly string[];
  readonly io: Io;
}

/** A diff as text for stdout. */
export async function showDiff(
  compared: TraceDiff,
  { before, after, format = 'text', only, io }: DiffShowing,
): Promise<string> {
  const load = REPORTERS[format];
  if (!load) throw new RangeError(`no diff report is called ${format}`);
  const reporter = await load();
  return reporter(compared, {
    before,
    after,
    color: isColored(io, 'stdout'),
    width: io.columns,
    ...(only && { only }),
  });
}
