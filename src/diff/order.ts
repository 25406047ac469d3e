/** Leaves out what nobody asked for, orders the rest by what matters, says the same thing once. */
import { type Difference, type DiffOptions, WEIGHTS, type Where } from './difference.ts';
import { lastName } from './fact.ts';
import { compareSeverity } from './finding-diff.ts';
import { compareText, stepOrder } from './place.ts';

/** The differences as they are shown. */
export function orderDifferences(
  all: readonly Difference[],
  options: Pick<DiffOptions, 'ignore' | 'only'>,
): readonly Difference[] {
  const asked = all.filter((difference) => isAskedFor(difference.where, options));
  return merged([...asked].sort(compareDifferences));
}

/** True unless the options leave this place out. */
export function isAskedFor(
  where: Pick<Where, 'step' | 'pointer'>,
  { ignore = [], only }: Pick<DiffOptions, 'ignore' | 'only'>,
): boolean {
  if (only && !(where.step !== null && only.includes(where.step))) return false;
  const names = new Set(where.pointer.split('/').map((name) => lastName(`/${name}`)));
  return !ignore.some((entry) =>
    entry.startsWith('/')
      ? where.pointer === entry || where.pointer.startsWith(`${entry}/`)
      : names.has(entry) || names.has(entry.toLowerCase()),
  );
}

/** By weight, then in the order of the sequence; the same from both sides. */
function compareDifferences(a: Difference, b: Difference): number {
  return (
    WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight) ||
    compareSeverity(a, b) ||
    stepOrder(a.where.step) - stepOrder(b.where.step) ||
    (a.where.occurrence ?? 0) - (b.where.occurrence ?? 0) ||
    compareText(a.where.role ?? '', b.where.role ?? '') ||
    compareText(a.where.name ?? '', b.where.name ?? '') ||
    compareText(a.where.pointer, b.where.pointer)
  );
}

/** From this length on, a text that became another text is one change wherever it shows. */
const TELLING_LENGTH = 8;

function merged(differences: readonly Difference[]): readonly Difference[] {
  const groups = new Map<string, { readonly first: Difference; readonly also: Where[] }>();
  for (const difference of differences) {
    const key = sameness(difference);
    const group = groups.get(key);
    if (group) group.also.push(difference.where);
    else groups.set(key, { first: difference, also: [] });
  }
  return [...groups.values()].map(({ first, also }) => ({ ...first, also }));
}

function sameness(difference: Difference): string {
  const { kind, change, where, before, after } = difference;
  if (kind === 'step' || kind === 'scope') return JSON.stringify([kind, change, before, after]);
  if (kind === 'exchange') return JSON.stringify([kind, change, where]);
  if (where.role === null) return JSON.stringify([where, before, after]);
  if (isTelling(before) && isTelling(after)) return JSON.stringify([before, after]);
  if (Array.isArray(before) && Array.isArray(after))
    return JSON.stringify([lastName(where.pointer), before, after]);
  return JSON.stringify([kind, change, where.pointer, before, after]);
}

function isTelling(value: unknown): boolean {
  return typeof value === 'string' && value.length >= TELLING_LENGTH;
}
