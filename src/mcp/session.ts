import type { Answer, Http, HttpRequest } from '../http/http.ts';
import type { Revision } from '../spec/revisions.ts';
import { isObject, type JsonObject } from '../trace/body.ts';
import { headerValue, mediaType } from '../trace/headers.ts';
import {
  type Envelope,
  type EnvelopeContext,
  type OutgoingMessage,
  sessionHeaders,
  wrap,
  wrapReply,
} from './envelope.ts';
import { createMessageReader } from './events.ts';

/** Pages of one list that are read before a server counts as endless. */
const MOST_PAGES = 100;

/** How a conversation with an MCP server is held. */
export interface SessionOptions {
  readonly http: Http;
  readonly url: string;
  /** The `Authorization` header; absent for an anonymous conversation. */
  readonly authorization?: string;
  readonly revision: Revision;
  readonly clientInfo: { readonly name: string; readonly version: string };
}

/** A JSON-RPC answer and the HTTP answer it came in. */
export interface RpcAnswer {
  readonly answer: Answer;
  readonly result: JsonObject;
}

/** A tool as the server lists it. */
export interface Tool {
  readonly name: string;
}

/** One conversation over Streamable HTTP. */
export interface Session {
  /** Shakes hands. @returns the revision the server chose. @throws {McpError} */
  open(): Promise<{ readonly answer: Answer; readonly revision: string }>;
  /** One request. @throws {McpError} when the answer is not its result. */
  request(method: string, params?: Readonly<Record<string, unknown>>): Promise<RpcAnswer>;
  /** Every tool, all pages. @throws {McpError} */
  tools(): Promise<readonly Tool[]>;
  /** Ends the session with DELETE; undefined where the server gave none. */
  close(): Promise<Answer | undefined>;
}

/** What an MCP server did instead of answering with a result. */
export type McpErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'http-status'
  | 'not-json-rpc'
  | 'no-result'
  | 'rpc-error'
  | 'version-unknown'
  | 'endless-list';

/** The server did not answer with a result. */
export class McpError extends Error {
  override readonly name = 'McpError';
  readonly code: McpErrorCode;
  readonly answer: Answer;

  constructor(code: McpErrorCode, message: string, answer: Answer) {
    super(message);
    this.code = code;
    this.answer = answer;
  }
}

/** Opens nothing yet: the first message leaves with `open` or `request`. */
export function createSession(options: SessionOptions): Session {
  let nextId = 1;
  let negotiated: string | undefined;
  let sessionId: string | undefined;

  const context = (): EnvelopeContext => ({ ...options, negotiated, sessionId });
  const post = (envelope: Envelope, readAs?: HttpRequest['readAs']): Promise<Answer> =>
    options.http.send({
      method: 'POST',
      url: options.url,
      headers: [...envelope.headers, ...authorizationHeader(options)],
      body: envelope.body,
      ...(readAs && { readAs }),
    });

  const exchange = async (
    message: OutgoingMessage,
  ): Promise<{ answer: Answer; messages: readonly JsonObject[] }> => {
    const replies: Promise<unknown>[] = [];
    const reader = createMessageReader(message.id, (request) => {
      replies.push(post(wrapReply(replyTo(request), context())));
    });
    const answer = await post(wrap(message, context()), reader.readAs);
    await Promise.allSettled(replies);
    return { answer, messages: reader.messages(answer) };
  };

  const request: Session['request'] = async (method, params = {}) => {
    const id = nextId;
    nextId += 1;
    const { answer, messages } = await exchange({ id, method, params });
    return { answer, result: resultOf(method, id, answer, messages) };
  };

  return {
    request,
    open: async () => {
      const { answer, result } = await request('initialize', {
        protocolVersion: options.revision.id,
        capabilities: {},
        clientInfo: options.clientInfo,
      });
      sessionId = headerValue(answer.headers, 'mcp-session-id');
      negotiated = typeof result.protocolVersion === 'string' ? result.protocolVersion : undefined;
      await exchange({ method: 'notifications/initialized' });
      return { answer, revision: negotiated ?? options.revision.id };
    },
    tools: () => listTools(request),
    close: async () => {
      if (!sessionId) return undefined;
      return options.http.send({
        method: 'DELETE',
        url: options.url,
        headers: [...sessionHeaders(context()), ...authorizationHeader(options)],
      });
    },
  };
}

function authorizationHeader({
  authorization,
}: SessionOptions): readonly (readonly [string, string])[] {
  return authorization ? [['authorization', authorization]] : [];
}

async function listTools(request: Session['request']): Promise<readonly Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { answer, result } = await request('tools/list', cursor === undefined ? {} : { cursor });
    const listed = Array.isArray(result.tools) ? result.tools.filter(isObject) : [];
    tools.push(...listed.map(({ name }) => ({ name: String(name) })));
    if (typeof result.nextCursor !== 'string') return tools;
    if (result.nextCursor === cursor || page === MOST_PAGES - 1)
      throw new McpError('endless-list', `tools/list has more than ${page + 1} pages`, answer);
    cursor = result.nextCursor;
  }
  return tools;
}

/** A client that declared no capabilities answers pings and declines the rest. */
function replyTo(request: JsonObject): object {
  return request.method === 'ping'
    ? { id: request.id, result: {} }
    : { id: request.id, error: { code: -32601, message: 'Method not found' } };
}

function resultOf(
  method: string,
  id: number,
  answer: Answer,
  messages: readonly JsonObject[],
): JsonObject {
  const response = messages.find((message) => message.id === id && !('method' in message));
  if (answer.status < 200 || answer.status > 299) throw statusError(method, answer, messages);
  if (!response) throw shapeError(method, answer, messages);
  if (isObject(response.result)) return response.result;
  throw rpcError(method, answer, response);
}

function statusError(method: string, answer: Answer, messages: readonly JsonObject[]): McpError {
  const error = messages.map(({ error }) => error).find(isObject);
  const detail = error ? ` with JSON-RPC error ${describe(error)}` : '';
  const code =
    answer.status === 401 ? 'unauthorized' : answer.status === 403 ? 'forbidden' : 'http-status';
  const challenge = headerValue(answer.headers, 'www-authenticate');
  const header = challenge ? ` and WWW-Authenticate ${JSON.stringify(challenge)}` : '';
  return new McpError(
    code,
    `${method} was answered with ${answer.status}${detail}${header}, expected 200 with a result`,
    answer,
  );
}

function shapeError(method: string, answer: Answer, messages: readonly JsonObject[]): McpError {
  const type = mediaType(headerValue(answer.headers, 'content-type')) || 'no content type';
  if (messages.length > 0)
    return new McpError(
      'no-result',
      `the answer to ${method} holds no response to its id, expected one`,
      answer,
    );
  return new McpError(
    'not-json-rpc',
    `${method} was answered with ${answer.status} ${type}: ${snippet(answer.text)}, expected a JSON-RPC response`,
    answer,
  );
}

function rpcError(method: string, answer: Answer, response: JsonObject): McpError {
  const error = isObject(response.error) ? describe(response.error) : 'without code';
  return new McpError('rpc-error', `${method} was answered with JSON-RPC error ${error}`, answer);
}

function describe(error: JsonObject): string {
  return `${String(error.code)} ${JSON.stringify(String(error.message ?? '').slice(0, 200))}`;
}

function snippet(text: string): string {
  return text === '' ? 'an empty body' : JSON.stringify(text.slice(0, 80));
}
