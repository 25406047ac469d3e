import { randomUUID } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { AccessTokens } from '../../access-token.ts';
import { createExpiring } from '../../expiring.ts';
import type { Grant, Grants } from '../../grants.ts';
import type { Keys } from '../../keys.ts';
import type { Realm } from '../../realm.ts';
import { scopesOf } from '../../scopes.ts';

/** Opaque tokens for clients, and the JWTs behind them for whoever stands behind the gateway. */
export interface PhantomTokens extends AccessTokens {
  /** The JWT in place of an opaque token; undefined for one that is not good. */
  readonly reveal: (token: string) => Promise<string | undefined>;
  /** A JWT for another audience in place of one that was revealed; a string says why there is none. */
  readonly exchange: (jwt: string, audience: string) => Promise<Exchanged | string>;
}

/** A JWT of an exchange. */
export interface Exchanged {
  readonly token: string;
  readonly scope: string;
  readonly expiresIn: number;
}

interface Memory {
  readonly grant: Grant;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A JWT lives no longer than this: the opaque token is asked about again. */
const JWT_SECONDS = 300;

const PREFIX = '_0XBPWQQ_';

/** @see https://curity.io/resources/learn/phantom-token-pattern/ */
export function createPhantomTokens(realm: Realm, keys: Keys, grants: Grants): PhantomTokens {
  const memories = createExpiring<Memory>(realm.now, realm.accessTokenSeconds);
  const seconds = (): number => Math.floor(realm.now() / 1000);
  const find = (token: string): Memory | undefined => {
    const memory = memories.get(token);
    return memory && !grants.isRevoked(memory.grant) ? memory : undefined;
  };
  return {
    issue: async (grant, scopes) => {
      const token = PREFIX + randomUUID();
      const issuedAt = seconds();
      const expiresAt = issuedAt + realm.accessTokenSeconds;
      memories.set(token, { grant, scopes, issuedAt, expiresAt });
      return token;
    },
    verify: async (token) => {
      const memory = find(token);
      if (!memory) return { problem: 'the token is unknown or has expired' };
      const { grant, ...rest } = memory;
      const { subject, clientId, resource: audience } = grant;
      return { ...rest, subject, clientId, audience, tokenId: token };
    },
    revoke: (token) => memories.delete(token),
    reveal: async (token) => {
      const memory = find(token);
      return memory && sign(keys, claimsOf(memory, realm.issuer, seconds()));
    },
    exchange: async (jwt, audience) => {
      const claims = await read(jwt, realm, keys);
      if (typeof claims === 'string') return claims;
      const fresh = { jti: randomUUID(), nbf: seconds(), aud: audience, iat: seconds() };
      return {
        token: await sign(keys, { ...claims, ...fresh }),
        scope: scopesOf(String(claims.scope)).join(' '),
        expiresIn: Number(claims.exp) - seconds(),
      };
    },
  };
}

/** Members in the order in which the product writes them. */
function claimsOf(
  { grant, scopes, expiresAt }: Memory,
  issuer: string,
  issuedAt: number,
): JWTPayload {
  return {
    jti: randomUUID(),
    delegationId: grant.id,
    exp: Math.min(issuedAt + JWT_SECONDS, expiresAt),
    nbf: issuedAt,
    scope: scopes.join(' '),
    iss: issuer,
    sub: grant.subject,
    aud: grant.resource,
    iat: issuedAt,
    purpose: 'access_token',
  };
}

function sign(keys: Keys, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ kid: keys.id, alg: keys.algorithm })
    .sign(keys.privateKey);
}

/** The claims of a JWT that was issued here for the first resource, or why it cannot be exchanged. */
async function read(jwt: string, realm: Realm, keys: Keys): Promise<JWTPayload | string> {
  try {
    const { payload } = await jwtVerify(jwt, keys.lookup, {
      algorithms: [keys.algorithm],
      issuer: realm.issuer,
      audience: realm.resource,
      currentDate: new Date(realm.now()),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return `the token cannot be exchanged: ${error.message}`;
    throw error;
  }
}
