/** The registry: every rule, page by page in the order of the flow. A new page is one import and one line. */

import { callRules } from './call.ts';
import { clientIdentityRules } from './client-identity.ts';
import { edgeRules } from './edge.ts';
import { envelopeRules } from './envelope.ts';
import { firstCallRules } from './first-call.ts';
import { modernRules } from './modern.ts';
import { modernDetailRules } from './modern-detail.ts';
import { oauthLegRules } from './oauth-leg.ts';
import { refreshRules } from './refresh.ts';
import { registrationRules } from './registration.ts';
import { registrationHurdleRules } from './registration-hurdle.ts';
import { registrationMetadataRules } from './registration-metadata.ts';
import { registrationRefusalRules } from './registration-refusal.ts';
import type { Rule } from './rule.ts';
import { sessionRules } from './session.ts';
import { stepUpRules } from './step-up.ts';
import { tokenPlacementRules } from './token-placement.ts';
import { transportRules } from './transport.ts';

/** Every rule. */
export const RULES: readonly Rule[] = [
  ...registrationRules,
  ...registrationMetadataRules,
  ...registrationRefusalRules,
  ...registrationHurdleRules,
  ...clientIdentityRules,
  ...oauthLegRules,
  ...callRules,
  ...stepUpRules,
  ...edgeRules,
  ...firstCallRules,
  ...sessionRules,
  ...transportRules,
  ...modernRules,
  ...modernDetailRules,
  ...envelopeRules,
  ...tokenPlacementRules,
  ...refreshRules,
];

const byId = new Map(RULES.map((rule) => [rule.id, rule]));

/** The rule with this id. */
export function findRule(id: string): Rule | undefined {
  return byId.get(id);
}
