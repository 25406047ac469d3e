import { findRevision, NEWEST_LEGACY, REVISIONS, type Revision } from '../spec/revisions.ts';
import { STEP_IDS } from '../trace/format.ts';
import type { Trace } from '../trace/schema.ts';
import type { Rule } from './rule.ts';

/** How a rule stands to the revisions of a trace: at full weight, as a word of advice, or not at all. */
export type Standing = 'full' | 'advice' | 'none';

/**
 * A server is judged by the revision it negotiated. What comes before the negotiation is judged by
 * the newest revision the user let it choose, but is only advice where the server then settled on
 * an older one. A client is bound by the revision it speaks, and by no other: one that leaves the
 * choice to the server opens as a legacy client.
 */
export function standingOf(
  rule: Pick<Rule, 'revisions' | 'step' | 'fault'>,
  { asked, used }: Trace['metadata']['revision'],
): Standing {
  const isBeforeNegotiation = STEP_IDS.indexOf(rule.step) < STEP_IDS.indexOf('call');
  if (rule.fault === 'client') {
    const spoken = (isBeforeNegotiation ? undefined : used) ?? asked;
    return holdsFor(rule, bindingRevision(spoken) ?? NEWEST_LEGACY) ? 'full' : 'none';
  }
  const newest = REVISIONS.at(-1);
  if (holdsFor(rule, bindingRevision(used ?? asked) ?? newest)) return 'full';
  return isBeforeNegotiation && holdsFor(rule, bindingRevision(asked) ?? newest)
    ? 'advice'
    : 'none';
}

/** The revision with this id; for a version older than all of them, the oldest: its rules are the fewest. */
function bindingRevision(id: string): Revision | undefined {
  const [oldest] = REVISIONS;
  return findRevision(id) ?? (oldest && id < oldest.id ? oldest : undefined);
}

/** A rule's revisions by name: `2025-06-18 and later`. */
export function revisionsOf({ revisions }: Pick<Rule, 'revisions'>): string {
  const held = REVISIONS.filter((revision) => holdsFor({ revisions }, revision));
  const [first] = held;
  const last = held.at(-1);
  if (held.length === REVISIONS.length) return 'every revision';
  if (last === REVISIONS.at(-1)) return first === last ? `${first?.id}` : `${first?.id} and later`;
  return `${first?.id} to ${last?.id}`;
}

/** Whether a range of letters, `A-D` or `D`, holds a revision. */
function holdsFor({ revisions }: Pick<Rule, 'revisions'>, revision: Revision | undefined): boolean {
  const [from = '', to = from] = revisions.split('-');
  return revision !== undefined && from <= revision.letter && revision.letter <= to;
}
