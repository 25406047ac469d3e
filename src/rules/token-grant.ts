/** What a token response grants: for how long, and for which scopes. */
import { lifetime } from '../oauth/jwt.ts';
import { quoted } from '../oauth/quoted.ts';
import { isScope, parseScope, sameScope } from '../oauth/scope.ts';
import { mcp, oauth21, rfc6749 } from '../spec/references.ts';
import { formOf, type JsonObject, objectOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import { challengeScopes } from './authorization-scope.ts';
import { atMember, type Deviation, shown } from './evidence.ts';
import { authorizationRequests, requestBefore } from './front-channel.ts';
import { defineRule, fail, inconclusive, notApplicable, pass, type Rule } from './rule.ts';
import { judgeGrants } from './token-response.ts';

const expiresInMissing = defineRule({
  id: 'token-expires-in-missing',
  step: 'token',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'A-D',
  requires: 'A token response says in expires_in how many seconds the token lives.',
  why: 'The client cannot refresh ahead of time: the user’s call has to fail first.',
  fix: 'Return the lifetime in seconds.',
  example: '"expires_in": 3600',
  spec: [oauth21('3.2.3')],
  judge: (view) =>
    judgeGrants(view, (exchange, document) =>
      document.expires_in === undefined
        ? [
            {
              message: 'expires_in is absent, expected the seconds the token lives',
              evidence: atMember(exchange, 'expires_in'),
            },
          ]
        : [],
    ),
});

const fieldTypes = defineRule({
  id: 'token-field-types',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'expires_in is a number, scope a string of scopes with a space between them, refresh_token a string.',
  why: 'Typed clients refuse the whole response for one member of another type, null included: the login fails although the token is there.',
  fix: 'Write numbers without quotes, scopes as one string, and leave out what has no value.',
  example:
    '{"access_token":"…","token_type":"Bearer","expires_in":3600,"scope":"notes.read notes.write"}',
  affected: { clients: ['TypeScript SDK', 'Gemini CLI', 'Qwen Code'], confidence: 'confirmed' },
  spec: [oauth21('3.2.3'), rfc6749('5.1')],
  judge: (view) => judgeGrants(view, typeDeviations),
});

const scopeDiffers = defineRule({
  id: 'token-scope-differs',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  severity: 'info',
  revisions: 'A-D',
  requires:
    'A token response names the scopes that were granted, where they are not the ones asked for.',
  why: 'A client that does not know what it lacks finds out by a 403. Fewer scopes than the MCP server demands mean a step-up, or a loop.',
  fix: 'Return scope in every token response, and grant what the MCP server asks for.',
  example: '"scope": "notes.read"',
  spec: [rfc6749('5.1'), oauth21('3.2.3')],
  judge: (view) =>
    judgeGrants(view, (exchange, document) => scopeDeviations(view, exchange, document)),
});

const noRefreshToken = defineRule({
  id: 'token-no-refresh-token',
  step: 'token',
  fault: 'authorization-server',
  level: 'MAY',
  revisions: 'A-D',
  requires: 'A client that registered for the refresh_token grant gets a refresh token.',
  why: 'It is allowed not to issue one, but then the user logs in again whenever the access token expires.',
  fix: 'Let the policy issue refresh tokens to clients that declare the grant, or advertise offline_access for those that need to ask.',
  example: '"refresh_token": "…"',
  spec: [mcp('2026-07-28', 'basic/authorization#refresh-tokens')],
  judge(view) {
    const [issued] = view.tokenDocuments('authorization_code');
    if (!issued || !stringMember(issued.document, 'access_token'))
      return notApplicable('no code was exchanged for a token');
    const declared = declaredGrants(view);
    if (!declared) return inconclusive('the grants the client declared are not in the trace');
    if (!declared.includes('refresh_token'))
      return notApplicable('the client did not declare the refresh_token grant');
    if (offlineAccessOffered(view) && !offlineAccessAsked(view))
      return notApplicable('the server offers offline_access and the client did not ask for it');
    return issued.document.refresh_token === undefined
      ? fail('the token response has no refresh_token, expected one for the declared grant', {
          ...atMember(issued.exchange, 'refresh_token'),
        })
      : pass;
  },
});

/** More than this many seconds is a long life for an access token. */
const LONGEST_LIFE = 86_400;

const lifetimeLong = defineRule({
  id: 'token-lifetime-long',
  step: 'token',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'A-D',
  requires: 'An access token lives for a day at most.',
  why: 'Who steals the token uses it until it expires, and most MCP servers cannot take it back before.',
  fix: 'Issue tokens for about an hour, and refresh tokens with them.',
  example: '"expires_in": 3600',
  spec: [mcp('2026-07-28', 'basic/authorization/security-considerations#token-theft')],
  judge: (view) =>
    judgeGrants(view, (exchange, document) => {
      const jwt = view.secret(stringMember(document, 'access_token') ?? '').jwt;
      const named = typeof document.expires_in === 'number' ? document.expires_in : undefined;
      const life = named ?? (jwt && lifetime(jwt.claims)) ?? 0;
      return life > LONGEST_LIFE
        ? [
            {
              message: `the access token lives ${life} s, expected ${LONGEST_LIFE} at most`,
              evidence: atMember(exchange, named === undefined ? 'access_token' : 'expires_in'),
            },
          ]
        : [];
    }),
});

/** The rules about what token responses grant. */
export const tokenGrantRules: readonly Rule[] = [
  expiresInMissing,
  fieldTypes,
  scopeDiffers,
  noRefreshToken,
  lifetimeLong,
];

const TYPES: Readonly<Record<string, readonly [string, (value: unknown) => boolean]>> = {
  expires_in: ['a number that is not negative', (value) => typeof value === 'number' && value >= 0],
  scope: ['scopes in one string, a space between them', isScopeList],
  refresh_token: ['a string', (value) => typeof value === 'string'],
};

/** Scopes with a space between them; none at all is a list too. */
function isScopeList(value: unknown): boolean {
  return value === '' || (typeof value === 'string' && isScope(value) && !value.includes(','));
}

function typeDeviations(exchange: Exchange, document: JsonObject): readonly Deviation[] {
  return Object.entries(TYPES)
    .filter(([name, [, fits]]) => document[name] !== undefined && !fits(document[name]))
    .map(([name, [expected]]) => ({
      message: `${name} is ${shown(document[name])}, expected ${expected}`,
      evidence: atMember(exchange, name),
    }));
}

function scopeDeviations(
  view: View,
  exchange: Exchange,
  document: JsonObject,
): readonly Deviation[] {
  const form = formOf(exchange);
  const isCode = form.get('grant_type') === 'authorization_code';
  const request = requestBefore(view, exchange);
  const asked = isCode ? request?.parameters?.get('scope') : form.get('scope');
  const granted = stringMember(document, 'scope');
  const isMalformed = document.scope !== undefined && !isScopeList(document.scope);
  if (!asked || isMalformed || form.get('grant_type') === 'refresh_token') return [];
  if (sameScope(asked, granted)) return [];
  const lacking = [...(request ? challengeScopes(view, request.exchange) : [])].filter(
    (scope) => granted !== undefined && !parseScope(granted).has(scope),
  );
  const demanded = lacking.length > 0 ? `, and the MCP server demands ${quoted(lacking)}` : '';
  return [
    {
      message: `scope of the token response is ${shown(granted)}${demanded}, expected ${quoted(asked)} as asked for`,
      evidence: atMember(exchange, 'scope'),
      severity: lacking.length > 0 ? 'warning' : 'info',
    },
  ];
}

function declaredGrants(view: View): readonly string[] | undefined {
  const document = view.byRole('client-metadata').at(-1)?.response?.body;
  return (
    stringsMember(objectOf(view.registration?.exchange.request.body), 'grant_types') ??
    stringsMember(objectOf(document), 'grant_types')
  );
}

function offlineAccessOffered(view: View): boolean {
  const offered = stringsMember(view.serverMetadata?.document, 'scopes_supported') ?? [];
  return offered.includes('offline_access');
}

function offlineAccessAsked(view: View): boolean {
  return authorizationRequests(view).some(({ parameters }) =>
    parseScope(parameters?.get('scope') ?? '').has('offline_access'),
  );
}
