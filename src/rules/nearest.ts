/** Edits between two words above which they are strangers. */
const MOST_EDITS = 3;

/** Letters of a word for each of its edits: a short word is soon another word. */
const LETTERS_PER_EDIT = 3;

/** The candidate most like a mistyped word; undefined when none is close, and for dates and numbers. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (!/[a-z]/i.test(word)) return undefined;
  const most = Math.min(MOST_EDITS, Math.max(1, Math.floor(word.length / LETTERS_PER_EDIT)));
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(word, candidate) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** How many letters have to be added, left out, changed or swapped with their neighbour. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_EDITS) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(i, j - 1) + 1, at(i - 1, j) + 1, changed, swapped));
    }
  }
  return at(a.length, b.length);
}
