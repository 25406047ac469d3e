import type { Judged } from '../diff/difference.ts';
import type { ReportSubject } from '../report/reporter.ts';
import { findCause } from '../rules/cause.ts';
import { judge } from '../rules/judge.ts';
import type { Trace } from '../trace/schema.ts';

/** A trace and what the rules say of it. */
export function judgedSubject(trace: Trace): ReportSubject {
  const judgement = judge(trace);
  const cause = findCause(trace, judgement.findings);
  return { trace, judgement, ...(cause && { cause }) };
}

/** As much of it as two runs are compared by. */
export function judgedOf({ judgement, cause }: ReportSubject): Judged {
  const findings = judgement.findings.map(({ rule, severity, message, evidence }) => ({
    rule: rule.id,
    step: rule.step,
    severity,
    message,
    evidence,
  }));
  return { findings, ...(cause && { cause: cause.message }) };
}
