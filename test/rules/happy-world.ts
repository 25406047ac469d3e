/** The server and client of the healthy trace: names, secrets and documents. */
import { createHash } from 'node:crypto';
import type { RevisionId } from '../../src/spec/revisions.ts';

export type Revision = RevisionId;

export const ORIGIN = 'https://api.demo.test';
export const MCP_URL = `${ORIGIN}/team/mcp`;
export const CLIENT_ID = 'c-17';
export const REDIRECT_URI = 'http://127.0.0.1:49321/callback';
export const STATE = 'Zk3q81xW7pTnVb5LsYc2Jd9RfGh4MaQe';
export const CODE = 'code-9tQx2LvB7mKp4ZsW1nRd8Hc';
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
export const ISSUED_AT = '2026-01-15T10:30:00.000Z';

/** On 2025-03-26 the MCP origin is the authorization server. */
export function issuerOf(revision: Revision): string {
  return revision === '2025-03-26' ? ORIGIN : 'https://login.demo.test/t1';
}

export function serverMetadata(revision: Revision): Readonly<Record<string, unknown>> {
  const issuer = issuerOf(revision);
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/clients`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['notes.read', 'notes.write', 'offline_access'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
  };
}

/** The nth access token: a JWT by RFC 9068, signed by nobody. */
export function accessToken(revision: Revision, nth: number, scope: string): string {
  const issuedAt = Date.parse(ISSUED_AT) / 1000;
  return jwt(
    { typ: 'at+jwt', alg: 'ES256', kid: 'k1' },
    {
      iss: issuerOf(revision),
      aud: MCP_URL,
      sub: 'user-7',
      client_id: CLIENT_ID,
      iat: issuedAt,
      exp: issuedAt + 3600,
      jti: `t-${nth}`,
      scope,
    },
  );
}

/** A JWT with this header and these claims; its signature fits nothing. */
export function jwt(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.c2lnbmF0dXJl`;
}
