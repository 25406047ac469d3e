import type { Difference } from '../diff/difference.ts';
import type { Cause } from '../rules/cause.ts';
import type { Judgement } from '../rules/judge.ts';
import type { Trace } from '../trace/schema.ts';

/** What there is to show. */
export interface ReportSubject {
  readonly trace: Trace;
  readonly judgement: Judgement;
  /** What broke the flow, when something did. */
  readonly cause?: Cause;
  /** The file of the trace as the user named it, from the working folder, with forward slashes. */
  readonly traceFile?: string;
  /** What came of holding the run against its baseline, where it had one. */
  readonly baseline?: BaselineComparison;
  /** Expectations whose rule passes now. */
  readonly stale?: readonly StaleExpectation[];
}

/** A run and the one it was held against. */
export interface BaselineComparison {
  /** The baseline, as the user named it. */
  readonly name: string;
  readonly worse: readonly Difference[];
  /** True when there is no difference, worse or not. */
  readonly same: boolean;
}

/** A finding that was expected, and is no longer there. */
export interface StaleExpectation {
  readonly rule: string;
  /** Why it had been accepted. */
  readonly reason: string;
}

/** How to show it; every narrowing is optional. */
export interface ReportOptions {
  /** True for a terminal that takes colours. */
  readonly color: boolean;
  /** Columns to stay within. */
  readonly width: number;
  /** Only this step. */
  readonly step?: string;
  /** Only this exchange. */
  readonly exchange?: number;
  /** The headers of the exchanges too. */
  readonly headers?: boolean;
  /** The bodies of the exchanges too. */
  readonly bodies?: boolean;
}

/** Makes one form of the report. Pure: where the text goes is the command's business. */
export type Reporter = (subject: ReportSubject, options: ReportOptions) => string;
