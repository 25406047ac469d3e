import type { Difference } from './difference.ts';
import { diffPair } from './pair-diff.ts';
import type { Pair } from './place.ts';
import type { Side } from './side.ts';

/**
 * What differs between the exchanges of two runs.
 * @param explained steps whose own difference already says why their exchanges are not there
 */
export function diffExchanges(
  pairs: readonly Pair[],
  before: Side,
  after: Side,
  explained: ReadonlySet<string | null>,
): readonly Difference[] {
  const [left, right] = [stepsOf(before), stepsOf(after)];
  const isWholeStep = ({ place }: Pair): boolean => !left.has(place.step) || !right.has(place.step);
  const whole = new Map<string, Pair[]>();
  const differences = pairs.flatMap((pair) => {
    if (!isWholeStep(pair)) return diffPair(pair, before, after);
    const { step } = pair.place;
    const known = whole.get(step);
    if (known) known.push(pair);
    else whole.set(step, [pair]);
    return [];
  });
  const steps = [...whole].filter(([step]) => !explained.has(step));
  return [...steps.flatMap(([step, gone]) => wholeStep(step, gone)), ...differences];
}

function wholeStep(step: string, pairs: readonly Pair[]): readonly Difference[] {
  const [first] = pairs;
  if (!first) return [];
  const change = first.before ? 'removed' : 'added';
  return [
    {
      kind: 'exchange',
      change,
      where: {
        ...first.place,
        pointer: '',
        exchanges: { before: first.before?.id ?? null, after: first.after?.id ?? null },
      },
      weight: 'behaviour',
      text: `every exchange of the step ${step} is ${change === 'added' ? 'new' : 'gone'}: ${pairs.length}`,
      also: [],
    },
  ];
}

function stepsOf({ view }: Side): ReadonlySet<string> {
  return new Set(view.exchanges.map(({ step }) => step));
}
