import { STEP_IDS } from '../trace/format.ts';
import { requireTrace } from '../trace/given.ts';
import type { Trace } from '../trace/schema.ts';
import { type View, viewTrace } from '../trace/view.ts';
import { plainText } from './evidence.ts';
import { RULES } from './index.ts';
import {
  type Finding,
  notApplicable,
  type Rule,
  type Severity,
  severityOf,
  type Verdict,
} from './rule.ts';
import { revisionsOf, standingOf } from './standing.ts';

/** What the rules say of a trace. */
export interface Judgement {
  /** Errors, then warnings, then info; within each in the order of the steps. */
  readonly findings: readonly Finding[];
  /** Every rule's verdict, by id. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** How many rules passed, failed, and could not be judged: see the verdicts for why. */
  readonly counts: Readonly<Record<Verdict['kind'], number>>;
}

/**
 * Judges a trace by the rules that hold for its revision; one fact gives one finding.
 * @throws {TypeError} for what is no trace.
 * @throws {Error} naming the rule, when a rule throws: that is our bug, whatever the trace holds.
 */
export function judge(trace: Trace, rules: readonly Rule[] = RULES): Judgement {
  requireTrace(trace, 'judge()');
  const view = viewTrace(trace);
  const verdicts = new Map(rules.map((rule) => [rule.id, verdictOf(rule, view)]));
  for (const [id, better] of outranked(rules, verdicts))
    verdicts.set(id, notApplicable(`${better} tells the same fact more exactly`));
  const counts = { pass: 0, fail: 0, 'not-applicable': 0, inconclusive: 0 };
  for (const { kind } of verdicts.values()) counts[kind] += 1;
  const findings = rules.flatMap((rule) => findingOf(rule, verdicts.get(rule.id)));
  return { findings: findings.sort(byWeight), verdicts, counts };
}

function verdictOf(rule: Rule, view: View): Verdict {
  const { revision } = view.trace.metadata;
  const standing = standingOf(rule, revision);
  if (standing === 'none')
    return notApplicable(
      `it holds for MCP ${revisionsOf(rule)}; the trace is of ${revision.used ?? revision.asked}`,
    );
  const verdict = judgeSafely(rule, view);
  return verdict.kind === 'fail' && standing === 'advice'
    ? { ...verdict, severity: 'info' }
    : verdict;
}

function judgeSafely(rule: Rule, view: View): Verdict {
  try {
    return rule.judge(view);
  } catch (cause) {
    throw new Error(`rule ${rule.id} threw instead of judging: ${String(cause)}`, { cause });
  }
}

/** The failing rules that stay silent, each with the failing rule that speaks for it. */
function outranked(
  rules: readonly Rule[],
  verdicts: ReadonlyMap<string, Verdict>,
): readonly (readonly [string, string])[] {
  const failing = rules.filter((rule) => verdicts.get(rule.id)?.kind === 'fail');
  const ids = new Set(failing.map(({ id }) => id));
  return failing.flatMap((rule) =>
    (rule.outranks ?? []).filter((id) => ids.has(id)).map((id) => [id, rule.id] as const),
  );
}

function findingOf(rule: Rule, verdict: Verdict | undefined): readonly Finding[] {
  if (verdict?.kind !== 'fail') return [];
  const { message, evidence, severity = severityOf(rule), fault = rule.fault } = verdict;
  const fix = plainText(verdict.fix ?? rule.fix);
  return [{ rule, severity, fault, message: plainText(message), fix, evidence }];
}

const WEIGHTS: readonly Severity[] = ['error', 'warning', 'info'];

function byWeight(a: Finding, b: Finding): number {
  return (
    WEIGHTS.indexOf(a.severity) - WEIGHTS.indexOf(b.severity) ||
    STEP_IDS.indexOf(a.rule.step) - STEP_IDS.indexOf(b.rule.step) ||
    (a.rule.id < b.rule.id ? -1 : 1)
  );
}
