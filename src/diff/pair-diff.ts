import { isOfClient } from './client-word.ts';
import { describe } from './describe.ts';
import type { Difference, Where } from './difference.ts';
import type { Fact, Facts } from './fact.ts';
import type { Pair } from './place.ts';
import { sameFact } from './same.ts';
import { type Side, shownValue, type Two } from './side.ts';
import { weigh } from './weigh.ts';

/** What differs between the two sides of a pair. */
export function diffPair(pair: Pair, before: Side, after: Side): readonly Difference[] {
  if (!pair.before || !pair.after) return [wholeExchange(pair)];
  const left = before.facts(pair.before);
  const right = after.facts(pair.after);
  const differences: Difference[] = [];
  const compare = (pointer: string, a: Fact | undefined, b: Fact | undefined): void => {
    if (a && b ? sameFact(a, b, before, after) : isCovered(pointer, left, right)) return;
    const own = isOfClient(pair.place.role, pointer, [left, right], [before, after]);
    differences.push(differenceOf(pair, pointer, [a, b], [before, after], own));
  };
  for (const [pointer, fact] of left) compare(pointer, fact, right.get(pointer));
  for (const [pointer, fact] of right) if (!left.has(pointer)) compare(pointer, undefined, fact);
  return differences;
}

function differenceOf(
  pair: Pair,
  pointer: string,
  [a, b]: Two<Fact | undefined>,
  [before, after]: Two<Side>,
  own: boolean,
): Difference {
  const change = a ? (b ? 'changed' : 'removed') : 'added';
  const where = whereOf(pair, pointer);
  const values = {
    ...(a && { before: shownValue(a, before) }),
    ...(b && { after: shownValue(b, after) }),
  };
  const weighed = weigh(pair.place.role, pointer, [a, b], own);
  return {
    kind: weighed.kind,
    change,
    where,
    ...values,
    weight: weighed.weight,
    statuses: {
      before: pair.before?.response?.status ?? null,
      after: pair.after?.response?.status ?? null,
    },
    text: describe({ change, where, ...values }),
    also: [],
  };
}

/** A member is not worth a word where its whole document came, went or became something else. */
function isCovered(pointer: string, left: Facts, right: Facts): boolean {
  for (let end = pointer.lastIndexOf('/'); end > 0; end = pointer.lastIndexOf('/', end - 1)) {
    const parent = pointer.slice(0, end);
    const [a, b] = [left.get(parent), right.get(parent)];
    if (a && b)
      return a.kind !== b.kind || (a.kind === 'node' && b.kind === 'node' && a.value !== b.value);
    if (a || b) return true;
  }
  return false;
}

function wholeExchange(pair: Pair): Difference {
  const change = pair.before ? 'removed' : 'added';
  const where = whereOf(pair, '');
  const request = `${(pair.before ?? pair.after)?.request.method} request`;
  const text = change === 'added' ? `the ${request} is new` : `the ${request} is gone`;
  return { kind: 'exchange', change, where, weight: 'behaviour', text, also: [] };
}

function whereOf({ place, before, after }: Pair, pointer: string): Where {
  return {
    ...place,
    pointer,
    exchanges: { before: before?.id ?? null, after: after?.id ?? null },
  };
}
