import { type Answer, type AnswerKind, json } from './answer.ts';
import { ASSERTION_ALGORITHMS } from './client-assertion.ts';
import { AUTH_METHODS, GRANT_TYPES } from './clients.ts';
import type { Keys } from './keys.ts';
import type { Realm } from './realm.ts';
import type { Route } from './router.ts';
import { RESOURCE_SCOPES, scopeMeanings } from './scopes.ts';

/** Path of the MCP endpoint; its metadata stands at the well-known path with this one inserted. */
export const MCP_PATH = '/mcp';

/** Path of the protected resource metadata. @see RFC 9728 section 3.1 */
export const RESOURCE_METADATA_PATH = `/.well-known/oauth-protected-resource${MCP_PATH}`;

/** Protected resource metadata of the MCP endpoint. @see RFC 9728 section 2 */
export function resourceMetadataRoutes(realm: Realm): readonly Route[] {
  const document = {
    resource: realm.resource,
    authorization_servers: [realm.issuer],
    scopes_supported: RESOURCE_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Reference MCP server',
  };
  return [documentRoute(RESOURCE_METADATA_PATH, 'prm', document)];
}

/** Authorization server metadata, in the OAuth and in the OpenID Connect place, and the keys. */
export function serverMetadataRoutes(realm: Realm, keys: Keys): readonly Route[] {
  const document = serverMetadata(realm);
  return [
    documentRoute('/.well-known/oauth-authorization-server', 'asm', document),
    documentRoute('/.well-known/openid-configuration', 'openid-configuration', {
      ...document,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [keys.algorithm],
      claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'nonce'],
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    }),
    documentRoute('/jwks', 'jwks', keys.jwks),
  ];
}

/** @see RFC 8414 section 2, RFC 9207 section 3 */
function serverMetadata(realm: Realm): Readonly<Record<string, unknown>> {
  const { issuer } = realm;
  const authenticated = AUTH_METHODS.filter((method) => method !== 'none');
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/introspect`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: Object.keys(scopeMeanings(realm)),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: GRANT_TYPES,
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: authenticated,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
}

/** A public document at a path of its own. */
export function documentRoute(path: string, kind: AnswerKind, document: unknown): Route {
  const answer = (): Answer => json(kind, 200, document);
  return { path, cors: true, methods: { GET: answer } };
}
