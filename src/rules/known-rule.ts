import { RULES } from './index.ts';
import { nearest } from './nearest.ts';

/** What is to be said of an id that no rule has; undefined for one that a rule has. */
export function unknownRule(id: string): string | undefined {
  const ids = RULES.map((rule) => rule.id);
  if (ids.includes(id)) return undefined;
  const close = nearest(id, ids);
  return `${JSON.stringify(id)}, which is no rule${close ? `; did you mean ${close}?` : ''}`;
}
