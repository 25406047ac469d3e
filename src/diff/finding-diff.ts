import type { Difference, FindingChanges, FindingFact } from './difference.ts';
import { compareText } from './place.ts';
import { sameFact } from './same.ts';
import { type Side, shownValue } from './side.ts';

/** Sorts findings into new, gone and still there: by rule, since messages name what differs anyway. */
export function compareFindings(
  before: readonly FindingFact[],
  after: readonly FindingFact[],
): FindingChanges {
  const [known, present] = [rulesOf(before), rulesOf(after)];
  return {
    appeared: after.filter(({ rule }) => !known.has(rule)),
    gone: before.filter(({ rule }) => !present.has(rule)),
    still: after.filter(({ rule }) => known.has(rule)),
  };
}

/** The differences that the findings make. */
export function diffFindings(
  findings: FindingChanges,
  earlier: readonly FindingFact[],
  before: Side,
  after: Side,
): readonly Difference[] {
  const messages = new Map(earlier.map((finding) => [finding.rule, finding]));
  const restated = findings.still.flatMap((finding) => {
    const old = messages.get(finding.rule);
    return old ? restatedFinding(old, finding, before, after) : [];
  });
  return [
    ...findings.appeared.map((finding) => findingDifference('added', finding, after)),
    ...findings.gone.map((finding) => findingDifference('removed', finding, before)),
    ...restated,
  ];
}

/** Errors first; within a severity by rule, so that the order is the same from both sides. */
export function compareSeverity(a: Difference, b: Difference): number {
  return SEVERITIES.indexOf(severityOf(a)) - SEVERITIES.indexOf(severityOf(b));
}

const SEVERITIES: readonly string[] = ['error', 'warning', 'info', ''];

function severityOf({ before, after }: Difference): string {
  return [before, after].flatMap(severityIn).sort(compareText)[0] ?? '';
}

function severityIn(finding: unknown): readonly string[] {
  return typeof finding === 'object' && finding !== null && 'severity' in finding
    ? [String(finding.severity)]
    : [];
}

/** True for an error or a warning that is new, or weighs more than it did. */
export function isWorseFinding({ kind, before, after }: Difference): boolean {
  if (kind !== 'finding') return false;
  const [from = 'info', to = 'info'] = [before, after].map((side) => severityIn(side)[0]);
  return SEVERITIES.indexOf(to) < SEVERITIES.indexOf(from);
}

function findingDifference(
  change: 'added' | 'removed',
  finding: FindingFact,
  side: Side,
): Difference {
  return {
    kind: 'finding',
    change,
    where: whereOf(finding),
    ...(change === 'added' ? { after: finding } : { before: finding }),
    weight: 'finding',
    text: `${change === 'added' ? 'new' : 'gone'}: ${finding.rule} (${finding.severity}): ${side.normalize(finding.message)}`,
    also: [],
  };
}

function restatedFinding(
  old: FindingFact,
  finding: FindingFact,
  before: Side,
  after: Side,
): readonly Difference[] {
  const [a, b] = [old.message, finding.message].map(
    (value) => ({ kind: 'text', value }) as const,
  ) as [{ kind: 'text'; value: string }, { kind: 'text'; value: string }];
  if (old.severity === finding.severity && sameFact(a, b, before, after)) return [];
  const message = { before: shownValue(a, before), after: shownValue(b, after) };
  return [
    {
      kind: 'finding',
      change: 'changed',
      where: whereOf(finding),
      before: { ...old, message: message.before },
      after: { ...finding, message: message.after },
      weight: old.severity === finding.severity ? 'detail' : 'finding',
      text: `still: ${finding.rule}: was (${old.severity}) ${message.before}, is (${finding.severity}) ${message.after}`,
      also: [],
    },
  ];
}

function whereOf({ rule, step }: FindingFact): Difference['where'] {
  const exchanges = { before: null, after: null };
  return {
    step: step ?? null,
    role: null,
    name: null,
    occurrence: null,
    pointer: `/findings/${rule}`,
    exchanges,
  };
}

function rulesOf(findings: readonly FindingFact[]): ReadonlySet<string> {
  return new Set(findings.map(({ rule }) => rule));
}
