import { formOf, isObject, messagesOf, queryOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { type Document, stringMember, stringsMember, type View } from '../trace/view.ts';
import { counted } from './layout.ts';

/** Something the run found out, for people. */
export interface LearnedFact {
  readonly name: string;
  readonly value: string;
}

/** What a trace tells about the servers, the client and the tokens; facts it never came to are left out. */
export function learn(view: View): readonly LearnedFact[] {
  const grant = lastGrant(view);
  const facts: Readonly<Record<string, string | undefined>> = {
    'MCP server': describeServer(view),
    'Authorization server': describeIssuer(view),
    Client: describeClient(view),
    'Scope asked': describeScopeAsked(view),
    'Scope granted': grant && describeScopeGranted(grant),
    'Access token': grant && describeToken(view, grant),
    'Refresh token': grant && describeRefresh(view, grant),
  };
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
}

/** The token that the user was last asked for; a run that only refreshes has the one it got by that. */
function lastGrant(view: View): Document | undefined {
  const documents = view.tokenDocuments();
  return (
    documents.findLast(({ exchange }) => formOf(exchange).get('grant_type') !== 'refresh_token') ??
    documents[0]
  );
}

function describeServer(view: View): string | undefined {
  const results = view
    .byRole('mcp')
    .flatMap(({ response }) => messagesOf(response?.body))
    .map(({ result }) => result)
    .filter(isObject);
  const info = results
    .map(({ serverInfo, _meta }) =>
      isObject(_meta) ? (_meta['io.modelcontextprotocol/serverInfo'] ?? serverInfo) : serverInfo,
    )
    .find(isObject);
  const tools = results.map((result) => result.tools).findLast(Array.isArray);
  const name = [stringMember(info, 'name'), stringMember(info, 'version')].filter(Boolean);
  const parts = [
    name.join(' '),
    view.trace.metadata.revision.used ? `MCP ${view.trace.metadata.revision.used}` : '',
    Array.isArray(tools) ? counted(tools.length, 'tool') : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : undefined;
}

function describeIssuer(view: View): string | undefined {
  const [named] = stringsMember(view.resourceMetadata?.document, 'authorization_servers') ?? [];
  return stringMember(view.serverMetadata?.document, 'issuer') ?? named;
}

function describeClient(view: View): string | undefined {
  const { client_id } = view.trace.sequence_summary;
  if (client_id === null) return undefined;
  const method = stringMember(view.registration?.document, 'token_endpoint_auth_method');
  const kind = method === undefined ? '' : method === 'none' ? ', public' : `, ${method}`;
  return `${client_id}, ${originOfClient(view, client_id)}${kind}`;
}

function originOfClient(view: View, id: string): string {
  if (view.trace.metadata.options?.client_id_given) return 'registered beforehand';
  if (view.registration)
    return isDeleted(view) ? 'registered by this run' : 'registered by this run and left there';
  return id.startsWith('https://') ? 'its own metadata document' : 'registered elsewhere';
}

function isDeleted(view: View): boolean {
  return view
    .byRole('client-configuration')
    .some(({ request, response }) => request.method === 'DELETE' && response?.status === 204);
}

function describeScopeAsked(view: View): string | undefined {
  const asked = view.authorizations.at(-1);
  if (!asked) return undefined;
  const pushed = view.byRole('pushed-authorization').at(-1);
  const scope = queryOf(asked).get('scope') ?? (pushed && formOf(pushed).get('scope'));
  return scope || 'none: the server decides';
}

function describeScopeGranted({ document }: Document): string {
  const scope = stringMember(document, 'scope');
  if (scope === undefined) return 'as asked: none is named';
  return scope || 'none: it is empty';
}

function describeToken(view: View, { document }: Document): string {
  const value = stringMember(document, 'access_token');
  if (value === undefined) return 'none came';
  const { length, jwt } = view.secret(value);
  const type = jwt?.header.typ;
  const format = jwt ? `JWT${typeof type === 'string' ? ` (${type})` : ''}` : 'opaque';
  return [
    stringMember(document, 'token_type') ?? 'no token_type',
    format,
    ...(length > 0 ? [counted(length, 'character')] : []),
    lifetimeOf(document.expires_in),
  ].join(', ');
}

function lifetimeOf(value: unknown): string {
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return 'lifetime not said';
  return `valid for ${spanOf(seconds)}`;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Seconds in the largest unit that leaves more than one of it. */
function spanOf(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ['second', 1];
  return counted(Math.round((seconds / size) * 10) / 10, unit);
}

function describeRefresh(view: View, { exchange, document }: Document): string {
  const sent = stringMember(document, 'refresh_token');
  if (sent === undefined) return 'none came';
  const later = view.tokenRequests('refresh_token').find(({ id }) => id > exchange.id);
  if (!later) return 'came, not used';
  return `came, ${outcomeOfRefresh(view, later, sent)}`;
}

function outcomeOfRefresh(view: View, attempt: Exchange, sent: string): string {
  const answer = view.tokenDocuments('refresh_token').find(({ exchange }) => exchange === attempt);
  if (!answer) return 'refused when used';
  const next = stringMember(answer.document, 'refresh_token');
  if (next === undefined) return 'used, kept by the server';
  return next === sent ? 'used, not rotated' : 'used, rotated';
}
