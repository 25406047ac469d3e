/** Why a difference matters, where a rule knows. */
import type { Difference } from '../diff/difference.ts';
import { RULES } from '../rules/index.ts';

/** Places of a difference, and the rule that tells why it matters there. First fit wins. */
const TABLE: readonly (readonly [pointer: RegExp, rule: string])[] = [
  [/\/www-authenticate\/[^/]+\/resource_metadata$/, 'prm-pointer-missing'],
  [/\/www-authenticate\/[^/]+\/scope$/, 'challenge-scope-missing'],
  [/\/www-authenticate\/malformed$/, 'www-authenticate-malformed'],
  [/\/www-authenticate$/, 'www-authenticate-missing'],
  [/\/body\/resource$/, 'prm-resource-mismatch'],
  [/\/body\/authorization_servers/, 'prm-authorization-servers-missing'],
  [/\/body\/issuer$/, 'asm-issuer-mismatch'],
  [/\/body\/code_challenge_methods_supported/, 'asm-pkce-methods-missing'],
  [/\/body\/(?:authorization|token)_endpoint$/, 'asm-endpoints-missing'],
  [/\/body\/registration_endpoint$/, 'asm-no-registration-path'],
  [/\/body\/token_endpoint_auth_methods_supported/, 'asm-public-client-unsupported'],
  [/\/body\/authorization_response_iss_parameter_supported$/, 'asm-iss-parameter-unadvertised'],
  [/\/body\/redirect_uris/, 'dcr-redirect-uris-changed'],
  [/\/body\/token_endpoint_auth_method$/, 'dcr-metadata-substituted'],
  [/\/body\/token_type$/, 'token-type-invalid'],
  [/\/body\/expires_in$/, 'token-expires-in-missing'],
  [/\/body\/refresh_token$/, 'token-no-refresh-token'],
  [/\/response\/body\/scope$/, 'token-scope-differs'],
  [/\/jwt\/claims\/aud$/, 'token-jwt-audience'],
  [/\/jwt\/claims/, 'token-jwt-claims'],
  [/\/response\/headers\/cache-control$/, 'token-cache-control'],
  [/\/query\/iss$/, 'authz-iss-missing'],
  [/\/query\/state$/, 'authz-state-mismatch'],
  [/\/query\/code_challenge(?:_method)?$/, 'client-pkce-missing'],
  [/\/request\/(?:query|body)\/resource$/, 'client-resource-missing'],
];

/** One sentence, or undefined where nobody knows. */
export function whyItMatters(difference: Difference): string | undefined {
  const rule = ruleOf(difference);
  return rule === undefined ? undefined : RULES.find(({ id }) => id === rule)?.why;
}

/** True for a list that lost nothing. */
function isOnlyMore(before: unknown, after: unknown): boolean {
  return (
    Array.isArray(before) && Array.isArray(after) && before.every((item) => after.includes(item))
  );
}

/** Rules tell what breaks when something is missing or wrong; what is new has broken nothing yet. */
function ruleOf({ kind, change, where, before, after }: Difference): string | undefined {
  if (kind === 'finding') return where.pointer.replace('/findings/', '');
  if (change === 'added' || isOnlyMore(before, after)) return undefined;
  return TABLE.find(([pointer]) => pointer.test(where.pointer))?.[1];
}
