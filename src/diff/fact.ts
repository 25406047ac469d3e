/** What can be compared of an exchange: facts by JSON pointer. */
import { rememberedAt } from './memo.ts';

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

/** Hears each fact as it is found: generators within generators would cost more than what they yield. */
export type Tell = (pointer: string, fact: Fact) => void;

/** The longest piece of an untrusted name that goes into a pointer. */
const LONGEST_NAME = 200;

/** A pointer one level down (RFC 6901 section 3). */
export function below(pointer: string, name: string | number): string {
  return step(pointer, String(name));
}

/** A run has few pointers, and meets each of them again and again. */
const step = rememberedAt((pointer, name) => {
  const text = name.slice(0, LONGEST_NAME);
  const isPlain = !text.includes('/') && !text.includes('~');
  return `${pointer}/${isPlain ? text : text.replaceAll('~', '~0').replaceAll('/', '~1')}`;
});

/** The last name of a pointer. */
export function lastName(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

/** Gathers what is told; a pointer met again gets a number, so that nothing is lost. */
export function gather(tellAll: (tell: Tell) => void): Facts {
  const facts = new Map<string, Fact>();
  const repeats = new Map<string, number>();
  tellAll((pointer, fact) => {
    if (!facts.has(pointer)) {
      facts.set(pointer, fact);
      return;
    }
    const count = (repeats.get(pointer) ?? 1) + 1;
    repeats.set(pointer, count);
    facts.set(`${pointer}/${count}`, fact);
  });
  return facts;
}
