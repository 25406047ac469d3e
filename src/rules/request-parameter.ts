/** What can be wrong with a parameter of a request: it is not there, or it was there before. */
import type { Exchange } from '../trace/schema.ts';
import type { Deviation } from './evidence.ts';
import { at } from './rule.ts';

/** A parameter is missing. */
export function missing(where: string, name: string, exchange: Exchange): Deviation {
  return { message: `${where} has no ${name}, expected one`, evidence: at(exchange, '/request') };
}

/** A value that has to be fresh. */
export interface Use {
  readonly exchange: Exchange;
  readonly value: string | null;
  /** What the value was made for: the same value for two of them is reused. */
  readonly owner: string | null;
}

/** Values that were used for two owners. */
export function reused(uses: readonly Use[], name: string): readonly Deviation[] {
  const owners = new Map<string, string | null>();
  return uses.flatMap(({ exchange, value, owner }) => {
    if (!value || owner === null) return [];
    const known = owners.get(value);
    if (known === undefined) owners.set(value, owner);
    return known === undefined || known === owner
      ? []
      : [
          {
            message: `${name} was used before, expected a fresh one for each request`,
            evidence: at(exchange, '/request'),
          },
        ];
  });
}
