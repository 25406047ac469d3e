import type { Ledger } from './ledger.ts';

/** Characters of a secret that must stand at a cut to be taken for its beginning. */
const SHORTEST_BEGINNING = 4;
const LONGEST_BEGINNING = 4096;

/** Labels the end of a text that was cut off in the middle of a secret. */
export function createTailScrub(ledger: Ledger): (text: string) => string {
  const secrets = ledger.everywhere().toSorted((a, b) => (a.value < b.value ? -1 : 1));
  const longest = secrets.reduce((most, { value }) => Math.max(most, value.length), 0);
  return (text) => {
    const furthest = Math.min(text.length, longest, LONGEST_BEGINNING);
    for (let length = furthest; length >= SHORTEST_BEGINNING; length -= 1) {
      const end = text.slice(text.length - length);
      const entry = secrets[firstNotBelow(secrets, end)];
      if (entry?.value.startsWith(end))
        return `${text.slice(0, text.length - length)}${ledger.labelOf(entry)}`;
    }
    return text;
  };
}

function firstNotBelow(sorted: readonly { readonly value: string }[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.value ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
