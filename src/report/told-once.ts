import type { Cause } from '../rules/cause.ts';
import type { StepRecord, Trace } from '../trace/schema.ts';

/**
 * A trace as it is told beside its cause: why it ended is left to the cause. The step keeps its reason
 * only where a finding explains it in other words.
 */
export function besideCause(trace: Trace, cause: Cause | undefined): Trace {
  if (!cause) return trace;
  const { sequence_summary: summary } = trace;
  const steps = summary.steps.map((record) =>
    isTold(record, summary.outcome, cause) ? { ...record, reason: null } : record,
  );
  return { ...trace, sequence_summary: { ...summary, reason: null, steps } };
}

function isTold(
  { id, outcome, reason }: StepRecord,
  ended: Trace['sequence_summary']['outcome'],
  { step, finding, message }: Cause,
): boolean {
  if (id !== step || outcome !== ended || reason === null) return false;
  return finding === undefined || seenIn(message) === seenIn(reason);
}

/** A message without what was expected, which rule and step put each in their way. */
function seenIn(message: string): string {
  return message.split(', expected ', 1)[0] ?? '';
}
