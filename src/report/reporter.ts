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
