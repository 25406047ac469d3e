/** The registry: every rule, page by page in the order of the flow. A new page is one import and one line. */

import { authorizationIssuerRules } from './authorization-issuer.ts';
import { authorizationRefusalRules } from './authorization-refusal.ts';
import { authorizationRequestRules } from './authorization-request.ts';
import { authorizationResourceRules } from './authorization-resource.ts';
import { authorizationResponseRules } from './authorization-response.ts';
import { authorizationScopeRules } from './authorization-scope.ts';
import { authorizationServersRules } from './authorization-servers.ts';
import { callRules } from './call.ts';
import { challengeRules } from './challenge.ts';
import { challengeScopeRules } from './challenge-scope.ts';
import { clientAuthenticationRules } from './client-authentication.ts';
import { clientIdentityRules } from './client-identity.ts';
import { clientIntroductionRules } from './client-introduction.ts';
import { clientMetadataDocumentRules } from './client-metadata-document.ts';
import { clientMetadataFlagRules } from './client-metadata-flag.ts';
import { consentPageRules } from './consent-page.ts';
import { edgeRules } from './edge.ts';
import { envelopeRules } from './envelope.ts';
import { firstCallRules } from './first-call.ts';
import { insecureTransport } from './insecure-transport.ts';
import { issuerRules } from './issuer.ts';
import { metadataMembersRules } from './metadata-members.ts';
import { metadataPointerRules } from './metadata-pointer.ts';
import { modernRules } from './modern.ts';
import { modernDetailRules } from './modern-detail.ts';
import { networkRules } from './network.ts';
import { oauthLegRules } from './oauth-leg.ts';
import { openidMetadataRules } from './openid-metadata.ts';
import { pkceRules } from './pkce.ts';
import { refreshRules } from './refresh.ts';
import { registrationRules } from './registration.ts';
import { registrationHurdleRules } from './registration-hurdle.ts';
import { registrationMetadataRules } from './registration-metadata.ts';
import { registrationRefusalRules } from './registration-refusal.ts';
import { resourceIdentifierRules } from './resource-identifier.ts';
import { resourceMetadataRules } from './resource-metadata.ts';
import type { Rule } from './rule.ts';
import { serverCapabilitiesRules } from './server-capabilities.ts';
import { serverEndpointsRules } from './server-endpoints.ts';
import { serverMetadataRules } from './server-metadata.ts';
import { sessionRules } from './session.ts';
import { stepUpRules } from './step-up.ts';
import { tokenErrorRules } from './token-error.ts';
import { tokenGrantRules } from './token-grant.ts';
import { tokenJwtRules } from './token-jwt.ts';
import { tokenPlacementRules } from './token-placement.ts';
import { tokenResponseRules } from './token-response.ts';
import { tokenTypeRules } from './token-type.ts';
import { transportRules } from './transport.ts';
import { unauthorizedRules } from './unauthorized.ts';

/** Every rule. */
export const RULES: readonly Rule[] = [
  ...unauthorizedRules,
  ...challengeRules,
  ...challengeScopeRules,
  ...metadataPointerRules,
  ...resourceMetadataRules,
  ...resourceIdentifierRules,
  ...authorizationServersRules,
  ...metadataMembersRules,
  ...serverMetadataRules,
  ...issuerRules,
  ...serverEndpointsRules,
  ...serverCapabilitiesRules,
  ...openidMetadataRules,
  ...clientIntroductionRules,
  insecureTransport,
  ...networkRules,
  ...clientMetadataFlagRules,
  ...registrationRules,
  ...registrationMetadataRules,
  ...registrationRefusalRules,
  ...registrationHurdleRules,
  ...clientIdentityRules,
  ...clientMetadataDocumentRules,
  ...authorizationRequestRules,
  ...pkceRules,
  ...authorizationResourceRules,
  ...authorizationScopeRules,
  ...authorizationRefusalRules,
  ...authorizationResponseRules,
  ...authorizationIssuerRules,
  ...consentPageRules,
  ...tokenResponseRules,
  ...tokenTypeRules,
  ...tokenGrantRules,
  ...tokenErrorRules,
  ...tokenJwtRules,
  ...clientAuthenticationRules,
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
