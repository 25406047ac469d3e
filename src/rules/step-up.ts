/** What happens when a token does not reach far enough. */
import { quoted } from '../oauth/quoted.ts';
import { isScope, parseScope } from '../oauth/scope.ts';
import { mcp, rfc6750 } from '../spec/references.ts';
import { findRevision } from '../spec/revisions.ts';
import type { View } from '../trace/view.ts';
import { type IssuedToken, scopeAskedBefore, tokensByValue } from './issued-token.ts';
import { isUnread, type McpCall, mcpCalls, nameOf } from './mcp-call.ts';
import {
  at,
  defineRule,
  type Evidence,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Verdict,
} from './rule.ts';

const scopeContradiction = defineRule({
  id: 'mcp-scope-contradiction',
  step: 'call',
  fault: 'mcp-server',
  level: 'SHOULD',
  severity: 'error',
  revisions: 'C-D',
  requires: 'A challenge for more scope names scopes that the token does not hold already.',
  why: 'The client asks the user again, gets a token with exactly these scopes and is refused again. It can only loop or give up.',
  fix: 'Name in the challenge every scope that the check really looks for, in one go, and let a broad scope imply the narrow ones.',
  example: 'WWW-Authenticate: Bearer error="insufficient_scope", scope="notes.read notes.write"',
  affected: { clients: ['TypeScript SDK 1.x'], confidence: 'reported' },
  spec: [mcp('2026-07-28', 'basic/authorization#runtime-insufficient-scope-errors')],
  outranks: ['insufficient-scope-loop'],
  judge: (view) =>
    judgeDemands(view, (demands) => {
      const found = demands.find(({ scopes, token }) => isCovered(scopes, token.scope));
      return found
        ? fail(
            `${nameOf(found.call)} asks for scope ${listed(found.scopes)}, which its token holds already (${listed(found.token.scope)}), expected scopes that it lacks`,
            evidenceOf(found),
          )
        : pass;
    }),
});

const scopeLoop = defineRule({
  id: 'insufficient-scope-loop',
  step: 'call',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'C-D',
  requires: 'A scope that the MCP server demands can be had from the authorization server.',
  why: 'The user agrees a second time, the token still lacks the scope and the call is refused as before. Some clients stop at the second identical challenge, others ask on and on.',
  fix: 'Grant the scope to this client and this user when it is asked for, or answer the authorization request with error=access_denied so that the client can stop. Check that the user did not refuse it on the consent page.',
  example: '{ "access_token": "…", "token_type": "Bearer", "scope": "notes.read notes.write" }',
  affected: { clients: ['TypeScript SDK 1.x'], confidence: 'reported' },
  spec: [mcp('2026-07-28', 'basic/authorization#step-up-authorization-flow')],
  judge: (view) =>
    judgeDemands(view, (demands) => {
      const found = demands.find((demand) => wasAskedInVain(view, demand, demands));
      return found
        ? fail(
            `${nameOf(found.call)} asks for scope ${listed(found.scopes)} again after a new authorization that granted ${listed(found.token.scope)}, expected the token to hold it`,
            evidenceOf(found),
          )
        : pass;
    }),
});

const scopeChallenge = defineRule({
  id: 'insufficient-scope-challenge',
  step: 'call',
  fault: 'mcp-server',
  level: 'SHOULD',
  revisions: 'A-D',
  requires:
    'A token that lacks scope is answered 403 with error, scope and resource_metadata in a Bearer challenge.',
  why: 'These three values are all a client has to ask the user for more. Without them a 403 is final: the user sees "forbidden" and nothing to click.',
  fix: 'Send status 403 and a Bearer challenge with error="insufficient_scope", the scopes the operation needs, and the metadata URL.',
  example:
    'HTTP/1.1 403 Forbidden\nWWW-Authenticate: Bearer error="insufficient_scope", scope="notes.write", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp"',
  affected: { clients: ['Claude', 'TypeScript SDK', 'Rust SDK'], confidence: 'confirmed' },
  spec: [
    mcp('2026-07-28', 'basic/authorization#runtime-insufficient-scope-errors'),
    rfc6750('3.1'),
  ],
  judge(view) {
    const calls = mcpCalls(view).filter(
      (call) => (call.token !== undefined && call.status === 403) || isInsufficient(call),
    );
    if (calls.length === 0) return notApplicable('no call was refused for its scope');
    const verdicts = calls.map((call) => judgeChallenge(view, call));
    return (
      verdicts.find(({ kind }) => kind === 'fail') ??
      verdicts.find(({ kind }) => kind === 'inconclusive') ??
      pass
    );
  },
});

const retryLimit = defineRule({
  id: 'client-step-up-retry-limit',
  step: 'call',
  fault: 'client',
  level: 'SHOULD',
  revisions: 'C-D',
  requires: 'A client gives an operation up after a few authorizations that did not help.',
  why: 'A loop of consent pages wears the user out and hides that the server will never agree.',
  fix: 'Count the authorizations per operation, stop after three at most and show the server’s refusal.',
  example: 'if (attempts >= 3) throw new InsufficientScopeError(tool);',
  spec: [mcp('2026-07-28', 'basic/authorization#step-up-authorization-flow')],
  judge(view) {
    const forbidden = mcpCalls(view).filter(({ status }) => status === 403);
    if (forbidden.length === 0) return notApplicable('no call was answered 403');
    const [worst] = [...attemptsPerOperation(view)].filter(([, attempts]) => attempts > 3);
    const last = forbidden.findLast((call) => operationOf(call) === worst?.[0]);
    if (worst && last)
      return fail(
        `${quoted(worst[0])} was followed by ${worst[1]} authorizations after a 403, expected at most 3`,
        at(last.exchange, '/response/status'),
      );
    return forbidden.some(isUnread)
      ? inconclusive('the body of a request that was answered 403 is missing or was cut')
      : pass;
  },
});

/** The rules about scopes at the MCP server. */
export const stepUpRules = [scopeContradiction, scopeLoop, scopeChallenge, retryLimit];

/** A call that was answered `insufficient_scope` with a list of scopes. */
interface Demand {
  readonly call: McpCall;
  readonly token: IssuedToken;
  readonly scopes: ReadonlySet<string>;
}

function judgeDemands(view: View, judge: (demands: readonly Demand[]) => Verdict): Verdict {
  const refused = mcpCalls(view).filter(isInsufficient);
  if (refused.length === 0) return notApplicable('no call was answered insufficient_scope');
  const demands = refused.flatMap((call) => demandOf(view, call));
  return demands.length === 0
    ? inconclusive('no challenge names its scopes, or its token is not of this trace')
    : judge(demands);
}

function demandOf(view: View, call: McpCall): readonly Demand[] {
  const token = tokensByValue(view).get(call.token ?? '');
  const scope = call.challenge?.parameters.get('scope') ?? '';
  return token && isScope(scope) ? [{ call, token, scopes: parseScope(scope) }] : [];
}

function isInsufficient({ challenge }: McpCall): boolean {
  return challenge?.parameters.get('error') === 'insufficient_scope';
}

function isCovered(scopes: ReadonlySet<string>, by: ReadonlySet<string>): boolean {
  return [...scopes].every((scope) => by.has(scope));
}

/** The same demand with another token before, and the scopes were asked for in between. */
function wasAskedInVain(view: View, { call, token, scopes }: Demand, all: readonly Demand[]) {
  const asked = parseScope(scopeAskedBefore(view, token.exchange));
  return (
    isCovered(scopes, asked) &&
    !isCovered(scopes, token.scope) &&
    all.some(
      (other) =>
        other.call.exchange.id < token.exchange.id &&
        operationOf(other.call) === operationOf(call) &&
        listed(other.scopes) === listed(scopes),
    )
  );
}

function judgeChallenge(view: View, { challenge, status, exchange }: McpCall): Verdict {
  const place = at(exchange, '/response/headers/www-authenticate');
  if (!challenge)
    return /insufficient.?scope/i.test(exchange.response?.body?.text ?? '')
      ? fail('403 about the scope came without a Bearer challenge, expected one', place)
      : inconclusive('a 403 without a Bearer challenge need not be about the token');
  const error = challenge.parameters.get('error');
  if (error === 'insufficient_scope' && status !== 403)
    return fail(
      `error="insufficient_scope" came with status ${status ?? 'none'}, expected 403`,
      at(exchange, '/response/status'),
    );
  const wanted = knowsStepUp(view) ? ['scope', 'resource_metadata'] : [];
  const missing = [
    ...(error === 'insufficient_scope' ? [] : ['error="insufficient_scope"']),
    ...wanted.filter((name) => !challenge.parameters.has(name)),
  ];
  const seen = error === undefined ? '' : ` with error=${quoted(error)}`;
  return missing.length === 0
    ? pass
    : fail(
        `the challenge of the 403${seen} lacks ${missing.join(', ')}, expected all three`,
        place,
      );
}

/** The step-up flow came with 2025-11-25. */
function knowsStepUp({ revision }: View): boolean {
  return findRevision(revision ?? 'draft')?.scopeStrategy ?? true;
}

function attemptsPerOperation(view: View): ReadonlyMap<string, number> {
  const calls = new Map(mcpCalls(view).map((call) => [call.exchange, call]));
  const attempts = new Map<string, number>();
  let refused: string | undefined;
  for (const exchange of view.exchanges) {
    const call = calls.get(exchange);
    if (call?.status === 403) refused = operationOf(call);
    else if (refused !== undefined && view.role(exchange) === 'authorization') {
      attempts.set(refused, (attempts.get(refused) ?? 0) + 1);
      refused = undefined;
    }
  }
  return attempts;
}

function operationOf({ method, params }: McpCall): string {
  const name = params.name ?? params.uri;
  return typeof name === 'string' ? `${method} ${name}` : `${method}`;
}

function listed(scopes: ReadonlySet<string>): string {
  return quoted([...scopes].join(' '));
}

function evidenceOf({ call, token }: Demand): readonly Evidence[] {
  return [
    at(call.exchange, '/response/headers/www-authenticate'),
    at(token.exchange, '/response/body/scope'),
  ];
}
