import type { Trace } from '../trace/schema.ts';
import { changeOf, consequencesIn, placesOf } from './consequence.ts';
import type { Difference, FindingFact, TraceDiff, Where } from './difference.ts';
import { isWorseFinding } from './finding-diff.ts';
import { isLoss } from './loss.ts';
import { stepOrder } from './place.ts';

/**
 * What is worse than it was, of the differences of two runs: an error or a warning is new, the run
 * does not end as well, or what clients rely on went or became something else. What only came or
 * was repaired is not.
 */
export function whatGotWorse(
  { differences, findings }: TraceDiff,
  before: Trace,
  after: Trace,
): readonly Difference[] {
  const lost =
    before.sequence_summary.outcome === 'completed' ? losses(differences, findings.gone) : [];
  const isWorse = new Set<Difference>([
    ...(endsWorse(before, after) ? differences.filter(isEnding) : []),
    ...differences.filter(isWorseFinding),
    ...lost,
  ]);
  return differences.filter((difference) => isWorse.has(difference));
}

type Outcome = Trace['sequence_summary']['outcome'];

/** Where a run came from; who was let in without a token could work. */
const STANDING: Readonly<Record<Outcome, number>> = {
  completed: 2,
  open: 1,
  failed: 0,
  refused: 0,
  interrupted: 0,
};

function endsWorse(before: Trace, after: Trace): boolean {
  const [from, to] = [before.sequence_summary, after.sequence_summary];
  // A server that lets everybody in is worse than one that lets nobody in.
  if (to.outcome === 'open') return from.outcome !== 'open';
  const gained = STANDING[to.outcome] - STANDING[from.outcome];
  return gained < 0 || (gained === 0 && stepOrder(to.failed_step) < stepOrder(from.failed_step));
}

function isEnding({ where }: Difference): boolean {
  return where.pointer === '/sequence_summary/outcome';
}

/** Clients rely on nothing of a run that did not complete: ask this of one that did. */
function losses(
  differences: readonly Difference[],
  gone: readonly FindingFact[],
): readonly Difference[] {
  // That no token was received says less than the answer that lacks it.
  const contract = differences.filter(
    ({ weight, kind }) => weight === 'contract' && kind !== 'outcome',
  );
  const isConsequence = consequencesIn(differences);
  const isRepair = repairsIn(contract, gone);
  return contract.filter(
    (difference) => isLoss(difference) && !isConsequence(difference) && !isRepair(difference),
  );
}

/** Tells the changes at which a finding was seen that is gone, and the same change beside it. */
function repairsIn(
  contract: readonly Difference[],
  gone: readonly FindingFact[],
): (difference: Difference) => boolean {
  const seen = gone.flatMap(({ evidence = [] }) => evidence);
  const isSeen = ({ pointer, exchanges }: Where): boolean =>
    seen.some((one) => one.exchange === exchanges.before && isSamePart(one.pointer, pointer));
  const repaired = contract.filter((difference) => placesOf(difference).some(isSeen));
  const known = new Set(repaired.map(changeInExchange));
  return (difference) => known.has(changeInExchange(difference));
}

function changeInExchange(difference: Difference): string {
  return `${difference.where.exchanges.before} ${changeOf(difference)}`;
}

/** Equal, or one inside the other: but a whole body or all headers are no part. */
function isSamePart(one: string, other: string): boolean {
  if (one === other) return true;
  const [outer = '', inner = ''] = [one, other].sort((a, b) => a.length - b.length);
  return outer.split('/').length > 3 && inner.startsWith(`${outer}/`);
}
