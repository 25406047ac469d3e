import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { ClientMetadata } from './clients.ts';
import { fetchForeignJson } from './guarded-fetch.ts';
import type { Realm } from './realm.ts';

/** The form parameter that names the kind of assertion. @see RFC 7523 section 2.2 */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Signature algorithms that are taken: no shared secrets, no unsigned ones. */
export const ASSERTION_ALGORITHMS: readonly string[] = ['ES256', 'PS256', 'RS256', 'EdDSA'];

/** Assertions that were used, so that none is used twice. */
export interface UsedAssertions {
  readonly get: (id: string) => true | undefined;
  readonly set: (id: string, used: true) => void;
}

/** The client an assertion claims to come from; undefined when it cannot be read. */
export function subjectOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined; // not a JWT: nobody sent it
  }
}

/**
 * Why an assertion does not prove who the client is; undefined when it does. It has to be for this
 * server, live a few minutes at most and come once.
 * @see RFC 7523 section 3
 */
export async function assertionProblem(
  assertion: string,
  client: { readonly id: string; readonly metadata: ClientMetadata },
  realm: Realm,
  used: UsedAssertions,
): Promise<string | undefined> {
  try {
    const keys = createLocalJWKSet(await keysOf(client.metadata, realm));
    const { payload } = await jwtVerify(assertion, keys, {
      algorithms: [...ASSERTION_ALGORITHMS],
      issuer: client.id,
      subject: client.id,
      audience: [realm.issuer, `${realm.issuer}/token`],
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(realm.now()),
    });
    if (Number(payload.exp) * 1000 > realm.now() + LONGEST_MS)
      return 'the assertion lives too long';
    const id = JSON.stringify([client.id, payload.jti]);
    if (used.get(id)) return 'the assertion was used before';
    used.set(id, true);
    return undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return `the assertion is not good: ${error.message}`;
    return `the keys of the client cannot be read: ${error instanceof Error ? error.message : ''}`;
  }
}

const LONGEST_MS = 10 * 60 * 1000;

async function keysOf(
  { jwks, jwks_uri }: ClientMetadata,
  { allowLoopbackClientMetadata }: Realm,
): Promise<JSONWebKeySet> {
  if (jwks) return jwks;
  if (jwks_uri === undefined) throw new Error('it registered none');
  return JSON.parse(await fetchForeignJson(new URL(jwks_uri), allowLoopbackClientMetadata));
}
