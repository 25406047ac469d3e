import { randomUUID } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { createExpiring } from './expiring.ts';
import type { Grant, Grants } from './grants.ts';
import type { Keys } from './keys.ts';
import { randomToken } from './random.ts';
import type { Claims, Realm, Situation } from './realm.ts';
import { scopesOf } from './scopes.ts';

/** What a valid access token stands for. */
export interface Access {
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tokenId: string;
}

/** Access tokens: making them, and telling which are good. */
export interface AccessTokens {
  readonly issue: (
    grant: Grant,
    scopes: readonly string[],
    situation: Situation,
  ) => Promise<string>;
  /** What the token stands for, or why it is not valid here. */
  readonly verify: (token: string) => Promise<Access | { readonly problem: string }>;
  /** Ends this one token. */
  readonly revoke: (tokenId: string) => void;
}

interface Memory {
  readonly grant: Grant;
  readonly claims: Claims;
}

/** @see RFC 9068 for the JWT form; an opaque token is looked up as RFC 7662 describes */
export function createAccessTokens(realm: Realm, keys: Keys, grants: Grants): AccessTokens {
  const seconds = realm.accessTokenSeconds;
  const byTokenId = createExpiring<Memory>(realm.now, seconds + 3600);
  const byOpaqueToken = createExpiring<Memory>(realm.now, seconds + 3600);
  const revoked = createExpiring<true>(realm.now, seconds + 3600);

  const problemOf = (claims: Claims): string | undefined => {
    const grant = byTokenId.get(String(claims.jti))?.grant;
    if (revoked.get(String(claims.jti)) || (grant && grants.isRevoked(grant)))
      return 'the token was revoked';
    if (realm.checks('audience') && ![claims.aud].flat().includes(realm.resource))
      return 'the token is for another audience';
    if (realm.checks('expiry') && Number(claims.exp) * 1000 <= realm.now())
      return 'the token has expired';
    return undefined;
  };
  return {
    issue: async (grant, scopes, situation) => {
      const claims = realm.mint(claimsOf(realm, grant, scopes), situation);
      byTokenId.set(String(claims.jti), { grant, claims });
      if (realm.tokens === 'jwt') return sign(claims, keys);
      const token = randomToken();
      byOpaqueToken.set(token, { grant, claims });
      return token;
    },
    verify: async (token) => {
      const claims =
        realm.tokens === 'jwt'
          ? await readJwt(token, realm, keys)
          : (byOpaqueToken.get(token)?.claims ?? 'the token is unknown');
      if (typeof claims === 'string') return { problem: claims };
      const problem = problemOf(claims);
      return problem === undefined ? accessOf(claims) : { problem };
    },
    revoke: (tokenId) => revoked.set(tokenId, true),
  };
}

function claimsOf(realm: Realm, grant: Grant, scopes: readonly string[]): Claims {
  const issuedAt = Math.floor(realm.now() / 1000);
  return {
    iss: realm.issuer,
    sub: grant.subject,
    aud: grant.resource,
    client_id: grant.clientId,
    scope: scopes.join(' '),
    jti: randomUUID(),
    iat: issuedAt,
    exp: issuedAt + realm.accessTokenSeconds,
  };
}

function sign(claims: Claims, keys: Keys): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: keys.algorithm, typ: 'at+jwt', kid: keys.id })
    .sign(keys.privateKey);
}

/** The claims of a token signed here, or why it cannot be trusted. */
async function readJwt(token: string, realm: Realm, keys: Keys): Promise<Claims | string> {
  try {
    if (!realm.checks('signature')) return decodeJwt(token);
    const { payload } = await jwtVerify(token, keys.lookup, {
      algorithms: [keys.algorithm],
      ...(realm.checks('token-type') && { typ: 'at+jwt' }),
      issuer: realm.issuer,
      currentDate: new Date(0), // expiry is judged with the other claims
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return `the token cannot be trusted: ${error.message}`;
    throw error;
  }
}

function accessOf(claims: Claims): Access {
  return {
    subject: String(claims.sub),
    clientId: String(claims.client_id),
    scopes: scopesOf(typeof claims.scope === 'string' ? claims.scope : ''),
    audience: String(claims.aud),
    issuedAt: Number(claims.iat),
    expiresAt: Number(claims.exp),
    tokenId: String(claims.jti),
  };
}
