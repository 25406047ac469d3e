/** Which scopes the MCP server asks for, and how it writes them. */
import { quoted } from '../oauth/quoted.ts';
import { isScope, parseScope } from '../oauth/scope.ts';
import { mcp, oauth21, rfc6749, rfc6750 } from '../spec/references.ts';
import { stringsMember } from '../trace/view.ts';
import { judgeChallenged } from './anonymous-call.ts';
import { inHeader, judgeHeaders } from './challenge-header.ts';
import { atMember, verdictOn, withoutAnswer } from './evidence.ts';
import { isFound, resourceLookups } from './lookup.ts';
import { mcpCalls, nameOf } from './mcp-call.ts';
import { at, defineRule, fail, notApplicable, type Rule } from './rule.ts';

export const scopeMissing = defineRule({
  id: 'challenge-scope-missing',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'SHOULD',
  revisions: 'C-D',
  requires: 'The challenge names the scopes that the request needs.',
  why: 'A client that is not told asks for every scope the metadata lists, or for none: too much for the user to approve, or too little to work.',
  fix: 'Add scope="…" with the scopes of the attempted request to the challenge.',
  example: 'WWW-Authenticate: Bearer resource_metadata="…", scope="notes.read"',
  spec: [mcp('2026-07-28', 'basic/authorization#scope-selection-strategy'), rfc6750('3')],
  judge: (view) =>
    judgeChallenged(view, (calls) => {
      const bearer = calls.filter(({ challenge }) => challenge);
      if (bearer.length === 0) return notApplicable('there is no Bearer challenge');
      const silent = bearer.find(({ challenge }) => !challenge?.parameters.has('scope'));
      if (!silent) return verdictOn([]);
      const isListed = resourceLookups(view).some(
        ({ document }) => (stringsMember(document, 'scopes_supported') ?? []).length > 0,
      );
      return fail(
        `the challenge to ${nameOf(silent)} has no scope, expected the scopes it needs`,
        at(silent.exchange, '/response/headers/www-authenticate'),
        isListed ? { severity: 'info' } : {},
      );
    }),
});

export const scopeSyntax = defineRule({
  id: 'challenge-scope-syntax',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MUST NOT',
  revisions: 'A-D',
  requires: 'scope is a list of scope names with exactly one space between them.',
  why: 'Clients send the value on as it is, and the authorization server refuses what it does not know as a scope.',
  fix: 'Join the scopes with single spaces: no commas, quotes, backslashes or empty items.',
  example: 'scope="notes.read notes.write"',
  spec: [oauth21('5.3.1'), rfc6749('3.3')],
  judge: (view) =>
    judgeHeaders(view, (call) => {
      const scope = call.challenge?.parameters.get('scope');
      // A comma may stand in a scope name, but nobody has such a name.
      return scope === undefined || (isScope(scope) && !scope.includes(','))
        ? []
        : [inHeader(call, `scope is ${quoted(scope)}, expected names separated by one space`)];
    }),
});

export const offlineAccess = defineRule({
  id: 'offline-access-in-resource-scopes',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'SHOULD NOT',
  revisions: 'D',
  requires: 'The MCP server does not ask for offline_access.',
  why: 'Whether there is a refresh token is between the client and the authorization server. Asked for by the resource, every client demands lasting access whether it wants it or not.',
  fix: 'Take offline_access out of the challenge and of scopes_supported here; list it in the metadata of the authorization server.',
  example: '"scopes_supported": ["notes.read", "notes.write"]',
  spec: [mcp('2026-07-28', 'basic/authorization#refresh-tokens')],
  judge(view) {
    const challenged = mcpCalls(view).filter(({ challenge }) => challenge);
    const documents = resourceLookups(view).filter(isFound);
    if (challenged.length + documents.length === 0)
      return withoutAnswer(
        'a request that could have been answered with scopes',
        [...mcpCalls(view), ...resourceLookups(view)],
        'there is neither a Bearer challenge nor protected resource metadata',
      );
    return verdictOn([
      ...challenged
        .filter(({ challenge }) =>
          parseScope(challenge?.parameters.get('scope')).has('offline_access'),
        )
        .map((call) => inHeader(call, 'the challenge asks for offline_access, expected not to')),
      ...documents
        .filter(({ document }) =>
          stringsMember(document, 'scopes_supported')?.includes('offline_access'),
        )
        .map(({ exchange }) => ({
          message: 'scopes_supported of the resource lists offline_access, expected it not to',
          evidence: atMember(exchange, 'scopes_supported'),
        })),
    ]);
  },
});

/** The rules about scopes the resource names. */
export const challengeScopeRules: readonly Rule[] = [scopeMissing, scopeSyntax, offlineAccess];
