import type { Reference } from '../spec/references.ts';
import type { Exchange, StepId } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';

/** Who has to act; `user` is whoever logs in, approves and says how the client is to run. */
export type Fault = 'mcp-server' | 'authorization-server' | 'deployment' | 'client' | 'user';

/** What the documents say; `field` where no sentence forbids it and a real client breaks all the same. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'field';

/** How much a finding weighs. */
export type Severity = 'error' | 'warning' | 'info';

/** Where a finding can be seen: an exchange and a JSON pointer into its record. */
export interface Evidence {
  readonly exchange: number;
  /** RFC 6901, into the exchange: `/response/headers/www-authenticate`, `/response/body/issuer`. */
  readonly pointer: string;
}

/** What one rule says of one trace. */
export type Verdict =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'fail';
      /** What was seen, then what was expected. */
      readonly message: string;
      readonly evidence: readonly Evidence[];
      /** Where this case weighs more or less than the rule does. */
      readonly severity?: Severity;
      /** Where this case is somebody else's to mend. */
      readonly fault?: Fault;
      /** The fix for this very case, where it can say more than the rule's. */
      readonly fix?: string;
    }
  | { readonly kind: 'not-applicable'; readonly why: string }
  | { readonly kind: 'inconclusive'; readonly why: string };

/** Real clients that break here, and how well that is known. */
export interface Affected {
  readonly clients: readonly string[];
  /** confirmed: in the client's source or by its maintainers; reported: several reports; single: one report. */
  readonly confidence: 'confirmed' | 'reported' | 'single';
}

/** One requirement, judged from the recorded bytes of a trace. */
export interface Rule {
  readonly id: string;
  readonly step: StepId;
  readonly fault: Fault;
  readonly level: Level;
  /** Where the weight differs from the level's own on purpose. */
  readonly severity?: Severity;
  /** Letters of the MCP revisions it holds for: `A-D`, `B-D`, `D`. */
  readonly revisions: string;
  /** The requirement, one sentence. */
  readonly requires: string;
  /** Why it matters: what a real client does. */
  readonly why: string;
  /** How to mend it. */
  readonly fix: string;
  /** The right header or document, as `explain` shows it. */
  readonly example?: string;
  readonly affected?: Affected;
  readonly spec: readonly Reference[];
  /** Ids of rules that are silent where this one fails: one fact, one finding. */
  readonly outranks?: readonly string[];
  /** Pure, synchronous, never throws, whatever the trace holds. */
  readonly judge: (view: View) => Verdict;
}

/** A rule that fired, ready to show. */
export interface Finding {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly fault: Fault;
  readonly message: string;
  readonly fix: string;
  readonly evidence: readonly Evidence[];
}

const SEVERITIES: Readonly<Record<Level, Severity>> = {
  MUST: 'error',
  'MUST NOT': 'error',
  SHOULD: 'warning',
  'SHOULD NOT': 'warning',
  MAY: 'info',
  field: 'warning',
};

/** The severity of a rule: its own, else its level's. */
export function severityOf(rule: Pick<Rule, 'level' | 'severity'>): Severity {
  return rule.severity ?? SEVERITIES[rule.level];
}

/** Declares a rule. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** The requirement is met. */
export const pass: Verdict = { kind: 'pass' };

/** The requirement is broken; `message` says what was seen, then what was expected. */
export function fail(
  message: string,
  evidence: Evidence | readonly Evidence[],
  other: { readonly severity?: Severity; readonly fault?: Fault; readonly fix?: string } = {},
): Verdict {
  return {
    kind: 'fail',
    message,
    evidence: 'exchange' in evidence ? [evidence] : evidence,
    ...other,
  };
}

/** The requirement says nothing about this trace. */
export function notApplicable(why: string): Verdict {
  return { kind: 'not-applicable', why };
}

/** The trace does not hold enough to tell. */
export function inconclusive(why: string): Verdict {
  return { kind: 'inconclusive', why };
}

/** Points at a part of an exchange. */
export function at(exchange: Exchange, pointer: string): Evidence {
  return { exchange: exchange.id, pointer };
}
