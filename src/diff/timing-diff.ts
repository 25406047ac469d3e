import type { Difference } from './difference.ts';
import type { Pair } from './place.ts';

/** Where an exchange says how long it took. */
export const TIMING_POINTER = '/timing/total_ms';

/** A change of duration worth a word: this many times, and this many milliseconds. */
const LARGE = { times: 3, milliseconds: 500 };

/** The pairs whose duration changed a lot. */
export function diffTiming(pairs: readonly Pair[]): readonly Difference[] {
  return pairs.flatMap(({ place, before, after }) => {
    if (!before || !after) return [];
    const [from, to] = [before.timing.total_ms, after.timing.total_ms].map(Math.round) as [
      number,
      number,
    ];
    const [short, long] = [Math.min(from, to), Math.max(from, to)];
    if (long < short * LARGE.times || long - short < LARGE.milliseconds) return [];
    return [
      {
        kind: 'timing',
        change: 'changed',
        where: {
          ...place,
          pointer: TIMING_POINTER,
          exchanges: { before: before.id, after: after.id },
        },
        before: from,
        after: to,
        weight: 'timing',
        text: `it took ${from} ms, takes ${to} ms`,
        also: [],
      },
    ];
  });
}
