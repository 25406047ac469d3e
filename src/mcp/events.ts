import { createParser } from 'eventsource-parser';
import type { Answer, TextReader } from '../http/http.ts';
import { isObject, type JsonObject } from '../trace/body.ts';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';

/** Characters of one event stream after which it counts as endless. */
const LONGEST_STREAM = 64 * 1024 * 1024;

/** Reads the messages of one answer, a JSON document or an event stream. */
export interface MessageReader {
  /** Reads the body as it comes where it is an event stream. */
  readonly readAs: (headers: readonly Header[]) => TextReader | undefined;
  /** Every message, once the answer is complete. */
  messages(answer: Answer): readonly JsonObject[];
  /** Where an event stream ended early; undefined once the response came, or without numbered events. */
  position(): StreamPosition | undefined;
}

/** From where, and when, a stream may be read on. */
export interface StreamPosition {
  readonly lastEventId: string;
  /** Milliseconds to wait first. */
  readonly retry: number;
}

/** Milliseconds to wait where the server names none. */
const USUAL_RETRY = 1000;

/**
 * Reads until the response to `awaited` came; requests of the server are handed on as they come,
 * because it may wait for their answers.
 */
export function createMessageReader(
  awaited: number | string | undefined,
  onRequest: (request: JsonObject) => void,
): MessageReader {
  const seen: JsonObject[] = [];
  let length = 0;
  let finished = false;
  let retry = USUAL_RETRY;
  let lastEventId: string | undefined;
  const parser = createParser({
    onRetry: (milliseconds) => {
      retry = milliseconds;
    },
    onEvent: ({ data, id }) => {
      lastEventId = id ?? lastEventId;
      for (const message of parseMessages(data)) {
        if ('method' in message && 'id' in message) onRequest(message);
        else seen.push(message);
        finished ||= awaited !== undefined && message.id === awaited && !('method' in message);
      }
    },
  });
  const read: TextReader = (text) => {
    length += text.length;
    parser.feed(text);
    if (finished) return 'done';
    return length > LONGEST_STREAM ? 'too-long' : 'more';
  };
  return {
    readAs: (headers) => (isEventStream(headers) ? read : undefined),
    messages: ({ headers, text }) => (isEventStream(headers) ? seen : parseMessages(text)),
    position: () =>
      finished || awaited === undefined || !lastEventId ? undefined : { lastEventId, retry },
  };
}

/** Leaves an event stream at once: nothing in it is waited for. */
export function leaveEvents(headers: readonly Header[]): TextReader | undefined {
  return isEventStream(headers) ? () => 'done' : undefined;
}

function isEventStream(headers: readonly Header[]): boolean {
  return mediaType(headerValue(headers, 'content-type')) === 'text/event-stream';
}

function parseMessages(data: string): readonly JsonObject[] {
  try {
    const value: unknown = JSON.parse(data);
    return (Array.isArray(value) ? value : [value]).filter(isObject);
  } catch {
    return [];
  }
}
