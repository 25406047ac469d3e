import { diff } from '../diff/diff.ts';
import type { DiffOptions, Judged, TraceDiff } from '../diff/difference.ts';
import { idleEntries } from '../diff/idle.ts';
import type { DiffReporter } from '../report/diff-sections.ts';
import type { ReportSubject } from '../report/reporter.ts';
import { findCause } from '../rules/cause.ts';
import { findRule } from '../rules/index.ts';
import { judge } from '../rules/judge.ts';
import type { Trace } from '../trace/schema.ts';
import { type Io, isColored } from './io.ts';

/** A trace and what the rules say of it. */
export function judgedSubject(trace: Trace): ReportSubject {
  const judgement = judge(trace);
  const cause = findCause(trace, judgement.findings);
  return { trace, judgement, ...(cause && { cause }) };
}

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

function judgedOf({ judgement, cause }: ReportSubject): Judged {
  const findings = judgement.findings.map(({ rule, severity, message, evidence }) => ({
    rule: rule.id,
    step: rule.step,
    severity,
    message,
    evidence,
  }));
  return { findings, ...(cause && { cause: cause.message }) };
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
  readonly io: Io;
}

/** A diff as text for stdout. */
export async function showDiff(
  compared: TraceDiff,
  { before, after, format = 'text', io }: DiffShowing,
): Promise<string> {
  const load = REPORTERS[format];
  if (!load) throw new RangeError(`no diff report is called ${format}`);
  const reporter = await load();
  return reporter(compared, { before, after, color: isColored(io, 'stdout'), width: io.columns });
}
