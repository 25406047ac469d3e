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
  /** Identifiers of the extensions in use. */
  readonly extensions?: readonly string[];
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

/** Opens nothing yet: the first message leaves with `open` or `request`. */
export function createSession(options: SessionOptions): Session {
  const conversation = new Conversation(options);
  const request: Session['request'] = (method, params = {}) => conversation.ask(method, params);
  return {
    request,
    open: () =>
      options.revision.era === 'modern'
        ? discover(request, options.revision)
        : conversation.shakeHands(),
    tools: () => listTools(request),
    call: (name, given, listed) => {
      const extra = parameterHeaders(listed, given);
      return askWithInput(
        (more) => conversation.ask('tools/call', { name, arguments: given, ...more }, { extra }),
        options.answers,
      );
    },
    close: () => conversation.end(),
  };
}

const INITIALIZED = 'notifications/initialized';

/** What a conversation knows from one message to the next. */
class Conversation {
  readonly #options: SessionOptions;
  #nextId = 1;
  #agreed: Pick<EnvelopeContext, 'negotiated' | 'sessionId'> = {};
  #stream: StandingStream | undefined;
  #renewed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async ask(
    method: string,
    params: Readonly<Record<string, unknown>>,
    extra: Partial<EnvelopeContext> = {},
  ): Promise<RpcAnswer> {
    const id = this.#nextId;
    this.#nextId += 1;
    const { answer, messages } = await this.#send({ id, method, params }, extra);
    // A session that the server has lost is begun anew, once.
    if (answer.status === 404 && this.#agreed.sessionId && !this.#renewed) {
      this.#renewed = true;
      await this.shakeHands();
      return this.ask(method, params, extra);
    }
    return { answer, result: resultOf(method, id, answer, messages) };
  }

  async shakeHands(): ReturnType<Session['open']> {
    const { revision, clientInfo, answers, transport } = this.#options;
    this.#agreed = {};
    const { answer, result } = await this.ask('initialize', {
      protocolVersion: revision.id,
      capabilities: capabilitiesFor(answers),
      clientInfo,
    });
    this.#agreed = agreementIn(answer, result);
    const accepted = await this.#send({ method: INITIALIZED });
    requireSuccess(INITIALIZED, accepted.answer, accepted.messages);
    if (answers && !transport) {
      await this.#stream?.close();
      this.#stream = await openStandingStream(this.#options, this.#context());
    }
    return { answer, revision: this.#agreed.negotiated ?? revision.id };
  }

  async end(): ReturnType<Session['close']> {
    await this.#stream?.close();
    if (!this.#agreed.sessionId) return undefined;
    const headers = sessionHeaders(this.#context());
    return await sendAs(this.#options, { method: 'DELETE', headers });
  }

  #send(message: OutgoingMessage, extra: Partial<EnvelopeContext> = {}): Promise<Received> {
    const { transport = (one, context) => post(this.#options, one, context) } = this.#options;
    return transport(message, { ...this.#context(), ...extra });
  }

  #context(): EnvelopeContext {
    return { ...this.#options, ...this.#agreed };
  }
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
    const endless = (seen: string): McpError =>
      new McpError('endless-list', `tools/list ${seen}, expected the list to end`, answer);
    const listed = Array.isArray(result.tools) ? result.tools.filter(isTool) : [];
    tools.push(...listed);
    if (typeof result.nextCursor !== 'string') return tools;
    if (result.nextCursor === cursor) throw endless('names the cursor it was sent as the next one');
    if (page === MOST_PAGES - 1) throw endless(`has more than ${page + 1} pages`);
    cursor = result.nextCursor;
  }
  return tools;
}

/** Anything else in the list has no name to call it by. */
function isTool(item: unknown): item is Tool {
  return isObject(item) && typeof item.name === 'string';
}
