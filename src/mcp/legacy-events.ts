import { createParser } from 'eventsource-parser';
import { type Answer, LEFT } from '../http/http.ts';
import { quoted } from '../oauth/quoted.ts';
import { isObject, type JsonObject, parseJson } from '../trace/body.ts';
import { type EnvelopeContext, type OutgoingMessage, wrap } from './envelope.ts';
import { McpError } from './error.ts';
import { type Line, type Received, replier, sendAs } from './exchange.ts';

/** The deprecated HTTP+SSE transport: answers come on one stream, messages go to an endpoint it names. */
export interface LegacyTransport {
  readonly send: (message: OutgoingMessage, context: EnvelopeContext) => Promise<Received>;
  /** Leaves the stream; resolves once it is in the log. */
  close(): Promise<void>;
}

/** What the GET brought when it was no such stream. */
export interface NoStream {
  readonly answer: Answer;
}

/**
 * Opens the stream and waits for its first event, `endpoint`.
 * @returns the transport, or what came instead of a stream
 * @throws {McpError} when the endpoint is of another origin: messages carry the token.
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic/transports#backwards-compatibility
 */
export async function openLegacyTransport(line: Line): Promise<LegacyTransport | NoStream> {
  const stream = openStream(line);
  const first = await Promise.race([stream.endpoint, stream.answer]);
  if (typeof first !== 'string') return { answer: first };
  const url = endpointOf(first, line.url);
  if (url === undefined) {
    stream.leave();
    throw new McpError(
      'not-json-rpc',
      `the event stream names the endpoint ${quoted(first)}, expected a URL of its own origin`,
      await stream.answer,
    );
  }
  const there = { ...line, url };
  return {
    send: async (message, context) => {
      const replies = replier(there, context);
      stream.heard.request = replies.answer;
      const received = await deliver(there, message, context, stream);
      await replies.sent();
      return received;
    },
    close: async () => {
      stream.leave();
      // Left on purpose, or broken before: the log says which.
      await stream.answer.catch(() => undefined);
    },
  };
}

interface Stream {
  /** What the first event says. */
  readonly endpoint: Promise<string>;
  /** The answer to the GET, once the stream is over. */
  readonly answer: Promise<Answer>;
  readonly heard: Heard;
  leave(): void;
}

/** Who is told of what the stream brings. */
interface Heard {
  readonly responses: Map<unknown, (message: JsonObject) => void>;
  request: (request: JsonObject) => void;
}

function openStream(line: Line): Stream {
  const heard: Heard = { responses: new Map(), request: () => {} };
  let found: (endpoint: string) => void = () => {};
  const endpoint = new Promise<string>((resolve) => {
    found = resolve;
  });
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'endpoint') return found(data);
      const message = parseJson(data);
      if (!isObject(message)) return;
      if ('method' in message && 'id' in message) heard.request(message);
      else heard.responses.get(message.id)?.(message);
    },
  });
  const leaving = new AbortController();
  const answer = sendAs(line, {
    headers: [['accept', 'text/event-stream']],
    signal: leaving.signal,
    readAs: () => (text) => {
      parser.feed(text);
      return 'more';
    },
  });
  return { endpoint, answer, heard, leave: () => leaving.abort(LEFT) };
}

/** The URL that messages go to; undefined for one of another origin, or none at all. */
function endpointOf(text: string, url: string): string | undefined {
  if (!URL.canParse(text, url)) return undefined;
  const target = new URL(text, url);
  return target.origin === new URL(url).origin ? target.href : undefined;
}

async function deliver(
  line: Line,
  message: OutgoingMessage,
  context: EnvelopeContext,
  { answer: stream, heard: { responses } }: Stream,
): Promise<Received> {
  const { id } = message;
  const response = new Promise<JsonObject>((resolve) => {
    if (id !== undefined) responses.set(id, resolve);
  });
  const answer = await sendAs(line, { method: 'POST', ...wrap(message, context) });
  if (id === undefined || answer.status < 200 || answer.status > 299)
    return { answer, messages: [parseJson(answer.text)].filter(isObject) };
  // The stream may end before the answer came; what it brought says why.
  const came = await Promise.race([response, stream.then(() => undefined)]);
  responses.delete(id);
  return { answer: { ...answer, status: 200 }, messages: came ? [came] : [] };
}
