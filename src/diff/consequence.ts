/** What changed only because something else did, which is compared for itself. */

import type { Difference, Where } from './difference.ts';
import { setChange } from './set-change.ts';

/** Tells the differences that merely follow from others of the same two runs. */
export function consequencesIn(
  differences: readonly Difference[],
): (difference: Difference) => boolean {
  const sent = sentOtherwise(differences);
  const turned = turnedAnswers(differences);
  const isAskedOtherwise = differences.some(({ where }) => where.pointer === REVISION.asked);
  return (difference) => {
    const { pointer, role } = difference.where;
    if (role === null) return pointer === REVISION.used && isAskedOtherwise;
    const answers = placesOf(difference).filter((place) => !isClients(place));
    return (
      numberOf(answers) >= (sent.get(changeOf(difference)) ?? Number.POSITIVE_INFINITY) ||
      answers.length === 0 ||
      (pointer !== STATUS && answers.every((place) => turned.has(numberOf([place]))))
    );
  };
}

/** All places of a difference. */
export function placesOf({ where, also }: Difference): readonly Where[] {
  return [where, ...also];
}

/** What was and what is, as one string that is equal for equal changes. */
export function changeOf({ before, after }: Difference): string {
  if (!Array.isArray(before) || !Array.isArray(after)) return JSON.stringify([before, after]);
  return JSON.stringify(setChange(before, after));
}

const STATUS = '/response/status';
const REVISION = { asked: '/metadata/revision/asked', used: '/metadata/revision/used' };

/**
 * The changes of what the client sends, each with the first exchange that shows it: an answer that
 * changes alike after that repeats what it was asked.
 */
function sentOtherwise(differences: readonly Difference[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const difference of differences) {
    const change = changeOf(difference);
    const requests = placesOf(difference).filter(isClients);
    const known = first.get(change) ?? Number.POSITIVE_INFINITY;
    if (requests.length > 0) first.set(change, Math.min(known, numberOf(requests)));
  }
  return first;
}

/** Exchanges whose status is of another class: nobody expects the same answer below it. */
function turnedAnswers(differences: readonly Difference[]): ReadonlySet<number> {
  const classOf = (status: unknown): number => Math.floor(Number(status) / 100);
  const turned = differences.filter(
    ({ where, before, after }) => where.pointer === STATUS && classOf(before) !== classOf(after),
  );
  return new Set(turned.flatMap(placesOf).map((place) => numberOf([place])));
}

/** The first exchange of these places, as the earlier run counts them where it has it. */
function numberOf(places: readonly Where[]): number {
  return Math.min(...places.map(({ exchanges }) => exchanges.before ?? exchanges.after ?? 0));
}

/** What the client says: its requests, and its answer to the browser that comes back. */
function isClients({ pointer, role }: Where): boolean {
  return pointer.startsWith(role === 'callback' ? '/response/' : '/request/');
}
