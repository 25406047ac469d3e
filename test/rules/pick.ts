import type { Rule } from '../../src/rules/rule.ts';

/** The rule of a page by its id. */
export function pick(page: readonly Rule[], id: string): Rule {
  const rule = page.find((one) => one.id === id);
  if (!rule) throw new Error(`no rule ${id} on this page`);
  return rule;
}
