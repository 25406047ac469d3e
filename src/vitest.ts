/** Matchers for the tests of a server project: `expect.extend(matchers)`. */
import { judgedSubject } from './library/judged.ts';
import { endingOf } from './report/ending.ts';
import { dutyOf } from './report/words.ts';
import { judge } from './rules/judge.ts';
import { unknownRule } from './rules/known-rule.ts';
import type { Finding } from './rules/rule.ts';
import { isObject } from './trace/body.ts';
import { requireTrace, told } from './trace/given.ts';
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

/**
 * For vitest and jest. What cannot be asked at all throws, so that it fails behind `.not` too: a promise,
 * an id that no rule has, the findings of a run that ended before there could be any.
 */
export const matchers = {
  /** Passes for a trace of a run that completed. */
  toHaveCompleted: (trace: Trace): Matched => {
    requireTrace(trace, 'toHaveCompleted()');
    return { pass: hasCompleted(trace), message: () => howItEnded(trace) };
  },
  /**
   * Passes for a trace, or its judgement, of which no rule complains but those named.
   * @throws {Error} for a trace without findings whose flow did not complete: what it did not reach could
   * not be judged. Its judgement says nothing of the flow, and passes.
   */
  toHaveNoFindings: (of: Trace | Judged, ignored: readonly string[] = []): Matched => {
    requireRules(ignored);
    const findings = judgedOf(of).findings.filter(({ rule }) => !ignored.includes(rule.id));
    if (findings.length === 0 && !isJudged(of) && !hasCompleted(of))
      throw new Error(`${howItEnded(of)}\n${UNJUDGED}`);
    const lines = findings.map(
      ({ rule, severity, message, fault, fix }) =>
        `${severity} ${rule.id}: ${message}\n  ${dutyOf(fault, rule.step, fix)}`,
    );
    return {
      pass: findings.length === 0,
      message: () =>
        lines.length > 0 ? lines.join('\n') : 'expected findings, and there are none',
    };
  },
};

const UNJUDGED =
  'What it did not reach could not be judged; expect(judge(run)) asks about the rest alone.';

function hasCompleted(trace: Trace): boolean {
  return trace.sequence_summary.outcome === 'completed';
}

function howItEnded(trace: Trace): string {
  const { outcome, reason } = trace.sequence_summary;
  const ending = endingOf(judgedSubject(trace));
  const why = ending
    ? `${ending.message}\n  ${dutyOf(ending.fault, ending.step, ending.fix)}`
    : (reason ?? '');
  return `the run ended as ${outcome}${why && `: ${why}`}`;
}

function judgedOf(of: Trace | Judged): Judged {
  if (isJudged(of)) return of;
  requireTrace(of, 'toHaveNoFindings()');
  return judge(of);
}

function isJudged(of: unknown): of is Judged {
  return isObject(of) && Array.isArray(of.findings);
}

/** @throws for an id that no rule has: it would be ignored in silence, and so would its misspelling. */
function requireRules(ids: readonly string[]): void {
  if (!Array.isArray(ids))
    throw new TypeError(`toHaveNoFindings() got ${told(ids)}, expected a list of rule ids`);
  for (const id of ids) {
    const unknown = unknownRule(id);
    if (unknown !== undefined) throw new RangeError(`toHaveNoFindings() names ${unknown}`);
  }
}
