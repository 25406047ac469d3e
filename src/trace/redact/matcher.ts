/** Characters of a pattern that are hashed to see whether it may begin here; shorter patterns are not taken. */
export const SHORTEST_PATTERN = 6;

/** An occurrence of a pattern: where it stands and what was stored with it. */
export interface Found<T> {
  readonly start: number;
  readonly end: number;
  readonly value: T;
}

/** Many patterns, looked for at once. */
export interface Matcher<T> {
  /** Takes a pattern; one that is too short or there already changes nothing. */
  add(pattern: string, value: T): void;
  /** Occurrences from left to right, the longest at each place, none overlapping. */
  find(text: string): readonly Found<T>[];
}

interface Candidate<T> {
  readonly pattern: string;
  readonly value: T;
}

/** Patterns that begin with the same characters, by length and by hash of the whole. */
interface Bucket<T> {
  readonly lengths: { readonly length: number; readonly power: number }[];
  readonly byHash: Map<number, Candidate<T>[]>;
}

const BASE = 0x01000193;
const FILTER_MASK = 0xffff;

/**
 * Rabin and Karp's search: one pass over the text whatever the number of patterns, and the cost at a
 * place grows with the number of different lengths only, so no choice of tokens makes it slow.
 */
export function createMatcher<T>(): Matcher<T> {
  const buckets = new Map<number, Bucket<T>>();
  const filter = new Uint8Array(FILTER_MASK + 1);
  const windowPower = powerOf(SHORTEST_PATTERN);
  let prefix = new Int32Array(1024);

  const hashText = (text: string): void => {
    if (prefix.length <= text.length) prefix = new Int32Array(text.length * 2);
    let hash = 0;
    for (let index = 0; index < text.length; index += 1) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
      prefix[index + 1] = hash;
    }
  };
  const hashAt = (start: number, length: number, power: number): number =>
    ((prefix[start + length] ?? 0) - Math.imul(prefix[start] ?? 0, power)) | 0;

  const longestAt = (text: string, start: number, bucket: Bucket<T>): Found<T> | undefined => {
    for (const { length, power } of bucket.lengths) {
      if (start + length > text.length) continue;
      const hit = bucket.byHash
        .get(hashAt(start, length, power))
        ?.find(({ pattern }) => pattern.length === length && text.startsWith(pattern, start));
      if (hit) return { start, end: start + length, value: hit.value };
    }
    return undefined;
  };

  return {
    add: (pattern, value) => {
      if (pattern.length < SHORTEST_PATTERN) return;
      const head = hashOf(pattern.slice(0, SHORTEST_PATTERN));
      const bucket: Bucket<T> = buckets.get(head) ?? { lengths: [], byHash: new Map() };
      const whole = hashOf(pattern);
      const same = bucket.byHash.get(whole) ?? [];
      if (same.some((candidate) => candidate.pattern === pattern)) return;
      same.push({ pattern, value });
      bucket.byHash.set(whole, same);
      addLength(bucket.lengths, pattern.length);
      buckets.set(head, bucket);
      filter[head & FILTER_MASK] = 1;
    },
    find: (text) => {
      if (buckets.size === 0 || text.length < SHORTEST_PATTERN) return [];
      hashText(text);
      const found: Found<T>[] = [];
      for (let start = 0; start + SHORTEST_PATTERN <= text.length; start += 1) {
        const head = hashAt(start, SHORTEST_PATTERN, windowPower);
        if (filter[head & FILTER_MASK] === 0) continue;
        const bucket = buckets.get(head);
        const hit = bucket && longestAt(text, start, bucket);
        if (!hit) continue;
        found.push(hit);
        start = hit.end - 1;
      }
      return found;
    },
  };
}

function addLength(lengths: { length: number; power: number }[], length: number): void {
  if (lengths.some((known) => known.length === length)) return;
  lengths.push({ length, power: powerOf(length) });
  lengths.sort((a, b) => b.length - a.length);
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  return hash;
}

function powerOf(exponent: number): number {
  let power = 1;
  for (let step = 0; step < exponent; step += 1) power = Math.imul(power, BASE);
  return power;
}
