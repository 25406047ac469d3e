import type { Fault } from './faults/fault.ts';

/** What every part of the server has to know of the whole. */
export interface Realm {
  /** Identifier of the authorization server: an origin, without a trailing slash. */
  readonly issuer: string;
  /** Identifier of the protected resource: the MCP URL. */
  readonly resource: string;
  /** Where the protected resource metadata stands. */
  readonly resourceMetadata: string;
  readonly tokens: 'jwt' | 'opaque';
  readonly accessTokenSeconds: number;
  /** Scopes that are granted, each with what it tells the user; without them, the usual ones. */
  readonly scopes?: Readonly<Record<string, string>>;
  /** Whether documents that a client names may come from this machine. */
  readonly allowLoopbackClientMetadata: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** False for a check that a fault leaves out. */
  readonly checks: (check: Check) => boolean;
  /** What a fault makes of the claims before they are signed; without one, the claims. */
  readonly mint: (claims: Claims, situation: Situation) => Claims;
  /** What a fault makes of the id of an MCP session; `count` is of the sessions so far. Without one, the id. */
  readonly nameSession: (id: string, count: number) => string;
}

/** The realm as it would be, bent by faults. */
export function createRealm(
  right: Omit<Realm, 'checks' | 'mint' | 'nameSession'>,
  faults: readonly Fault[],
): Realm {
  const omitted = new Set(faults.flatMap((fault) => fault.omits ?? []));
  return {
    ...right,
    checks: (check) => !omitted.has(check),
    mint: (claims, situation) =>
      faults.reduce((minted, fault) => fault.mint?.(minted, situation) ?? minted, claims),
    nameSession: (id, count) =>
      faults.reduce((name, { sessionId }) => sessionId?.(name, count) ?? name, id),
  };
}

/** The payload of an access token (RFC 9068 section 2.2). */
export type Claims = { readonly [name: string]: unknown };

/** What an access token is issued for: a fresh grant, or a refresh of it. */
export type Situation = 'code' | 'refresh';

/** What the server checks, unless a fault leaves it out. */
export type Check =
  | 'audience'
  | 'client-binding'
  | 'code-replay'
  | 'code-replay-revocation'
  | 'document-client-id'
  | 'expiry'
  | 'host'
  | 'origin'
  | 'pkce'
  | 'pkce-downgrade'
  | 'pkce-method'
  | 'public-client'
  | 'query-token'
  | 'redirect-uri'
  | 'redirect-uri-match'
  | 'redirect-uri-port'
  | 'refresh-client-binding'
  | 'refresh-replay'
  | 'refresh-replay-revocation'
  | 'refresh-scope'
  | 'resource'
  | 'revocation'
  | 'scope'
  | 'signature'
  | 'token'
  | 'token-resource'
  | 'token-type'
  | 'verifier'
  | 'verifier-presence';
