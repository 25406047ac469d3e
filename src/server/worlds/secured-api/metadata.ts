import { documentRoute } from '../../metadata.ts';
import type { Realm } from '../../realm.ts';
import type { Route } from '../../router.ts';
import { scopeMeanings } from '../../scopes.ts';
import { TOKEN_EXCHANGE } from './token.ts';

/** The document stands where its issuer says, and at the root for clients that look nowhere else. */
export function metadataRoutes(realm: Realm, issuerPath: string): readonly Route[] {
  const { issuer } = realm;
  const { origin } = new URL(issuer);
  const endpoint = (name: string): string => `${origin}/oauth/v2/oauth-${name}`;
  const document = {
    issuer,
    authorization_endpoint: endpoint('authorize'),
    token_endpoint: endpoint('token'),
    registration_endpoint: endpoint('registration'),
    introspection_endpoint: endpoint('introspect'),
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: Object.keys(scopeMeanings(realm)),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', TOKEN_EXCHANGE],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
  const path = '/.well-known/oauth-authorization-server';
  return [path, path + issuerPath].map((place) => documentRoute(place, 'asm', document));
}
