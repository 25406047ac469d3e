/** The refresh grant: whether it works, and what comes back. */
import { audiences, claimedScope } from '../oauth/jwt.ts';
import { quoted } from '../oauth/quoted.ts';
import { parseScope, unionScope } from '../oauth/scope.ts';
import { mcp, oauth21 } from '../spec/references.ts';
import { formOf, isObject } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Secret } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import { withoutAnswer } from './evidence.ts';
import { type IssuedToken, issuedTokens, tokensByExchange } from './issued-token.ts';
import {
  isPublicClient,
  isSettled,
  newestRefreshToken,
  type RefreshAttempt,
  refreshAttempts,
} from './refresh-attempt.ts';
import { refreshTroubleRules } from './refresh-trouble.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass } from './rule.ts';

const refreshFailed = defineRule({
  id: 'refresh-failed',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The newest refresh token gets a new access token for the client it was issued to.',
  why: 'Users are thrown back to the login whenever the access token expires, often every hour. A refusal that is not invalid_grant makes some clients retry silently for ever.',
  fix: 'Look up why this grant is refused: client authentication on the refresh request, a rotation that invalidates the token it has just issued, a resource or scope that is compared differently than at the code exchange. A refresh token that is truly dead gets 400 invalid_grant.',
  example:
    'grant_type=refresh_token&refresh_token=…&client_id=…&resource=https%3A%2F%2Fapi.example.com%2Fmcp',
  affected: { clients: ['Claude', 'Claude Desktop'], confidence: 'reported' },
  spec: [oauth21('4.3.1')],
  judge(view) {
    const attempts = refreshAttempts(view).filter((attempt) => isFair(view, attempt));
    if (attempts.length === 0) return notApplicable('the newest refresh token was never used');
    const settled = attempts.filter(isSettled);
    if (settled.length === 0)
      return inconclusive('no refresh request was answered, or only put off');
    const refused = settled.find(({ succeeded }) => !succeeded);
    return refused
      ? fail(
          `the newest refresh token was answered ${answerOf(refused)}, expected an access token`,
          [at(refused.exchange, '/response/body/error')],
        )
      : pass;
  },
});

const notRotated = defineRule({
  id: 'refresh-not-rotated',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A public client gets a new refresh token with every refresh.',
  why: 'Nothing but rotation shows that a refresh token of a public client was stolen: whoever comes second with the old one is noticed.',
  fix: 'Return a new refresh_token with each refresh, invalidate the old one after a short grace period, and revoke the whole grant when it comes back later. Sender-constrained tokens (DPoP) need no rotation.',
  example:
    '{ "access_token": "…", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "<a new one>" }',
  spec: [
    mcp('2026-07-28', 'basic/authorization/security-considerations#token-theft'),
    oauth21('4.3.1'),
  ],
  judge(view) {
    const refreshed = refreshAttempts(view).filter(({ succeeded }) => succeeded);
    if (refreshed.length === 0)
      return withoutAnswer('a refresh request', refreshAttempts(view), 'no refresh succeeded');
    const open = refreshed.filter(
      (attempt) => isPublicClient(attempt) && !isSenderConstrained(view, attempt),
    );
    if (open.length === 0) return notApplicable('the client authenticates or binds its tokens');
    const kept = open.find(({ sent, received }) => received === undefined || received === sent);
    if (!kept) return pass;
    const seen = kept.received === undefined ? 'no refresh_token' : 'the refresh_token it was sent';
    return fail(
      `the answer holds ${seen}, expected a new one: this client is public`,
      at(kept.exchange, '/response/body/refresh_token'),
      view.revision === '2025-03-26' ? { severity: 'warning' } : {},
    );
  },
});

const audienceLost = defineRule({
  id: 'refresh-audience-lost',
  step: 'refresh',
  fault: 'authorization-server',
  level: 'MUST',
  severity: 'warning',
  revisions: 'B-D',
  requires: 'A refreshed access token keeps the audience and the scope of the grant.',
  why: 'Everything works for an hour, then the refreshed token is refused by the MCP server, or may do more than the user agreed to.',
  fix: 'Store resource and scope with the grant and put them into every access token made from it.',
  example: 'aud and scope of the second token = aud and scope of the first',
  affected: { clients: ['every client'], confidence: 'reported' },
  spec: [oauth21('3.2.3'), oauth21('4.3.3')],
  judge(view) {
    const pairs = refreshedPairs(view);
    if (pairs.length === 0) return notApplicable('no refresh with the same resource succeeded');
    for (const [before, after] of pairs)
      for (const { name, pointer, read } of BINDINGS) {
        const [was, is] = [read(before), read(after)];
        if (was !== undefined && is !== undefined && was !== is)
          return fail(
            `the refreshed token's ${name} is ${quoted(is)}, expected ${quoted(was)} as before`,
            [at(after.exchange, pointer), at(before.exchange, pointer)],
          );
      }
    const isTelling = pairs.some((pair) =>
      BINDINGS.some(({ read }) => pair.every((token) => read(token) !== undefined)),
    );
    return isTelling ? pass : inconclusive('the tokens are opaque and no answer names a scope');
  },
});

/** The rules about refreshing. */
export const refreshRules = [refreshFailed, notRotated, audienceLost, ...refreshTroubleRules];

/** What a token is bound to, as far as it can be read, in a form that compares. */
const BINDINGS = [
  {
    name: 'aud',
    pointer: '/response/body/access_token',
    read: ({ jwt }: IssuedToken) => jwt && sorted(audiences(jwt.claims)),
  },
  {
    name: 'scope',
    pointer: '/response/body/access_token',
    read: ({ jwt }: IssuedToken) => scopesIn(jwt),
  },
  {
    name: 'scope',
    pointer: '/response/body/scope',
    read: ({ document }: IssuedToken) =>
      typeof document.scope === 'string' ? sorted(parseScope(document.scope)) : undefined,
  },
];

function scopesIn(jwt: Secret['jwt']): string | undefined {
  const scope = jwt && claimedScope(jwt.claims);
  return scope === undefined ? undefined : sorted(parseScope(unionScope(scope)));
}

function sorted(items: Iterable<string>): string {
  return [...items].sort().join(' ');
}

/** The newest refresh token, sent by the client and for the resource it was issued to. */
function isFair(view: View, { sent, exchange, form }: RefreshAttempt): boolean {
  const newest = newestRefreshToken(view, exchange);
  if (!newest || sent !== newest.value) return false;
  const original = formOf(newest.exchange);
  const clients = new Set([original, form].map((one) => one.get('client_id') ?? ''));
  clients.delete('');
  return clients.size <= 1 && original.get('resource') === form.get('resource');
}

function answerOf({ exchange, error }: RefreshAttempt): string {
  const status = exchange.response?.status;
  return error ? `${status} ${quoted(error)}` : `${status} without an access token`;
}

function isSenderConstrained(view: View, { exchange }: RefreshAttempt): boolean {
  const token = tokensByExchange(view).get(exchange);
  return (
    headerValue(exchange.request.headers, 'dpop') !== undefined ||
    isObject(token?.jwt?.claims.cnf) ||
    stringMember(token?.document, 'token_type')?.toLowerCase() === 'dpop'
  );
}

/** Each refreshed token with the one before it, where the refresh asked for nothing else. */
function refreshedPairs(view: View): readonly (readonly [IssuedToken, IssuedToken])[] {
  const attempts = new Map(refreshAttempts(view).map((one) => [one.exchange, one]));
  return issuedTokens(view).flatMap((after, index, tokens) => {
    const before = tokens[index - 1];
    const form = attempts.get(after.exchange)?.form;
    if (!before || !form || form.has('scope')) return [];
    const isSame = form.get('resource') === formOf(before.exchange).get('resource');
    return isSame ? [[before, after] as const] : [];
  });
}
