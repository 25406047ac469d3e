import type { Cause } from '../rules/cause.ts';
import type { Judgement } from '../rules/judge.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import { counted, wrapped } from './layout.ts';
import type { FindingLayout } from './text-findings.ts';

/** Reasons that are told one by one; a run that broke early has many. */
const MOST_REASONS = 5;

/** How much was found, how much was judged, and what could not be. A cause that no rule tells counts apart. */
export function tallyLines(
  { findings, counts, verdicts }: Judgement,
  cause: Cause | undefined,
  { paint, width }: FindingLayout,
): readonly string[] {
  const besides = cause && !cause.finding ? ' besides the cause' : '';
  const open = counts.inconclusive > 0 ? `, ${counts.inconclusive} could not be judged` : '';
  const judged = `${counted(counts.pass + counts.fail, 'rule')} judged, ${counts['not-applicable']} do not apply${open}.`;
  return [
    ...wrapped(`${foundIn(findings)}${besides}. ${judged}`, width).map((line, index) =>
      index === 0 ? line.replace(/^[^.]+\./, (head) => paint.bold(head)) : line,
    ),
    ...unjudgedLines(verdicts, width).map((line) => paint.dim(line)),
  ];
}

/** `2 errors, 1 warning` */
function foundIn(findings: readonly Finding[]): string {
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity: Severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [amountOf(count, severity)];
  });
  return parts.length === 0 ? 'No findings' : parts.join(', ');
}

/** Info has no plural. */
function amountOf(count: number, severity: Severity): string {
  return severity === 'info' ? `${count} info` : counted(count, severity);
}

/** The rules that could not be judged, gathered by the reason. */
function unjudgedLines(verdicts: Judgement['verdicts'], width: number): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const [id, verdict] of verdicts)
    if (verdict.kind === 'inconclusive')
      reasons.set(verdict.why, [...(reasons.get(verdict.why) ?? []), id]);
  const told = [...reasons].slice(0, MOST_REASONS);
  const rest = reasons.size - told.length;
  return [
    ...told.flatMap(([why, ids]) => wrapped(`${namesOf(ids)}: ${why}`, width - 2)),
    ...(rest > 0 ? [`and ${counted(rest, 'more reason')}`] : []),
  ].map((line) => `  ${line}`);
}

/** Few rules by name, many by their number. */
function namesOf(ids: readonly string[]): string {
  return ids.length > 2 ? counted(ids.length, 'rule') : ids.join(', ');
}
