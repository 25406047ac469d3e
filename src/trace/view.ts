/**
 * Questions to a trace. Rules, diff and reports ask here instead of walking the log themselves, and
 * get the same answers for a live run, its redacted file and an imported trace.
 */
import { formOf, type JsonObject, messagesOf, objectOf, queryOf } from './body.ts';
import { headerValue } from './headers.ts';
import type { Exchange, Secret, StepRecord, Trace } from './schema.ts';
import { describeSecret, isLabel } from './secret.ts';

/** What an exchange is for. */
export type Role =
  | 'mcp'
  | 'resource-metadata'
  | 'server-metadata'
  | 'registration'
  | 'client-configuration'
  | 'client-metadata'
  | 'pushed-authorization'
  | 'device-authorization'
  | 'authorization'
  | 'page'
  | 'callback'
  | 'token'
  | 'revocation'
  | 'other';

/** A JSON document and the exchange that delivered it. */
export interface Document {
  readonly exchange: Exchange;
  readonly document: JsonObject;
}

/** A trace with its questions answered once. */
export interface View {
  readonly trace: Trace;
  readonly exchanges: readonly Exchange[];
  /** The exchange with this id. */
  exchange(id: number | null | undefined): Exchange | undefined;
  role(exchange: Exchange): Role;
  /** All of a role, in order; extra requests (channel `probe`) and other servers' are not among them. */
  byRole(role: Role): readonly Exchange[];
  /** The records of a step's passes; empty for a step that never came. */
  steps(id: string): readonly StepRecord[];
  /** MCP requests without an `Authorization` header. */
  readonly anonymousCalls: readonly Exchange[];
  /** MCP requests with one. */
  readonly authorizedCalls: readonly Exchange[];
  /** The protected resource metadata in use: the last document that came with status 200. */
  readonly resourceMetadata: Document | undefined;
  /** The authorization server metadata in use: the last document that came with status 200. */
  readonly serverMetadata: Document | undefined;
  /** The last successful registration. */
  readonly registration: Document | undefined;
  /** The authorization requests that the client sent the user to. */
  readonly authorizations: readonly Exchange[];
  /** Callbacks that arrived at the loopback listener. */
  readonly callbacks: readonly Exchange[];
  /** Token requests of one grant type, or of all. */
  tokenRequests(grantType?: string): readonly Exchange[];
  /** Token responses with status 200 and a JSON object, of one grant type or of all. */
  tokenDocuments(grantType?: string): readonly Document[];
  /** What is known of a secret value, labelled or spelled out. */
  secret(value: string): Secret;
  /** The MCP revision spoken, else the one asked for; null when neither is known. */
  readonly revision: string | null;
}

const opened = new WeakMap<Trace, View>();

/** Opens a trace for questions. Linear in the number of exchanges, the first time. */
export function viewTrace(trace: Trace): View {
  const view = opened.get(trace) ?? openView(trace);
  opened.set(trace, view);
  return view;
}

function openView(trace: Trace): View {
  const exchanges = trace.trace_log;
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const roles = new Map(
    exchanges.map((exchange) => [
      exchange,
      roleOf(trace, exchange, byId.get(exchange.caused_by ?? 0)),
    ]),
  );
  const groups = groupBy(
    exchanges.filter(({ channel, seen_by }) => channel !== 'probe' && seen_by === undefined),
    (exchange) => roles.get(exchange) ?? 'other',
  );
  const byRole = (role: Role): readonly Exchange[] => groups.get(role) ?? [];
  const secrets = new Map(trace.secrets.map((secret) => [secret.label, secret]));
  const tokenRequests = oncePerGrant((grantType) =>
    byRole('token').filter(
      (exchange) => !grantType || formOf(exchange).get('grant_type') === grantType,
    ),
  );
  const { asked, used } = trace.metadata.revision;
  return {
    trace,
    exchanges,
    exchange: (id) => (id ? byId.get(id) : undefined),
    role: (exchange) => roles.get(exchange) ?? 'other',
    byRole,
    steps: (id) => trace.sequence_summary.steps.filter((step) => step.id === id),
    anonymousCalls: byRole('mcp').filter((exchange) => !isAuthorized(exchange)),
    authorizedCalls: byRole('mcp').filter(isAuthorized),
    resourceMetadata: byRole('resource-metadata').flatMap(okDocument).at(-1),
    serverMetadata: byRole('server-metadata').flatMap(okDocument).at(-1),
    registration: byRole('registration').flatMap(okDocument).at(-1),
    authorizations: byRole('authorization'),
    callbacks: byRole('callback'),
    tokenRequests,
    tokenDocuments: oncePerGrant((grantType) => tokenRequests(grantType).flatMap(okDocument)),
    secret: (value) =>
      secrets.get(value) ??
      (isLabel(value) ? { label: value, length: 0 } : describeSecret(value, value)),
    revision: used ?? (asked === 'auto' ? null : asked),
  };
}

function oncePerGrant<T>(read: (grantType?: string) => readonly T[]) {
  const known = new Map<string | undefined, readonly T[]>();
  return (grantType?: string): readonly T[] => {
    const found = known.get(grantType) ?? read(grantType);
    known.set(grantType, found);
    return found;
  };
}

function isAuthorized(exchange: Exchange): boolean {
  return headerValue(exchange.request.headers, 'authorization') !== undefined;
}

function okDocument(exchange: Exchange): readonly Document[] {
  const { response } = exchange;
  const document = objectOf(response?.body);
  return response && response.status >= 200 && response.status < 300 && document
    ? [{ exchange, document }]
    : [];
}

function roleOf(trace: Trace, exchange: Exchange, cause: Exchange | undefined): Role {
  const { channel, step, request } = exchange;
  if (channel === 'loopback') return 'callback';
  if (channel === 'front') {
    // Login pages that pass the parameters on, and an identity provider behind the server, look the same.
    if (cause?.channel === 'front') return 'page';
    const query = queryOf(exchange);
    return query.has('response_type') || (query.has('request_uri') && query.has('client_id'))
      ? 'authorization'
      : 'page';
  }
  const form = formOf(exchange);
  if (form.has('grant_type')) return 'token';
  if (form.has('response_type')) return 'pushed-authorization';
  if (form.has('token')) return 'revocation';
  const json = objectOf(request.body);
  if (json?.jsonrpc === '2.0' || messagesOf(request.body).length > 0) return 'mcp';
  if (json && Array.isArray(json.redirect_uris) && request.method === 'POST') return 'registration';
  if (request.url.includes('/.well-known/oauth-protected-resource')) return 'resource-metadata';
  if (/\/\.well-known\/(oauth-authorization-server|openid-configuration)/.test(request.url))
    return 'server-metadata';
  if (request.url === trace.metadata.server_url) return 'mcp';
  // A client that is its own document registers nowhere: what it reads here is that document.
  if (step === 'registration' && request.method === 'GET') return 'client-metadata';
  return (Object.hasOwn(STEP_ROLES, step) ? STEP_ROLES[step] : undefined) ?? 'other';
}

/** What an exchange without telling marks is, by the step that made it. */
const STEP_ROLES: Readonly<Record<string, Role>> = {
  challenge: 'mcp',
  'resource-metadata': 'resource-metadata',
  'server-metadata': 'server-metadata',
  registration: 'registration',
  token: 'token',
  call: 'mcp',
  refresh: 'token',
  cleanup: 'client-configuration',
};

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** A string member of a JSON object; undefined when absent or of another type. */
export function stringMember(document: JsonObject | undefined, name: string): string | undefined {
  const value = document?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** The strings of an array member; undefined when it is absent or not an array of strings. */
export function stringsMember(
  document: JsonObject | undefined,
  name: string,
): readonly string[] | undefined {
  const value = document?.[name];
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? (value as readonly string[])
    : undefined;
}
