import { headerValue } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';
import type { Access, AccessTokens } from './access-token.ts';
import { type Answer, type AnswerKind, type Inbound, json, refusal } from './answer.ts';
import { readBearer } from './bearer.ts';
import type { McpEndpoint } from './mcp.ts';
import type { Realm } from './realm.ts';
import type { Route } from './router.ts';
import { BASE_SCOPE, covers, scopeMeanings } from './scopes.ts';
import { TOOL_SCOPES } from './tools.ts';

/**
 * The protected MCP endpoint: every request, whatever its method, needs a good token.
 * @param toolScopes what tools need beyond the first scope of the realm
 */
export function resourceRoutes(
  realm: Realm,
  accessTokens: TokenCheck,
  mcp: McpEndpoint,
  toolScopes: ToolScopes = TOOL_SCOPES,
): readonly Route[] {
  const answer = async (inbound: Inbound): Promise<Answer> => {
    const foreign = foreignHeader(realm, inbound);
    if (foreign) return refusal(403, `requests with this ${foreign} are not served`);
    if (inbound.method === 'OPTIONS') return preflight(inbound);
    return forScripts(inbound, await guarded(realm, accessTokens, mcp, toolScopes, inbound));
  };
  return [{ path: new URL(realm.resource).pathname, methods: { '*': answer } }];
}

/** The part of the access tokens that a resource server needs. */
export type TokenCheck = Pick<AccessTokens, 'verify'>;

type ToolScopes = Readonly<Record<string, readonly string[]>>;

async function guarded(
  realm: Realm,
  accessTokens: TokenCheck,
  mcp: McpEndpoint,
  toolScopes: ToolScopes,
  inbound: Inbound,
): Promise<Answer> {
  const token = readBearer(inbound) ?? queryToken(realm, inbound);
  const base = baseScope(realm);
  const letIn = async (access: Access, shown: string): Promise<Answer> => ({
    ...(await mcp.answer(inbound, access, shown)),
    asks: { resource_metadata: realm.resourceMetadata, scope: base },
  });
  if (token === undefined && !realm.checks('token') && !/"tools\/call"/.test(inbound.body))
    return letIn(ANYBODY, '');
  if (token === undefined)
    return refuse(realm, 'challenge', 401, { scope: base }, 'a token is needed');
  const access = await accessTokens.verify(token);
  if ('problem' in access)
    return refuse(
      realm,
      'rejection',
      401,
      { scope: base, error: 'invalid_token', error_description: access.problem },
      access.problem,
    );
  const missing = missingScopes(inbound, access, base, toolScopes);
  if (!missing || !realm.checks('scope')) return letIn(access, token);
  const text = 'the token does not cover this request';
  const parameters = {
    scope: missing.join(' '),
    error: 'insufficient_scope',
    error_description: text,
  };
  return refuse(realm, 'step-up', 403, parameters, text);
}

/** A token in a URL counts for nothing, unless a fault lets it. @see OAuth 2.1 draft 13 section 5.1 */
function queryToken(realm: Realm, { url }: Inbound): string | undefined {
  return realm.checks('query-token')
    ? undefined
    : (url.searchParams.get('access_token') ?? undefined);
}

/** Who asks when nobody has to say. */
const ANYBODY: Access = {
  subject: 'anybody',
  clientId: 'anybody',
  scopes: [BASE_SCOPE],
  audience: '',
  issuedAt: 0,
  expiresAt: 0,
  tokenId: '',
};

/** Everything the request needs, when the token does not cover it. */
function missingScopes(
  inbound: Inbound,
  { scopes }: Access,
  base: string,
  toolScopes: ToolScopes,
): readonly string[] | undefined {
  const needed = calledTools(inbound.body, toolScopes).flatMap((tool) => toolScopes[tool] ?? []);
  const all = [...new Set([base, ...needed])];
  return covers(scopes, all) ? undefined : all;
}

/** Names of the tools a body calls; a body that is not JSON-RPC is the endpoint's to refuse. */
function calledTools(body: string, toolScopes: ToolScopes): readonly string[] {
  const names: string[] = [];
  try {
    JSON.parse(body, (_, value: unknown) => {
      if (isToolCall(value)) names.push(value.params.name);
      return value;
    });
  } catch {
    return [];
  }
  return names.filter((name) => Object.hasOwn(toolScopes, name));
}

function isToolCall(value: unknown): value is { readonly params: { readonly name: string } } {
  const { method, params } = Object(value) as { method?: unknown; params?: { name?: unknown } };
  return method === 'tools/call' && typeof params?.name === 'string';
}

/** The first scope of a realm: what every request needs. */
export function baseScope(realm: Realm): string {
  return Object.keys(scopeMeanings(realm))[0] ?? BASE_SCOPE;
}

/** A refusal with its challenge. @see RFC 6750 section 3, RFC 9728 section 5.1 */
export function refuse(
  realm: Realm,
  kind: AnswerKind,
  status: number,
  parameters: Readonly<Record<string, string>>,
  text: string,
): Answer {
  const all = { resource_metadata: realm.resourceMetadata, ...parameters };
  const quoted = Object.entries(all).map(
    ([name, value]) => `${name}="${value.replace(/["\\]/g, '')}"`,
  );
  const { error } = parameters;
  const document = { ...(error !== undefined && { error }), error_description: text };
  return json(kind, status, document, [['www-authenticate', `Bearer ${quoted.join(', ')}`]]);
}

/** A page of another site, or a name that was bent to this machine, gets nothing. */
function foreignHeader(realm: Realm, inbound: Inbound): 'Host' | 'Origin' | undefined {
  const own = inbound.url.hostname;
  const host = headerValue(inbound.headers, 'host') ?? '';
  const origin = headerValue(inbound.headers, 'origin');
  if (realm.checks('host') && !isLocalName(hostnameOf(`http://${host}`), own)) return 'Host';
  if (origin === undefined || !realm.checks('origin')) return undefined;
  return isLocalName(hostnameOf(origin), own) ? undefined : 'Origin';
}

function isLocalName(name: string | undefined, own: string): boolean {
  return name !== undefined && (name === own || LOOPBACK_NAMES.includes(name));
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function preflight(inbound: Inbound): Answer {
  return forScripts(inbound, {
    kind: 'refusal',
    status: 204,
    headers: [
      ['access-control-allow-methods', 'GET, POST, DELETE'],
      ['access-control-allow-headers', ALLOWED_HEADERS],
    ],
  });
}

const ALLOWED_HEADERS =
  'authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id';

/** Lets a script of an allowed origin see the answer, the challenge and the session included. */
function forScripts(inbound: Inbound, answer: Answer): Answer {
  const origin = headerValue(inbound.headers, 'origin');
  if (origin === undefined) return answer;
  const headers: readonly Header[] = [
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', 'www-authenticate, mcp-session-id, mcp-protocol-version'],
    ['vary', 'origin'],
  ];
  return { ...answer, headers: [...answer.headers, ...headers] };
}
