/** A scripted MCP server and our own way to it. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { anonymous } from '../../src/mcp/credentials.ts';
import { McpError } from '../../src/mcp/error.ts';
import { createSession, type Session, type SessionOptions } from '../../src/mcp/session.ts';
import { NEWEST_LEGACY } from '../../src/spec/revisions.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { type ClientOptions, client, serve } from '../http/support.ts';

/** A JSON-RPC message as a server sees it. */
export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A request as a server sees it. */
export interface Asked {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly message: Message;
}

export interface Conversation {
  readonly session: Session;
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly log: () => readonly Exchange[];
}

type Script = (asked: Asked, response: ServerResponse) => void;

/** A session with a server that follows a script. */
export async function converse(
  script: Script,
  options: Partial<SessionOptions> = {},
  clientOptions: ClientOptions = {},
): Promise<Conversation> {
  const asked: Asked[] = [];
  const origin = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const message = (body === '' ? {} : JSON.parse(body)) as Message;
    const { method: httpMethod = '', url: path = '', headers } = request;
    const one = { httpMethod, path, headers, message };
    asked.push(one);
    script(one, response);
  });
  const { http, log } = client(clientOptions);
  const url = `${origin}/mcp`;
  const session = createSession({
    http,
    url,
    credentials: anonymous,
    revision: NEWEST_LEGACY,
    clientInfo: { name: 'test', version: '1' },
    ...options,
  });
  return { session, url, asked, log };
}

/** Answers with JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Answers a request with a result. */
export function result({ message }: Asked, response: ServerResponse, value: unknown = {}): void {
  json(response, { jsonrpc: '2.0', id: message.id, result: value });
}

/** Begins an event stream. */
export function beginEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}

/** One event that holds a message. */
export function event(message: object, lineEnd = '\n'): string {
  return `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}${lineEnd}${lineEnd}`;
}

/** A server that does what it is asked: a handshake, three tools on two pages. */
export const healthy: Script = (asked, response) => {
  const { method, id, params } = asked.message;
  if (asked.httpMethod === 'DELETE') return void response.writeHead(200).end();
  if (id === undefined) return void response.writeHead(202).end();
  if (method === 'initialize')
    return result(asked, response, { protocolVersion: params?.protocolVersion, capabilities: {} });
  if (method === 'tools/list')
    return params?.cursor === undefined
      ? result(asked, response, { tools: [{ name: 'a' }, { name: 'b' }], nextCursor: 'more' })
      : result(asked, response, { tools: [{ name: 'c' }] });
  result(asked, response, { done: method });
};

/** The error that a conversation ended with. */
export async function errorOf(conversation: Promise<unknown>): Promise<McpError> {
  const error = await conversation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof McpError) return error;
  throw new Error(`expected an McpError, got ${String(error)}`);
}
