/** Which scopes the client asks for, and where it has them from. */
import { findBearer, parseChallenges } from '../oauth/challenge.ts';
import { quoted } from '../oauth/quoted.ts';
import { parseScope, sameScope, unionScope } from '../oauth/scope.ts';
import { mcp } from '../spec/references.ts';
import { headerValues } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import { type Deviation, letterOf, shown } from './evidence.ts';
import { judgeRequests, type KnownRequest, metadataOf } from './front-channel.ts';
import { oncePerView } from './once.ts';
import { at, defineRule, notApplicable, type Rule } from './rule.ts';

const scopeStrategy = defineRule({
  id: 'client-scope-strategy',
  step: 'authorization',
  fault: 'client',
  level: 'SHOULD',
  revisions: 'C-D',
  requires:
    'The client asks for the scope of the challenge, else for every scope of the resource metadata, else for none; a step-up adds to what it asked for before.',
  why: 'Asking for more shows the user a frightening consent page or fails with invalid_scope; asking for less ends in 403; forgetting earlier scopes at a step-up loses them.',
  fix: 'Take scope from the 401 challenge, else all of scopes_supported, else leave it out; at a step-up send the union with the earlier ones.',
  example: 'scope=notes.read%20notes.write',
  spec: [
    mcp('2026-07-28', 'basic/authorization#scope-selection-strategy'),
    mcp('2026-07-28', 'basic/authorization#step-up-authorization-flow'),
  ],
  judge(view) {
    if (view.trace.metadata.options?.scope_given !== undefined)
      return notApplicable('the user named the scope');
    return judgeRequests(view, (requests) => strategyDeviations(view, requests));
  },
});

const offlineAccessUnadvertised = defineRule({
  id: 'client-offline-access-unadvertised',
  step: 'authorization',
  fault: 'client',
  level: 'MUST NOT',
  revisions: 'D',
  requires: 'offline_access is asked for only where the authorization server lists it.',
  why: 'A server that does not know the scope answers invalid_scope, and the login ends before it began.',
  fix: 'Add offline_access only if scopes_supported of the authorization server metadata holds it.',
  example: '"scopes_supported":["notes.read","offline_access"]',
  spec: [mcp('2026-07-28', 'basic/authorization#refresh-tokens')],
  judge(view) {
    if (parseScope(view.trace.metadata.options?.scope_given).has('offline_access'))
      return notApplicable('the user asked for offline_access');
    return judgeRequests(view, (requests) =>
      requests.flatMap(({ exchange, parameters }) => {
        const listed = stringsMember(metadataOf(view, exchange)?.document, 'scopes_supported');
        return !parseScope(parameters.get('scope') ?? '').has('offline_access') ||
          listed?.includes('offline_access') ||
          scopesNamed(view, exchange).has('offline_access')
          ? []
          : [
              {
                message: `scope holds "offline_access" and scopes_supported is ${shown(listed)}, expected to find it there`,
                evidence: at(exchange, '/request/url'),
              },
            ];
      }),
    );
  },
});

/** The rules about the scope asked for. */
export const authorizationScopeRules: readonly Rule[] = [scopeStrategy, offlineAccessUnadvertised];

/** A challenge that names scopes. */
interface ScopeChallenge {
  readonly exchange: Exchange;
  readonly scope: string | undefined;
  readonly isStepUp: boolean;
}

/** The challenge of the last refusal before an authorization request and after an earlier exchange. */
function challengeBefore(
  view: View,
  { id }: Exchange,
  earlier: Exchange | undefined,
): ScopeChallenge | undefined {
  const last = challengesBefore(view).get(id);
  return last && last.exchange.id > (earlier?.id ?? 0) ? last : undefined;
}

/** The scopes that the challenge before an authorization request demanded. */
export function challengeScopes(view: View, request: Exchange): ReadonlySet<string> {
  return parseScope(challengeBefore(view, request, undefined)?.scope);
}

/** The scopes that challenge and resource metadata name for an authorization request. */
export function scopesNamed(view: View, request: Exchange): ReadonlySet<string> {
  const supported = stringsMember(view.resourceMetadata?.document, 'scopes_supported') ?? [];
  return new Set([...supported, ...challengeScopes(view, request)]);
}

/** For each authorization request, the last challenge before it. */
const challengesBefore = oncePerView((view): ReadonlyMap<number, ScopeChallenge> => {
  const before = new Map<number, ScopeChallenge>();
  let last: ScopeChallenge | undefined;
  for (const exchange of view.exchanges) {
    const role = view.role(exchange);
    if (role === 'mcp') last = challengeOf(exchange) ?? last;
    if (role === 'authorization' && last) before.set(exchange.id, last);
  }
  return before;
});

function challengeOf(exchange: Exchange): ScopeChallenge | undefined {
  const { status = 0, headers = [] } = exchange.response ?? {};
  const bearer = findBearer(parseChallenges(headerValues(headers, 'www-authenticate')));
  if (!bearer || (status !== 401 && status !== 403) || exchange.channel === 'probe')
    return undefined;
  return {
    exchange,
    scope: unionScope(bearer.parameters.get('scope')),
    isStepUp: bearer.parameters.get('error') === 'insufficient_scope',
  };
}

function strategyDeviations(view: View, requests: readonly KnownRequest[]): readonly Deviation[] {
  return requests.flatMap(({ exchange, parameters }, index) => {
    const asked = parameters.get('scope') ?? undefined;
    const previous = requests[index - 1];
    const challenge = challengeBefore(view, exchange, previous?.exchange);
    if (!previous) return firstDeviations(view, exchange, asked, challenge);
    const earlier = previous.parameters.get('scope') ?? undefined;
    return challenge?.isStepUp
      ? stepUpDeviations(exchange, asked, challenge, letterOf(view) === 'D' ? earlier : undefined)
      : [];
  });
}

function firstDeviations(
  view: View,
  exchange: Exchange,
  asked: string | undefined,
  challenge: ScopeChallenge | undefined,
): readonly Deviation[] {
  const supported = stringsMember(view.resourceMetadata?.document, 'scopes_supported');
  const expected = challenge?.scope ?? unionScope(supported?.join(' '));
  const source = challenge?.scope ? 'the challenge' : 'the resource metadata';
  const wanted = withoutOfflineAccess(expected);
  const got = withoutOfflineAccess(asked);
  if (sameScope(got, wanted) || sameScope(got, registered(view, exchange, wanted))) return [];
  return [
    {
      message: `scope is ${shown(asked)}, expected ${expected ? `${quoted(expected)} as ${source} names it` : 'none, as neither challenge nor resource metadata names one'}`,
      evidence: at(exchange, '/request/url'),
    },
  ];
}

/** What is left of a scope for a client that was registered for less: more would be refused. */
function registered(view: View, { id }: Exchange, scope: string | undefined): string | undefined {
  const { document, exchange } = view.registration ?? {};
  const allowed = exchange && exchange.id < id ? stringMember(document, 'scope') : undefined;
  const kept = [...parseScope(scope)].filter((item) => parseScope(allowed).has(item));
  return allowed === undefined || kept.length === 0 ? scope : unionScope(...kept);
}

/** A client may add `offline_access`, and may have had it in the challenge against the rules. */
function withoutOfflineAccess(scope: string | undefined): string | undefined {
  return unionScope(...[...parseScope(scope)].filter((item) => item !== 'offline_access'));
}

function stepUpDeviations(
  exchange: Exchange,
  asked: string | undefined,
  challenge: ScopeChallenge,
  earlier: string | undefined,
): readonly Deviation[] {
  const wanted = unionScope(earlier, challenge.scope);
  const lacking = [...parseScope(wanted)].filter((item) => !parseScope(asked).has(item));
  return lacking.length === 0
    ? []
    : [
        {
          message: `scope of the step-up is ${shown(asked)}, expected ${quoted(wanted)}`,
          evidence: at(exchange, '/request/url'),
        },
      ];
}
