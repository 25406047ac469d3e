/** One of the two runs, prepared for comparing. */
import type { Exchange } from '../trace/schema.ts';
import { withLabels } from '../trace/secret.ts';
import type { View } from '../trace/view.ts';
import { factsOf } from './exchange-facts.ts';
import type { Fact, Facts } from './fact.ts';
import type { Renamer } from './hosts.ts';
import { remembered } from './memo.ts';
import { findOrigins, type Origins } from './origins.ts';
import { type Placed, placesOf } from './place.ts';
import { splitRuns, withoutTimes } from './volatile.ts';

/** The one of before and the one of after. */
export type Two<T> = readonly [T, T];

/** A run with its volatile parts understood. */
export interface Side {
  readonly view: View;
  readonly placed: readonly Placed[];
  /** Text with hosts and times renamed. */
  readonly normalize: Renamer;
  /** Normalised text in parts, every odd one a word. */
  readonly runs: (text: string) => readonly string[];
  /** Where each volatile value was first seen. */
  readonly origins: Origins;
  facts(exchange: Exchange): Facts;
}

/** Prepares a run. Linear in its size. */
export function prepareSide(view: View, rename: Renamer): Side {
  const placed = placesOf(view);
  const normalize = remembered((text) => withoutTimes(rename(withLabels(text))));
  const runs = remembered((text) => splitRuns(normalize(text)));
  const origins = findOrigins(view, placed, runs);
  return { view, placed, normalize, runs, origins, facts: (exchange) => factsOf(exchange, view) };
}

/** The fact with its text normalised, as a value that can be shown and compared. */
export function shownValue(fact: Fact, side: Side): unknown {
  switch (fact.kind) {
    case 'text':
      return side.normalize(fact.value);
    case 'secret':
      return side.origins.get(fact.value)?.title ?? '{a value not seen before}';
    case 'set':
    case 'scope':
      return [...new Set(fact.values.map(side.normalize))].sort();
    case 'time':
      return '{time}';
    default:
      return fact.value;
  }
}
