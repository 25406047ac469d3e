import { createExpiring } from './expiring.ts';
import { randomToken } from './random.ts';

/** What a user, or a client for itself, was allowed: the root of a family of tokens. */
export interface Grant {
  readonly id: string;
  readonly clientId: string;
  /** The user, or the client itself for client_credentials. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** The audience of its tokens. @see RFC 8707 section 2 */
  readonly resource: string;
}

/** An authorization code's memory of the request it answers. */
export interface CodeGrant {
  readonly grant: Grant;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  readonly nonce: string | undefined;
}

/** What a code or a refresh token turned out to be. */
export type Found<T> =
  | { readonly state: 'fresh'; readonly value: T }
  | { readonly state: 'used'; readonly value: T }
  | { readonly state: 'unknown' };

/** Codes, refresh tokens and the families they belong to. */
export interface Grants {
  readonly issueCode: (code: CodeGrant) => string;
  readonly findCode: (code: string) => Found<CodeGrant>;
  /** From now on the code counts as used. */
  readonly spendCode: (code: string) => void;
  readonly issueRefreshToken: (grant: Grant) => string;
  readonly findRefreshToken: (token: string) => Found<Grant>;
  readonly spendRefreshToken: (token: string) => void;
  /** Ends the whole family: every access and refresh token of the grant. */
  readonly revoke: (grantId: string) => void;
  readonly revokeClient: (clientId: string) => void;
  readonly isRevoked: (grant: Pick<Grant, 'id' | 'clientId'>) => boolean;
}

const CODE_SECONDS = 60;
const REFRESH_SECONDS = 30 * 24 * 3600;

/** An empty memory of grants. */
export function createGrants(now: () => number): Grants {
  const codes = createExpiring<CodeGrant>(now, CODE_SECONDS);
  // Spent codes are remembered as long as tokens made from them may live.
  const spentCodes = createExpiring<CodeGrant>(now, REFRESH_SECONDS);
  const refreshTokens = createExpiring<Grant>(now, REFRESH_SECONDS);
  const spentRefreshTokens = createExpiring<Grant>(now, REFRESH_SECONDS);
  const revoked = createExpiring<true>(now, REFRESH_SECONDS);
  return {
    issueCode: (code) => issue(codes, code),
    findCode: (code) => find(codes, spentCodes, code),
    spendCode: (code) => spend(codes, spentCodes, code),
    issueRefreshToken: (grant) => issue(refreshTokens, grant),
    findRefreshToken: (token) => find(refreshTokens, spentRefreshTokens, token),
    spendRefreshToken: (token) => spend(refreshTokens, spentRefreshTokens, token),
    revoke: (grantId) => revoked.set(`grant ${grantId}`, true),
    revokeClient: (clientId) => revoked.set(`client ${clientId}`, true),
    isRevoked: ({ id, clientId }) =>
      revoked.get(`grant ${id}`) !== undefined || revoked.get(`client ${clientId}`) !== undefined,
  };
}

type Memory<T> = ReturnType<typeof createExpiring<T>>;

function issue<T>(memory: Memory<T>, value: T): string {
  const token = randomToken();
  memory.set(token, value);
  return token;
}

function find<T>(fresh: Memory<T>, spent: Memory<T>, token: string): Found<T> {
  const used = spent.get(token);
  if (used !== undefined) return { state: 'used', value: used };
  const value = fresh.get(token);
  return value === undefined ? { state: 'unknown' } : { state: 'fresh', value };
}

function spend<T>(fresh: Memory<T>, spent: Memory<T>, token: string): void {
  const value = fresh.take(token);
  if (value !== undefined) spent.set(token, value);
}
