import { createParser } from 'eventsource-parser';
import { type Answer, LEFT } from '../http/http.ts';
import { isObject, type JsonObject, parseJson } from '../trace/body.ts';
import type { EnvelopeContext, OutgoingMessage } from './envelope.ts';
import { wrap } from './envelope.ts';
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
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic/transports#backwards-compatibility
 */
export async function openLegacyTransport(line: Line): Promise<LegacyTransport | NoStream> {
  const waiting = new Map<number | string, (message: JsonObject) => void>();
  const leaving = new AbortController();
  let leave = false;
  let found: (endpoint: string) => void = () => {};
  const endpoint = new Promise<string>((resolve) => {
    found = resolve;
  });
  let asked: (request: JsonObject) => void = () => {};
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'endpoint') return found(data);
      const message = parseJson(data);
      if (!isObject(message)) return;
      if ('method' in message && 'id' in message) asked(message);
      else waiting.get(message.id as number | string)?.(message);
    },
  });
  const stream = sendAs(line, {
    headers: [['accept', 'text/event-stream']],
    signal: leaving.signal,
    readAs: () => (text) => {
      parser.feed(text);
      return leave ? 'done' : 'more';
    },
  });
  const first = await Promise.race([endpoint, stream]);
  if (typeof first !== 'string') return { answer: first };
  const target = new URL(first, line.url).href;
  return {
    send: async (message, context) => {
      const there = { ...line, url: target };
      const replies = replier(there, context);
      asked = replies.answer;
      const received = await deliver(there, message, context, waiting, stream);
      await replies.sent();
      return received;
    },
    close: async () => {
      leave = true;
      leaving.abort(LEFT);
      await stream.catch(() => undefined);
    },
  };
}

async function deliver(
  line: Line,
  message: OutgoingMessage,
  context: EnvelopeContext,
  waiting: Map<number | string, (message: JsonObject) => void>,
  stream: Promise<Answer>,
): Promise<Received> {
  const { id } = message;
  const response = new Promise<JsonObject>((resolve) => {
    if (id !== undefined) waiting.set(id, resolve);
  });
  const answer = await sendAs(line, { method: 'POST', ...wrap(message, context) });
  if (id === undefined || answer.status < 200 || answer.status > 299)
    return { answer, messages: [parseJson(answer.text)].filter(isObject) };
  // The stream may end before the answer came; what it brought says why.
  const came = await Promise.race([response, stream.then(() => undefined)]);
  waiting.delete(id);
  return { answer: { ...answer, status: 200 }, messages: came ? [came] : [] };
}
