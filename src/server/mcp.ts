import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { findRevision } from '../spec/revisions.ts';
import { headerValue } from '../trace/headers.ts';
import type { Access } from './access-token.ts';
import { type Answer, type Inbound, refusal } from './answer.ts';
import { createEventStore } from './event-store.ts';
import { createToolServer } from './tools.ts';

/** The MCP endpoint behind the token check: sessions for the older revisions, none for the newest. */
export interface McpEndpoint {
  readonly answer: (inbound: Inbound, access: Access, token: string) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/**
 * How a JSON-RPC answer comes: as one document, as a stream of events that is whole before it leaves, or
 * as one that leaves event by event and can be read on, for tools that ask something or take their time.
 */
export type AnswerForm = 'json' | 'sse' | 'events';

type Transport = WebStandardStreamableHTTPServerTransport;

interface McpSession {
  readonly owner: string;
  readonly transport: Transport;
}

interface SessionStart {
  readonly sessions: Map<string, McpSession>;
  readonly newId: () => string;
  readonly form: AnswerForm;
  readonly owner: string;
}

const SESSION_LIMIT = 1000;
const KEEP_ALIVE_OFF = 0;
/** When a client whose stream ended early is to come back. */
const RETRY_MS = 500;

/**
 * @param form what legacy requests are answered with; the newest revision decides per request
 * @param createServer makes the server of one session or one request
 * @param nameSession makes the id of a session from a random one and the number of sessions so far
 */
export async function createMcpEndpoint(
  form: AnswerForm,
  createServer: () => McpServer = createToolServer,
  nameSession: (id: string, count: number) => string = (id) => id,
): Promise<McpEndpoint> {
  const sessions = new Map<string, McpSession>();
  let count = 0;
  const newId = (): string => {
    count += 1;
    return nameSession(randomUUID(), count);
  };
  // A closed transport answers every request as the transport of a session that has ended.
  const ended = new WebStandardStreamableHTTPServerTransport();
  await ended.close();
  const modern = createMcpHandler(() => createServer(), {
    legacy: 'reject',
    responseMode: form === 'sse' ? 'sse' : 'auto',
    keepAliveMs: KEEP_ALIVE_OFF,
  });
  const transportFor = async (inbound: Inbound, owner: string) => {
    const id = headerValue(inbound.headers, 'mcp-session-id');
    if (id === undefined) return startSession({ sessions, newId, form, owner }, createServer());
    const session = sessions.get(id);
    return session?.owner === owner ? session.transport : ended;
  };
  return {
    answer: async (inbound, access, token) => {
      const authInfo = authInfoOf(access, token);
      const request = toRequest(inbound);
      if (!(await isLegacyRequest(request.clone())))
        return toAnswer(await modern.fetch(request, { authInfo }), inbound, form);
      if (inbound.method !== 'POST' && !isOfSession(inbound)) return POST_ONLY;
      const owner = JSON.stringify([access.subject, access.clientId]);
      const transport = await transportFor(inbound, owner);
      return toAnswer(await transport.handleRequest(request, { authInfo }), inbound, form);
    },
    close: async () => {
      await modern.close();
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
    },
  };
}

/** A transport of its own for every `initialize`; one that never initializes is dropped again. */
async function startSession(
  { sessions, newId, form, owner }: SessionStart,
  server: McpServer,
): Promise<Transport> {
  const transport: Transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: newId,
    enableJsonResponse: form === 'json',
    keepAliveMs: KEEP_ALIVE_OFF,
    ...(form === 'events' && { eventStore: createEventStore(), retryInterval: RETRY_MS }),
    onsessioninitialized: (id) => {
      sessions.set(id, { owner, transport });
      const [oldest] = sessions.keys();
      if (sessions.size > SESSION_LIMIT && oldest !== undefined) sessions.delete(oldest);
    },
    onsessionclosed: (id) => {
      sessions.delete(id);
    },
  });
  await server.connect(transport);
  return transport;
}

/** A stream or a session to end needs a session; without one there is nothing but POST. */
const POST_ONLY = refusal(405, 'only POST is allowed here', [['allow', 'POST']]);

/** The newest revision knows no sessions, whatever id is sent along. */
function isOfSession({ headers }: Inbound): boolean {
  return (
    headerValue(headers, 'mcp-session-id') !== undefined &&
    findRevision(headerValue(headers, 'mcp-protocol-version') ?? '')?.era !== 'modern'
  );
}

function authInfoOf(access: Access, token: string): AuthInfo {
  return {
    token,
    clientId: access.clientId,
    scopes: [...access.scopes],
    expiresAt: access.expiresAt,
    extra: { subject: access.subject },
  };
}

function toRequest(inbound: Inbound): Request {
  const hasBody = inbound.method !== 'GET' && inbound.body !== '';
  return new Request(inbound.url, {
    method: inbound.method,
    headers: inbound.headers
      .filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase()))
      .map(([name, value]) => [name, value] as [string, string]),
    ...(hasBody && { body: inbound.body }),
  });
}

/** What `Request` refuses, or what belongs to the connection. */
const HOP_BY_HOP = ['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'];

/** An answer that ends is read to its end; a stream that stays open is passed on. */
async function toAnswer(response: Response, inbound: Inbound, form: AnswerForm): Promise<Answer> {
  const headers = [...response.headers].filter(([name]) => name !== 'connection');
  const { status, body } = response;
  if (!body) return { kind: 'mcp', status, headers };
  const isEndless =
    headerValue(headers, 'content-type') === 'text/event-stream' &&
    (form === 'events' ||
      inbound.method === 'GET' ||
      inbound.body.includes('"subscriptions/listen"'));
  return isEndless
    ? { kind: 'stream', status, headers, stream: body }
    : { kind: 'mcp', status, headers, body: await response.text() };
}
