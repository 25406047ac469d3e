import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { isObject, parseJson } from '../../trace/body.ts';
import type { Access } from '../access-token.ts';
import type { TokenCheck } from '../resource.ts';
import { scopesOf } from '../scopes.ts';
import type { Host } from './network.ts';

/** Whose tokens a resource server takes. */
export interface TokenSource {
  readonly issuer: string;
  /** Where this server gets the keys. */
  readonly jwksUri: string;
  /** Who this server is. */
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where each token is asked about besides, and as whom. @see RFC 7662 section 2 */
  readonly introspection?: { readonly url: string; readonly id: string; readonly secret: string };
}

/**
 * Checks the tokens of an authorization server that is another server: key, issuer, audience and
 * expiry, by keys that are fetched when they are first needed.
 * @see RFC 9068 section 4
 */
export function createRemoteTokens(host: Host, source: TokenSource): TokenCheck {
  const keys = createRemoteKeys(host, source.jwksUri);
  return {
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ['ES256'],
          issuer: source.issuer,
          audience: source.audience,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(source.now()),
        });
        const isRevoked = source.introspection && !(await isActive(host, source, token));
        return isRevoked ? { problem: 'the token is not active' } : accessOf(payload, source);
      } catch (error) {
        if (error instanceof errors.JOSEError) return { problem: problemOf(error) };
        throw error;
      }
    },
  };
}

function createRemoteKeys(host: Host, jwksUri: string): JWTVerifyGetKey {
  let known: JWTVerifyGetKey | undefined;
  const fetchKeys = async (): Promise<JWTVerifyGetKey> => {
    const { body } = await host.ask({ url: jwksUri });
    // The document of our own authorization server.
    known = createLocalJWKSet(JSON.parse(body) as JSONWebKeySet);
    return known;
  };
  return async (header, token) => (known ?? (await fetchKeys()))(header, token);
}

async function isActive(
  host: Host,
  { introspection }: TokenSource,
  token: string,
): Promise<boolean> {
  if (!introspection) return true;
  const { url, id, secret } = introspection;
  const { body } = await host.ask({
    method: 'POST',
    url,
    headers: [
      ['authorization', basic(id, secret)],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ],
    body: new URLSearchParams({ token }).toString(),
  });
  const answer = parseJson(body);
  return isObject(answer) && answer.active === true;
}

/** Credentials of HTTP Basic; ids and secrets here need no escaping. @see RFC 6749 section 2.3.1 */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

function accessOf(payload: JWTPayload, { audience }: TokenSource): Access {
  return {
    subject: String(payload.sub),
    clientId: String(payload.client_id ?? payload.azp ?? ''),
    scopes: scopesOf(typeof payload.scope === 'string' ? payload.scope : ''),
    audience,
    issuedAt: Number(payload.iat),
    expiresAt: Number(payload.exp),
    tokenId: String(payload.jti),
  };
}

function problemOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
    return 'the token is for another audience';
  return `the token cannot be trusted: ${error.message}`;
}
