import type { Fact } from './fact.ts';
import type { Side } from './side.ts';
import { looksRandom } from './volatile.ts';

/** Lifetimes this near, in seconds or as a share, are one setting seen at two moments. */
const TOLERANCE = { seconds: 5, share: 0.01 };

/** True when two facts say the same about two runs. */
export function sameFact(before: Fact, after: Fact, a: Side, b: Side): boolean {
  switch (before.kind) {
    case 'time':
      return after.kind === 'time';
    case 'text':
      return after.kind === 'text' && sameText(before, after, a, b);
    case 'secret':
      return after.kind === 'secret' && sameOrigin(before, after, a, b);
    case 'set':
    case 'scope':
      return after.kind === before.kind && sameSet(before.values, after.values, a, b);
    case 'lifetime':
      return after.kind === 'lifetime' && isNear(before.value, after.value);
    default:
      return before.kind === after.kind && before.value === after.value;
  }
}

type Text = Extract<Fact, { readonly value: string }>;

function sameText(before: Text, after: Text, a: Side, b: Side): boolean {
  if (a.normalize(before.value) === b.normalize(after.value)) return true;
  const left = a.runs(before.value);
  const right = b.runs(after.value);
  return (
    left.length === right.length &&
    left.every((part, index) => {
      const other = right[index] ?? '';
      return part === other || (index % 2 === 1 && sameRun(part, other, a, b));
    })
  );
}

/** Two words that differ are the same when both are volatile and come from the same place. */
function sameRun(left: string, right: string, a: Side, b: Side): boolean {
  const from = a.origins.get(left)?.key;
  const to = b.origins.get(right)?.key;
  if (from !== undefined && to !== undefined) return from === to;
  return looksRandom(left) ? from === undefined || to === undefined : looksRandom(right);
}

function sameOrigin(before: Text, after: Text, a: Side, b: Side): boolean {
  return a.origins.get(before.value)?.key === b.origins.get(after.value)?.key;
}

function sameSet(before: readonly string[], after: readonly string[], a: Side, b: Side): boolean {
  const isInOrder =
    before.length === after.length &&
    before.every((value, index) => a.normalize(value) === b.normalize(after[index] ?? ''));
  return isInOrder || setText(before, a) === setText(after, b);
}

/** In a set nothing says which member became which: random words only have to be there. */
function setText(values: readonly string[], side: Side): string {
  const masked = values.map((value) =>
    side
      .runs(value)
      .map((run, index) => (index % 2 === 1 && looksRandom(run) ? '' : run))
      .join(''),
  );
  return JSON.stringify([...new Set(masked)].sort());
}

function isNear(before: number, after: number): boolean {
  const apart = Math.abs(before - after);
  return apart <= TOLERANCE.seconds || apart <= TOLERANCE.share * Math.max(before, after);
}
