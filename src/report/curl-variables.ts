/** Secrets as shell variables: one name per value, so that equal values stay equal. */
import type { Piece } from './shell.ts';

/** Hands out variables. */
export interface Variables {
  /** The variable of a secret; the same for the same value. */
  name(kind: string, value: string): Piece;
  /** Text in which the labels of a redacted trace are variables. */
  pieces(text: string): readonly Piece[];
  /** What was handed out: the names, in order. */
  names(): readonly string[];
}

const LABEL = /<([a-z_]+) (#\d+|[\w-]{12})>/g;

/** Starts with none. */
export function createVariables(): Variables {
  const byValue = new Map<string, string>();
  const counts = new Map<string, number>();
  const variableOf = (kind: string, value: string): string => {
    const known = byValue.get(value);
    if (known !== undefined) return known;
    const base = kind
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^(?=\d)|^$/, 'SECRET_');
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    const name = count === 1 ? base : `${base}_${count}`;
    byValue.set(value, name);
    return name;
  };
  const pieces = (text: string): readonly Piece[] => {
    const found: Piece[] = [];
    let end = 0;
    for (const match of text.matchAll(LABEL)) {
      const [label, kind = ''] = match;
      found.push(text.slice(end, match.index), { variable: variableOf(kind, label) });
      end = match.index + label.length;
    }
    return [...found, text.slice(end)];
  };
  return {
    name: (kind, value) => ({
      variable: variableOf(/^<([a-z_]+) /.exec(value)?.[1] ?? kind, value),
    }),
    pieces,
    names: () => [...byValue.values()],
  };
}
