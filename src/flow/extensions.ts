import type { FlowOptions, GrantKind } from './options.ts';

/** By grant; the code grant and the device code are of OAuth itself. */
const BY_GRANT: Partial<Readonly<Record<GrantKind, string>>> = {
  client_credentials: 'io.modelcontextprotocol/oauth-client-credentials',
  enterprise: 'io.modelcontextprotocol/enterprise-managed-authorization',
  jwt_bearer: 'io.modelcontextprotocol/auth/wif',
};

/** Identifiers of the authorization extensions that a run makes use of, as a client announces them. */
export function extensionsOf({
  grant = 'authorization_code',
  dpop,
}: FlowOptions): readonly string[] {
  return [BY_GRANT[grant] ?? [], dpop ? 'io.modelcontextprotocol/auth/dpop' : []].flat();
}
