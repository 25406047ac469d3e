/** The registry: every rule, page by page. A new page is one import and one line. */
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [];

/** The rule with this id. */
export function findRule(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
