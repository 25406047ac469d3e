/** What can be compared of an exchange: facts by JSON pointer. */

/** One comparable thing. What a fact is decides how two of them are held against each other. */
export type Fact =
  /** A word compared as it is, or that something is there and of which make: `{object}`, `{form}`. */
  | { readonly kind: 'node'; readonly value: string }
  /** Text in which hosts, times and random parts are renamed. */
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'literal'; readonly value: number | boolean | null }
  /** Made anew in each run: what counts is where the value came from. */
  | { readonly kind: 'secret'; readonly value: string }
  /** Order and repetition mean nothing. */
  | { readonly kind: 'set' | 'scope'; readonly values: readonly string[] }
  /** Seconds, compared with tolerance. */
  | { readonly kind: 'lifetime'; readonly value: number }
  /** A point in time: that there is one is all two runs can share. */
  | { readonly kind: 'time' };

/** Facts by pointer, parents before children. */
export type Facts = ReadonlyMap<string, Fact>;

/** Facts as they are gathered. */
export type FactEntries = Iterable<readonly [string, Fact]>;

/** The longest piece of an untrusted name that goes into a pointer. */
const LONGEST_NAME = 200;

/** A pointer one level down (RFC 6901 section 3). */
export function below(pointer: string, name: string | number): string {
  const text = String(name).slice(0, LONGEST_NAME);
  const isPlain = !text.includes('/') && !text.includes('~');
  return `${pointer}/${isPlain ? text : text.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The last name of a pointer. */
export function lastName(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

/** Gathers entries; a pointer met again gets a number, so that nothing is lost. */
export function gather(entries: FactEntries): Facts {
  const facts = new Map<string, Fact>();
  const repeats = new Map<string, number>();
  for (const [pointer, fact] of entries) {
    if (!facts.has(pointer)) {
      facts.set(pointer, fact);
      continue;
    }
    const count = (repeats.get(pointer) ?? 1) + 1;
    repeats.set(pointer, count);
    facts.set(`${pointer}/${count}`, fact);
  }
  return facts;
}
