/** Where volatile values come from: what keeps their equality when two runs are compared. */
import { isLabel, machineLabel, verifierMatches } from '../trace/secret.ts';
import type { View } from '../trace/view.ts';
import { tellExchange } from './exchange-facts.ts';
import { below, type Fact, lastName } from './fact.ts';
import { remembered } from './memo.ts';
import { type Placed, titleOf } from './place.ts';
import { looksRandom } from './volatile.ts';

/** The first place a value was seen at. Two values of two runs are the same when their origins are. */
export interface Origin {
  readonly key: string;
  /** For people: `{access_token of token (authorization_code)}`. */
  readonly title: string;
}

/** Origins by value. */
export type Origins = ReadonlyMap<string, Origin>;

/** How many characters of a challenge a redacted verifier still tells. */
const LABEL_LENGTH = 12;

/** Splits a text so that every odd part is a word. */
type SplitText = (text: string) => readonly string[];

/**
 * Walks a run once, in the order of its log. Where a field names a value, that is its origin, also when a
 * text held it before: only what is random by its looks is seen there, and another run's may not look it.
 */
export function findOrigins(view: View, placed: readonly Placed[], runs: SplitText): Origins {
  const named = new Map<string, Origin>();
  const guessed = new Map<string, Origin>();
  const challenges = new Map<string, string>();
  const volatile = remembered((text) => volatileRuns(runs(text)));
  for (const { exchange, place, key } of placed) {
    const counts = new Map<string, number>();
    const tell = (pointer: string, fact: Fact): void => {
      if (fact.kind === 'secret' && pointer.endsWith('/code_challenge'))
        challenges.set(fact.value.slice(0, LABEL_LENGTH), fact.value);
      const parts = fact.kind === 'text' ? volatile(fact.value) : secretOf(fact);
      if (parts.length === 0) return;
      const count = (counts.get(pointer) ?? 0) + 1;
      counts.set(pointer, count);
      const origins = fact.kind === 'text' ? guessed : named;
      for (const [value, part] of parts) {
        if (origins.has(value)) continue;
        const at = {
          key: `${key}${pointer} ${count}${part}`,
          title: titleAt(pointer, titleOf(place)),
        };
        origins.set(value, verifierOrigin(value, pointer, challenges, named) ?? at);
      }
    };
    tellExchange(tell, exchange, view);
  }
  return new Map([...guessed, ...named]);
}

type Part = readonly [value: string, part: string];

function secretOf(fact: Fact): readonly Part[] {
  return fact.kind === 'secret' ? [[fact.value, '']] : NONE;
}

const NONE: readonly Part[] = [];

/** The random words of a text, each with its place among all of them. */
function volatileRuns(runs: readonly string[]): readonly Part[] {
  return runs.flatMap((run, index) =>
    index % 2 === 1 && looksRandom(run) ? [[run, below('', index)] as const] : [],
  );
}

/** A verifier belongs to the challenge it hashes to (RFC 7636 section 4.6), wherever it is first seen. */
function verifierOrigin(
  value: string,
  pointer: string,
  challenges: ReadonlyMap<string, string>,
  origins: Origins,
): Origin | undefined {
  if (lastName(pointer) !== 'code_verifier') return undefined;
  const label = isLabel(value) ? value : machineLabel('code_verifier', value);
  const challenge = challenges.get(label.slice(-LABEL_LENGTH - 1, -1));
  const origin = challenge === undefined ? undefined : origins.get(challenge);
  return challenge !== undefined && origin && verifierMatches(value, challenge)
    ? { key: `verifier of ${origin.key}`, title: `{verifier of the ${origin.title.slice(1, -1)}}` }
    : undefined;
}

function titleAt(pointer: string, place: string): string {
  const part = pointer.startsWith('/response') ? 'answer' : 'request';
  return `{${lastName(pointer)} in the ${part} of ${place}}`;
}
