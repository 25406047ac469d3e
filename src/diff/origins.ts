/** Where volatile values come from: what keeps their equality when two runs are compared. */
import { isLabel, machineLabel, verifierMatches } from '../trace/secret.ts';
import { below, type Fact, type Facts, lastName } from './fact.ts';
import type { Renamer } from './hosts.ts';
import { keyOf, type Placed, titleOf } from './place.ts';
import { looksRandom, splitRuns } from './volatile.ts';

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

/** Walks a run once, in the order of its log. */
export function findOrigins(seen: Iterable<readonly [Placed, Facts]>, normalize: Renamer): Origins {
  const origins = new Map<string, Origin>();
  const challenges = new Map<string, string>();
  for (const [{ place }, facts] of seen)
    for (const [pointer, fact] of facts) {
      if (lastName(pointer) === 'code_challenge' && fact.kind === 'secret')
        challenges.set(fact.value.slice(0, LABEL_LENGTH), fact.value);
      for (const [value, part] of volatileParts(fact, normalize)) {
        if (origins.has(value)) continue;
        const at = { key: keyOf(place) + pointer + part, title: titleAt(pointer, titleOf(place)) };
        origins.set(value, verifierOrigin(value, pointer, challenges, origins) ?? at);
      }
    }
  return origins;
}

/** The volatile values in a fact, each with the place of its part. */
function* volatileParts(fact: Fact, normalize: Renamer): Generator<readonly [string, string]> {
  if (fact.kind === 'secret') yield [fact.value, ''];
  if (fact.kind !== 'text') return;
  const runs = splitRuns(normalize(fact.value));
  for (let index = 1; index < runs.length; index += 2) {
    const run = runs[index] ?? '';
    if (looksRandom(run)) yield [run, below('', index)];
  }
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
