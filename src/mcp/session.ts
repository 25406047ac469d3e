import type { Answer } from '../http/http.ts';
import type { Revision } from '../spec/revisions.ts';
import { isObject, type JsonObject } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import { discover } from './discover.ts';
import { capabilitiesFor } from './elicitation.ts';
import { type EnvelopeContext, type OutgoingMessage, sessionHeaders } from './envelope.ts';
import { McpError, requireSuccess, resultOf } from './error.ts';
import { type Line, post, type Received, sendAs } from './exchange.ts';
import { askWithInput } from './input-required.ts';
import { openStandingStream, type StandingStream } from './standing-stream.ts';
import { parameterHeaders, type Tool } from './tool.ts';

/** Pages of one list that are read before a server counts as endless. */
const MOST_PAGES = 100;

/** How a conversation with an MCP server is held. */
export interface SessionOptions extends Line {
  readonly revision: Revision;
  readonly clientInfo: { readonly name: string; readonly version: string };
  /** How a message travels; Streamable HTTP unless told otherwise. */
  readonly transport?: (message: OutgoingMessage, context: EnvelopeContext) => Promise<Received>;
}

/** A JSON-RPC answer and the HTTP answer it came in. */
export interface RpcAnswer {
  readonly answer: Answer;
  readonly result: JsonObject;
}

/** One conversation. */
export interface Session {
  /** Shakes hands, or discovers where there is no handshake. @returns the revision in use. @throws {McpError} */
  open(): Promise<{ readonly answer: Answer; readonly revision: string }>;
  /** One request. @throws {McpError} when the answer is not its result. */
  request(method: string, params?: Readonly<Record<string, unknown>>): Promise<RpcAnswer>;
  /** Every tool, all pages. @throws {McpError} */
  tools(): Promise<readonly Tool[]>;
  /** Calls a tool; `listed` is what the server said about it. @throws {McpError} */
  call(name: string, given: Readonly<Record<string, unknown>>, listed?: Tool): Promise<RpcAnswer>;
  /** Ends the session with DELETE; undefined where the server gave none. */
  close(): Promise<Answer | undefined>;
}

const INITIALIZED = 'notifications/initialized';

/** Opens nothing yet: the first message leaves with `open` or `request`. */
export function createSession(options: SessionOptions): Session {
  let nextId = 1;
  let agreed: Pick<EnvelopeContext, 'negotiated' | 'sessionId'> = {};
  let stream: StandingStream | undefined;

  const transport = options.transport ?? ((message, context) => post(options, message, context));
  const send = (
    message: OutgoingMessage,
    extra: Partial<EnvelopeContext> = {},
  ): Promise<Received> => transport(message, { ...options, ...agreed, ...extra });

  const ask = async (
    method: string,
    params: Readonly<Record<string, unknown>>,
    extra: Partial<EnvelopeContext> = {},
  ): Promise<RpcAnswer> => {
    const id = nextId;
    nextId += 1;
    const { answer, messages } = await send({ id, method, params }, extra);
    return { answer, result: resultOf(method, id, answer, messages) };
  };
  const request: Session['request'] = (method, params = {}) => ask(method, params);

  return {
    request,
    open: async () => {
      if (options.revision.era === 'modern') return await discover(request, options.revision);
      const { answer, result } = await request('initialize', {
        protocolVersion: options.revision.id,
        capabilities: capabilitiesFor(options.answers),
        clientInfo: options.clientInfo,
      });
      agreed = agreementIn(answer, result);
      const accepted = await send({ method: INITIALIZED });
      requireSuccess(INITIALIZED, accepted.answer, accepted.messages);
      if (options.answers && !options.transport)
        stream = await openStandingStream(options, { ...options, ...agreed });
      return { answer, revision: agreed.negotiated ?? options.revision.id };
    },
    tools: () => listTools(request),
    call: (name, given, listed) => {
      const extra = parameterHeaders(listed, given);
      return askWithInput(
        (more) => ask('tools/call', { name, arguments: given, ...more }, { extra }),
        options.answers,
      );
    },
    close: async () => {
      await stream?.close();
      if (!agreed.sessionId) return undefined;
      const headers = sessionHeaders({ ...options, ...agreed });
      return await sendAs(options, { method: 'DELETE', headers });
    },
  };
}

/** What a handshake settled: the revision and the session, as later requests name them. */
function agreementIn(
  { headers }: Answer,
  { protocolVersion }: JsonObject,
): Pick<EnvelopeContext, 'negotiated' | 'sessionId'> {
  return {
    sessionId: headerValue(headers, 'mcp-session-id'),
    negotiated: typeof protocolVersion === 'string' ? protocolVersion : undefined,
  };
}

async function listTools(request: Session['request']): Promise<readonly Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { answer, result } = await request('tools/list', cursor === undefined ? {} : { cursor });
    const listed = Array.isArray(result.tools) ? result.tools.filter(isTool) : [];
    tools.push(...listed);
    if (typeof result.nextCursor !== 'string') return tools;
    if (result.nextCursor === cursor || page === MOST_PAGES - 1)
      throw new McpError('endless-list', `tools/list has more than ${page + 1} pages`, answer);
    cursor = result.nextCursor;
  }
  return tools;
}

/** Anything else in the list has no name to call it by. */
function isTool(item: unknown): item is Tool {
  return isObject(item) && typeof item.name === 'string';
}
