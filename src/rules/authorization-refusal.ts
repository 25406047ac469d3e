/** Logins that ended without a code, and the causes that can be told from the answer. */
import { quoted } from '../oauth/quoted.ts';
import { parseScope } from '../oauth/scope.ts';
import { oauth21, type Reference, rfc6749, rfc7591, rfc8707 } from '../spec/references.ts';
import { objectOf } from '../trace/body.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import {
  type AuthorizationRefusal,
  authorizationOutcomes,
  whatCame,
} from './authorization-outcome.ts';
import { scopesNamed } from './authorization-scope.ts';
import { isDocumentUrl } from './client-identity.ts';
import { adviceOn } from './denial.ts';
import { RESOURCE, shown } from './evidence.ts';
import {
  at,
  defineRule,
  type Fault,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

const requestFailed = defineRule({
  id: 'authz-request-failed',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A valid authorization request ends in a callback with a code.',
  why: 'The login stopped at the authorization server; without a code the client cannot go on.',
  fix: 'Go by the error: access_denied is the user’s or a policy’s no, server_error stands in the log of the server; an error page means that client_id or redirect_uri found no favour.',
  example: 'HTTP/1.1 303 See Other\nLocation: http://127.0.0.1:49321/callback?code=…&state=…',
  spec: [oauth21('4.1.2.1')],
  judge: (view) =>
    judgeAuthorizations(view, (refusal) =>
      refusal.kind === 'token'
        ? undefined
        : {
            message: `${whatCame(refusal)}, expected a code`,
            ...adviceOn(view, refusal),
          },
    ),
});

/** What a cause knows better than the rule. */
interface Explanation {
  readonly message: string;
  readonly fix?: string;
  readonly fault?: Fault;
}

interface Cause extends Pick<Rule, 'id' | 'fault' | 'requires' | 'why' | 'fix' | 'affected'> {
  readonly example?: string;
  readonly spec: readonly Reference[];
  readonly outranks?: readonly string[];
  /** What it says of a refusal it explains; undefined for the others. */
  readonly explain: (refusal: AuthorizationRefusal, view: View) => string | Explanation | undefined;
}

const CAUSES: readonly Cause[] = [
  {
    id: 'resource-param-rejected',
    fault: 'authorization-server',
    requires: 'An authorization request may name the MCP server in resource.',
    why: 'Every MCP client since 2025-06-18 sends resource. A server that refuses it, or does not know this value, locks all of them out: Entra answers AADSTS9010010.',
    fix: 'Ignore resource, or accept the URL of the MCP server as one. With Entra: make it the Application ID URI and use scopes of that API, or put a proxy in front that removes it.',
    example: 'resource=https%3A%2F%2Fapi.example.com%2Fmcp   is accepted',
    affected: { clients: ['every client'], confidence: 'confirmed' },
    spec: [rfc8707('2'), oauth21('3.1')],
    explain: (refusal) => {
      const { request, error, description } = refusal;
      const resource = request?.parameters?.get('resource');
      const named = mayNameResource(refusal) ? RESOURCE : /AADSTS9010010/;
      return resource && (error === 'invalid_target' || named.test(description))
        ? `resource was ${quoted(resource)}, expected it to be accepted`
        : undefined;
    },
  },
  {
    id: 'invalid-scope',
    fault: 'authorization-server',
    requires: 'The scopes that the metadata offers can be granted.',
    why: 'Clients ask for what the challenge or the metadata lists. Refusing the whole request for one scope ends the login, where granting the others would have served.',
    fix: 'Leave out scopes the user or client may not have, and list only scopes that can be granted.',
    example: '"scopes_supported": ["notes.read"]   where notes.read can be granted',
    affected: { clients: ['Claude Code', 'every client'], confidence: 'confirmed' },
    spec: [rfc6749('3.3'), oauth21('4.1.2.1')],
    explain: (refusal, view) => {
      const scope = refusal.request?.parameters?.get('scope') || undefined;
      if (refusal.error !== 'invalid_scope') return undefined;
      const listed = stringsMember(view.serverMetadata?.document, 'scopes_supported');
      const foreign = [...parseScope(scope)].filter((item) => listed && !listed.includes(item));
      const message = `scope was ${shown(scope)}${foreign.length > 0 ? `, of which the server does not list ${quoted(foreign)}` : ''}, expected what can be granted to be granted`;
      const named = refusal.request ? scopesNamed(view, refusal.request.exchange) : new Set();
      const own = foreign.filter((item) => !named.has(item));
      return own.length === 0
        ? message
        : {
            message,
            fault: 'client',
            fix: `Ask for scopes that challenge or metadata name, and leave out ${quoted(own)}.`,
          };
    },
  },
  {
    id: 'no-scope-sent',
    fault: 'mcp-server',
    requires: 'Challenge or resource metadata name the scopes a client needs.',
    why: 'Clients send no scope where nothing names one, and this authorization server insists on one.',
    fix: 'Put scope into the 401 challenge and scopes_supported into the resource metadata, or give the authorization server a default scope.',
    example: 'WWW-Authenticate: Bearer resource_metadata="…", scope="notes.read"',
    affected: { clients: ['Claude Code'], confidence: 'reported' },
    spec: [rfc6749('3.3')],
    outranks: ['invalid-scope'],
    explain: ({ request, error, description, kind }, view) =>
      kind !== 'token' &&
      request?.parameters &&
      !request.parameters.get('scope') &&
      scopesNamed(view, request.exchange).size === 0 &&
      (error === 'invalid_scope' || /\bscope/i.test(description))
        ? 'no scope was sent, as neither challenge nor resource metadata names one, expected a default scope or a name to send'
        : undefined,
  },
  {
    id: 'dcr-scope-not-allowed',
    fault: 'authorization-server',
    requires: 'A client is registered for the scopes that it will be told to ask for.',
    why: 'Registration fixed a narrower scope than challenge and metadata name. The client asks for what it is told to, and is refused.',
    fix: 'Register clients for every scope the resource names, or grant the registered part of what is asked.',
    example: '{"client_id":"c-17","scope":"notes.read notes.write"}',
    affected: { clients: ['every client'], confidence: 'confirmed' },
    spec: [rfc7591('2')],
    outranks: ['invalid-scope'],
    explain: ({ request, error }, view) => {
      const registered = stringMember(view.registration?.document, 'scope');
      const asked = request?.parameters?.get('scope') ?? '';
      const extra = [...parseScope(asked)].filter((item) => !parseScope(registered).has(item));
      return error === 'invalid_scope' && registered && extra.length > 0
        ? `scope was ${quoted(asked)} and the client is registered for ${quoted(registered)}, expected the registration to allow ${quoted(extra)}`
        : undefined;
    },
  },
  {
    id: 'stale-client-id',
    fault: 'authorization-server',
    requires:
      'A client_id that was issued stays known, or is refused in a way a client understands.',
    why: 'Registrations kept in memory, pruned or not shared between instances are gone while clients still use them. The user sees a raw error page, each time, and no client can tell that it should register again.',
    fix: 'Keep registrations in a store all instances share, longer than the tokens issued to them; answer invalid_client at the token endpoint for one that is gone.',
    example:
      'HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{"error":"invalid_client"}   from the token endpoint',
    affected: {
      clients: ['Claude Code', 'mcp-remote', 'Cursor', 'ChatGPT'],
      confidence: 'confirmed',
    },
    spec: [oauth21('4.1.2.1')],
    explain: ({ request, error, description, kind }, view) => {
      const id = request?.parameters?.get('client_id') ?? '';
      if (kind !== 'page' || isDocumentUrl(id)) return undefined;
      const isUnknown =
        error === 'invalid_client' ||
        (UNKNOWN_CLIENT.test(description) && !REDIRECT.test(description));
      if (!isUnknown) return undefined;
      if (view.trace.metadata.options?.client_id_given)
        return {
          message: `client_id ${quoted(id)} was given by the user, expected it to be known`,
          fault: 'user',
          fix: 'Compare the client id that was given with the ones registered at this authorization server. If it was good once, its registration has been lost: register again, and keep registrations in a store all instances share.',
        };
      const isFresh = id === stringMember(view.registration?.document, 'client_id');
      return `client_id ${quoted(id)} ${isFresh ? 'was registered in this very run' : 'is from an earlier registration'}, expected it to be known`;
    },
  },
  {
    id: 'redirect-uri-mismatch-after-dcr',
    fault: 'authorization-server',
    requires:
      'A redirect URI that registration accepted is accepted by the authorization endpoint.',
    why: 'The registration looked fine, so nobody suspects it: the two endpoints apply different rules, or the URI was stored in another form.',
    fix: 'Compare redirect_uri with what was registered, as strings, the port of loopback hosts apart; refuse at registration what will not be allowed.',
    example:
      'http://127.0.0.1:49321/callback registered   admits   http://127.0.0.1:50000/callback asked for',
    affected: { clients: ['every client'], confidence: 'confirmed' },
    spec: [oauth21('2.3.1'), rfc7591('3.2.1')],
    explain: ({ request, description, kind }, view) => {
      const uri = request?.parameters?.get('redirect_uri') ?? '';
      const { document, exchange } = view.registration ?? {};
      const accepted =
        stringsMember(document, 'redirect_uris') ??
        stringsMember(objectOf(exchange?.request.body), 'redirect_uris');
      return kind === 'page' && accepted?.includes(uri) && REDIRECT.test(description)
        ? `redirect_uri was ${quoted(uri)}, just as registered, expected it to be accepted`
        : undefined;
    },
  },
];

/**
 * Web servers call every page a resource, one that is not there and one that is forbidden; and whoever
 * may not log in is told that the resource is not for him.
 */
function mayNameResource({ kind, status, error }: AuthorizationRefusal): boolean {
  return kind === 'page' ? status === 400 : error !== 'access_denied';
}

/** How servers say that they do not know a client. */
const UNKNOWN_CLIENT =
  /(unknown|unrecogni[sz]ed|invalid|unregistered|no such)[ "'_-]{1,3}client|client[^.]{0,40}(unknown|not (found|registered|recogni[sz]ed|known)|does not exist)|client([ _-]?id(entifier)?)?\W{1,3}(\S{1,40}\W{1,3})?(is )?invalid/i;

/** How servers say that they do not like a redirect URI. */
export const REDIRECT = /redirect[ _-]?ur[il]/i;

/** The rules about logins that ended without a code. */
export const authorizationRefusalRules: readonly Rule[] = [
  requestFailed,
  ...CAUSES.map(({ explain, outranks = [], ...texts }) =>
    defineRule({
      ...texts,
      step: 'authorization',
      level: 'field',
      severity: 'error',
      revisions: 'A-D',
      outranks: ['authz-request-failed', ...outranks],
      judge: (view) =>
        judgeAuthorizations(view, (refusal) => {
          const explained = explain(refusal, view);
          if (explained === undefined) return undefined;
          const { message, ...better } =
            typeof explained === 'string' ? { message: explained } : explained;
          return { message: `${whatCame(refusal)}: ${message}`, ...better };
        }),
    }),
  ),
];

/** Judges the refused logins: the first one that is explained fails the rule. */
export function judgeAuthorizations(
  view: View,
  explain: (refusal: AuthorizationRefusal) => Explanation | undefined,
): Verdict {
  const { refusals, isEndUnknown } = authorizationOutcomes(view);
  if (view.authorizations.length === 0 && refusals.length === 0)
    return notApplicable('the user was sent to no authorization page');
  for (const refusal of refusals) {
    const explained = explain(refusal);
    if (!explained) continue;
    const { message, ...better } = explained;
    const pointer = refusal.kind === 'callback' ? '/request/url' : '/response/body';
    return fail(message, at(refusal.exchange, pointer), better);
  }
  return isEndUnknown ? inconclusive('how a login ended is not in the trace') : pass;
}
