/** Why a difference matters, where a rule knows. */
import type { Difference, FindingChanges } from '../diff/difference.ts';
import { RULES } from '../rules/index.ts';
import { REASONS, type Reason } from './diff-reasons.ts';

/** One sentence, or undefined where nobody knows: no reason is better than a wrong one. */
export function whyItMatters(difference: Difference, findings: FindingChanges): string | undefined {
  const rule =
    difference.kind === 'finding'
      ? difference.where.pointer.replace('/findings/', '')
      : REASONS.find((reason) => fits(reason, difference, findings))?.rule;
  return rule === undefined ? undefined : WHY.get(rule);
}

const WHY: ReadonlyMap<string, string> = new Map(RULES.map(({ id, why }) => [id, why]));

function fits(reason: Reason, difference: Difference, findings: FindingChanges): boolean {
  const { rule, roles, pointer, changes, answered, judged = false, when = always } = reason;
  const { change, where, statuses } = difference;
  return (
    where.role !== null &&
    roles.includes(where.role) &&
    changes.includes(change) &&
    pointer.test(where.pointer) &&
    (answered === undefined || answered(statuses?.after ?? 0)) &&
    when(difference) &&
    (!judged || isFound(rule, findings))
  );
}

function always(): boolean {
  return true;
}

/** True where the rule has found fault with the second run. */
function isFound(rule: string, { appeared, still }: FindingChanges): boolean {
  return [...appeared, ...still].some((finding) => finding.rule === rule);
}
