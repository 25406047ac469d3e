/** Matchers for the tests of a server project: `expect.extend(matchers)`. */
import { endingOf } from './report/ending.ts';
import { dutyOf } from './report/words.ts';
import { findCause } from './rules/cause.ts';
import { judge } from './rules/judge.ts';
import type { Finding } from './rules/rule.ts';
import type { Trace } from './trace/schema.ts';

/** What a matcher answers. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** As much of a judgement as is told. */
interface Judged {
  readonly findings: readonly (Pick<Finding, 'severity' | 'message' | 'fault' | 'fix'> & {
    readonly rule: { readonly id: string; readonly step: string };
  })[];
}

/** For vitest and jest. */
export const matchers = {
  /** Passes for a trace of a run that completed. */
  toHaveCompleted: (trace: Trace): Matched => {
    const { outcome, reason } = trace.sequence_summary;
    const judgement = judge(trace);
    const cause = findCause(trace, judgement.findings);
    const ending = endingOf({ trace, judgement, ...(cause && { cause }) });
    const why = ending
      ? `${ending.message}\n  ${dutyOf(ending.fault, ending.step, ending.fix)}`
      : (reason ?? '');
    return {
      pass: outcome === 'completed',
      message: () => `the run ended as ${outcome}${why && `: ${why}`}`,
    };
  },
  /** Passes for a trace, or its judgement, of which no rule complains but those named. */
  toHaveNoFindings: (of: Trace | Judged, ignored: readonly string[] = []): Matched => {
    const { findings: all }: Judged = 'findings' in of ? of : judge(of);
    const findings = all.filter(({ rule }) => !ignored.includes(rule.id));
    const told = findings.map(
      ({ rule, severity, message, fault, fix }) =>
        `${severity} ${rule.id}: ${message}\n  ${dutyOf(fault, rule.step, fix)}`,
    );
    return {
      pass: findings.length === 0,
      message: () => (told.length > 0 ? told.join('\n') : 'expected findings, and there are none'),
    };
  },
};
