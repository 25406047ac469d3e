/** What the library makes of traces. */
import { diff as diffRuns } from '../diff/diff.ts';
import type { DiffOptions, TraceDiff } from '../diff/difference.ts';
import { withReasons } from '../report/diff-why.ts';
import { isReportName, loadReporter, REPORT_NAMES, type ReportName } from '../report/index.ts';
import type { ReportOptions } from '../report/reporter.ts';
import type { Cause } from '../rules/cause.ts';
import { STEP_IDS } from '../trace/format.ts';
import { requireTrace } from '../trace/given.ts';
import { redact } from '../trace/redact.ts';
import type { Trace } from '../trace/schema.ts';
import { judgedOf, judgedSubject } from './judged.ts';

/** Why the flow of a trace broke; undefined for one that did not. */
export function findCause(of: Trace): Cause | undefined {
  requireTrace(of, 'findCause()');
  return judgedSubject(of).cause;
}

/**
 * What two runs do not share, what the rules say of them included; what matters most comes first.
 * @throws {RangeError} where `only` holds what is no step, or nothing.
 */
export function diff(
  before: Trace,
  after: Trace,
  options: Omit<DiffOptions, 'before' | 'after'> = {},
): TraceDiff {
  requireTrace(before, 'diff()');
  requireTrace(after, 'diff()');
  requireSteps(options.only);
  const judged = {
    before: judgedOf(judgedSubject(before)),
    after: judgedOf(judgedSubject(after)),
  };
  return withReasons(diffRuns(before, after, { ...options, ...judged }));
}

/** A step that is none would be told as no difference. */
function requireSteps(only: DiffOptions['only']): void {
  if (only === undefined) return;
  const known: readonly string[] = STEP_IDS;
  const wrong = only.filter((step) => !known.includes(step));
  if (wrong.length === 0 && only.length > 0) return;
  throw new RangeError(
    `options.only is ${JSON.stringify(only)}, expected steps of ${STEP_IDS.join(', ')}`,
  );
}

/** How a report is made; by default without colours, 100 columns wide. */
export type ReportingOptions = Partial<ReportOptions>;

const REPORT_WIDTH = 100;

/**
 * A trace and what the rules say of it, in one of the forms people use: text, markdown, html, har, …
 * @throws {RangeError} for a form that is none.
 */
export async function report(
  of: Trace,
  format: ReportName,
  options: ReportingOptions = {},
): Promise<string> {
  if (!isReportName(format))
    throw new RangeError(
      `report ${JSON.stringify(format)} is not one of ${REPORT_NAMES.join(', ')}`,
    );
  requireTrace(of, 'report()');
  const subject = judgedSubject(of.metadata.redacted === true ? of : redact(of));
  const reporter = await loadReporter(format);
  return reporter(subject, { color: false, width: REPORT_WIDTH, ...options });
}
