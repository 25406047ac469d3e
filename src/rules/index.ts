/** The registry: every rule, page by page in the order of the flow. A new page is one import and one line. */

import { clientIdentityRules } from './client-identity.ts';
import { registrationRules } from './registration.ts';
import { registrationHurdleRules } from './registration-hurdle.ts';
import { registrationMetadataRules } from './registration-metadata.ts';
import { registrationRefusalRules } from './registration-refusal.ts';
import type { Rule } from './rule.ts';

/** Every rule. */
export const RULES: readonly Rule[] = [
  ...registrationRules,
  ...registrationMetadataRules,
  ...registrationRefusalRules,
  ...registrationHurdleRules,
  ...clientIdentityRules,
];

const byId = new Map(RULES.map((rule) => [rule.id, rule]));

/** The rule with this id. */
export function findRule(id: string): Rule | undefined {
  return byId.get(id);
}
