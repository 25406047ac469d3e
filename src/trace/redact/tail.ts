import type { Entry, Ledger } from './ledger.ts';
import { base64CoresOf, percentEncoded } from './spelling.ts';

/** Characters of a secret that must stand at a cut to be taken for its beginning. */
const SHORTEST_BEGINNING = 4;
const LONGEST_BEGINNING = 4096;

/** A secret in one of its spellings. */
interface Spelled {
  readonly text: string;
  readonly entry: Entry;
}

/** Labels the end of a text that was cut off in the middle of a secret, however that is spelled. */
export function createTailScrub(ledger: Ledger): (text: string) => string {
  const spelled = ledger
    .everywhere()
    .flatMap((entry) => beginningsOf(entry.value).map((text): Spelled => ({ text, entry })))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1));
  const longest = spelled.reduce((most, { text }) => Math.max(most, text.length), 0);
  return (text) => {
    const furthest = Math.min(text.length, longest, LONGEST_BEGINNING);
    for (let length = furthest; length >= SHORTEST_BEGINNING; length -= 1) {
      const end = text.slice(text.length - length);
      const found = spelled[firstNotBelow(spelled, end)];
      if (found?.text.startsWith(end))
        return `${text.slice(0, text.length - length)}${ledger.labelOf(found.entry)}`;
    }
    return text;
  };
}

/** The same before each mark of a cut in a sentence. */
export function scrubCuts(text: string, tail: (text: string) => string): string {
  return text.includes('…') ? text.replace(/[^…]+(?=…)/g, tail) : text;
}

function beginningsOf(value: string): readonly string[] {
  return [...new Set([value, percentEncoded(value), ...base64CoresOf(value)])];
}

function firstNotBelow(sorted: readonly Spelled[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.text ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
