import { type Challenge, findBearer, parseChallenges } from '../oauth/challenge.ts';
import { findRevision } from '../spec/revisions.ts';
import { isObject, type JsonObject, messagesOf } from '../trace/body.ts';
import { headerValue, headerValues, mediaType } from '../trace/headers.ts';
import type { Body, Exchange } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, isWholeAnswer, verdictOn, withoutQuery } from './evidence.ts';
import { oncePerView } from './once.ts';
import { inconclusive, notApplicable, type Verdict } from './rule.ts';

/** One request to the MCP endpoint, read as JSON-RPC over HTTP. */
export interface McpCall {
  readonly exchange: Exchange;
  /** What was sent: one message, a batch of 2025-03-26, nothing for GET and DELETE. */
  readonly messages: readonly JsonObject[];
  /** The method of the first message; undefined for a response, GET and DELETE. */
  readonly method: string | undefined;
  /** The id of the first message; undefined for a notification. */
  readonly id: unknown;
  readonly params: JsonObject;
  /** True where the metadata that 2026-07-28 puts on every request names such a revision. */
  readonly modern: boolean;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** Media type of the answer; empty for none. */
  readonly type: string;
  /** Every JSON-RPC message of the answer. */
  readonly replies: readonly JsonObject[];
  /** The result that belongs to the first message. */
  readonly result: JsonObject | undefined;
  /** The JSON-RPC error of the answer. */
  readonly error: JsonObject | undefined;
  /** Every challenge of the answer, of whatever scheme. */
  readonly challenges: readonly Challenge[];
  /** The Bearer (or DPoP) one among them. */
  readonly challenge: Challenge | undefined;
  /** True when `Accept` lists both types an MCP client has to take. */
  readonly acceptsBoth: boolean;
  /** The credentials in `Authorization`, without their scheme. */
  readonly token: string | undefined;
}

/** The key of `_meta` that names the revision of a request. */
export const META_VERSION = 'io.modelcontextprotocol/protocolVersion';

/** The requests of the flow to the MCP endpoint, in order. */
export const mcpCalls = oncePerView((view): readonly McpCall[] => view.byRole('mcp').map(readCall));

/** True for a request that awaits a JSON-RPC response; a batch is left out. */
export function isRequest({ method, id, messages }: McpCall): boolean {
  return method !== undefined && id !== undefined && messages.length === 1;
}

/** True for an answer of the 200 class. */
export function isAnswered({ status = 0 }: McpCall): boolean {
  return status >= 200 && status < 300;
}

/** The credentials an exchange carries in `Authorization`, without their scheme. */
export function tokenOf({ request }: Exchange): string | undefined {
  return /^\S+ +(.+)$/.exec(headerValue(request.headers, 'authorization') ?? '')?.[1];
}

/** A response header of a call, or undefined. */
export function answerHeader({ exchange }: McpCall, name: string): string | undefined {
  return headerValue(exchange.response?.headers ?? [], name);
}

/** A request header of a call, or undefined. */
export function requestHeader({ exchange }: McpCall, name: string): string | undefined {
  return headerValue(exchange.request.headers, name);
}

/** What a call is called in a message: its JSON-RPC method, else its HTTP one. */
export function nameOf({ method, exchange }: McpCall): string {
  return method ?? exchange.request.method;
}

/**
 * Judges each answered call of a kind by itself. Where an answer is missing or was cut the others can still
 * be at fault, but nobody can tell that all is well. A kind told by its answer holds those without one too.
 * @param kind what the calls are, for people: "tools/list"
 */
export function judgeCalls(
  view: View,
  kind: string,
  isMeant: (call: McpCall) => boolean,
  judge: (call: McpCall) => readonly Deviation[],
): Verdict {
  const calls = mcpCalls(view).filter(isMeant);
  if (calls.length === 0) return notApplicable(`there is no ${kind} in this trace`);
  const deviations = calls.filter(({ status }) => status !== undefined).flatMap(judge);
  return deviations.length > 0 || calls.every(isWhole)
    ? verdictOn(deviations)
    : inconclusive(`the answer to a ${kind} is missing or was cut`);
}

/** True when the answer came, and all of its body was kept. */
export function isWhole({ exchange }: McpCall): boolean {
  return isWholeAnswer(exchange);
}

/** True for a POST whose message is not in the trace: nobody knows what it asked for. */
export function isUnread({ exchange, messages }: McpCall): boolean {
  return exchange.request.method === 'POST' && messages.length === 0;
}

/** True for an answer that a web server gives where nobody takes a POST, and that is no MCP server's. */
export function isNoEndpoint({ response }: Exchange): boolean {
  return isUnserved(response) && !speaksJsonRpc(response?.body);
}

/** True for a GET that opened the stream of HTTP+SSE, the transport of 2024-11-05. */
export function opensOldTransport({ type, exchange }: McpCall): boolean {
  return type === 'text/event-stream' && endpointOf(exchange) !== undefined;
}

/** What the first event of such a stream names. */
function endpointOf({ request, response }: Exchange): string | undefined {
  const first = (response?.body?.text ?? '').trimStart().split(/\r?\n\r?\n/, 1)[0] ?? '';
  if (request.method !== 'GET' || !/^event: ?endpoint\r?$/m.test(first)) return undefined;
  const named = /^data: ?(\S*)/m.exec(first)?.[1] ?? '';
  return URL.canParse(named, request.url) ? withoutQuery(new URL(named, request.url).href) : '';
}

/** True for a message to an endpoint that such a stream named: what it is answered comes on the stream. */
export function isAnsweredOnStream(view: View, { exchange }: McpCall): boolean {
  return oldEndpoints(view).has(withoutQuery(exchange.request.url));
}

const oldEndpoints = oncePerView(
  (view): ReadonlySet<string> =>
    new Set(
      mcpCalls(view)
        .filter(opensOldTransport)
        .flatMap(({ exchange }) => endpointOf(exchange) ?? []),
    ),
);

/** True for a body with a JSON-RPC message in it. */
export function speaksJsonRpc(body: Body | null | undefined): boolean {
  return messagesOf(body).some(({ jsonrpc }) => jsonrpc !== undefined);
}

function readCall(exchange: Exchange): McpCall {
  const { request, response } = exchange;
  const messages = messagesOf(request.body);
  const first: JsonObject = messages[0] ?? {};
  const params = isObject(first.params) ? first.params : {};
  const headers = response?.headers ?? [];
  const replies = messagesOf(response?.body);
  const answers = replies.filter(({ id }) => id === first.id || messages.length > 1);
  const challenges = parseChallenges(headerValues(headers, 'www-authenticate'));
  return {
    exchange,
    messages,
    method: typeof first.method === 'string' ? first.method : undefined,
    id: first.id,
    params,
    modern: isModern(exchange, params),
    status: response?.status,
    type: mediaType(headerValue(headers, 'content-type')),
    replies,
    result: answers.map(({ result }) => result).find(isObject),
    error: replies.map(({ error }) => error).find(isObject),
    challenges,
    challenge: findBearer(challenges),
    acceptsBoth: acceptsBoth(exchange),
    token: tokenOf(exchange),
  };
}

function acceptsBoth({ request }: Exchange): boolean {
  const accepted = headerValues(request.headers, 'accept')
    .flatMap((value) => value.split(','))
    .map(mediaType);
  return accepted.includes('application/json') && accepted.includes('text/event-stream');
}

function isModern({ request }: Exchange, { _meta }: JsonObject): boolean {
  const named = isObject(_meta) ? _meta[META_VERSION] : undefined;
  return [headerValue(request.headers, 'mcp-protocol-version'), named].some(
    (version) => typeof version === 'string' && findRevision(version)?.era === 'modern',
  );
}
