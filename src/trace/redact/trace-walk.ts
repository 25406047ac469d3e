import type { Body, Exchange, Header, Trace } from '../schema.ts';
import { walkHeader } from './header-text.ts';
import { READINGS, textsIn } from './readings.ts';
import { plainly } from './spelling.ts';
import { scrubCuts } from './tail.ts';
import { formatOf, type Visitor, walkText } from './walker.ts';

/** Texts up to this length are worth remembering: headers and URLs repeat in every exchange. */
const LONGEST_REMEMBERED = 4096;
const MOST_REMEMBERED = 20_000;

/** Rewrites every text of a trace that came from outside. */
export interface TraceWalk {
  readonly trace: (trace: Trace) => Trace;
  readonly exchange: (exchange: Exchange) => Exchange;
}

/** Makes a walk over traces; `tail` finishes a body or a sentence that was cut off. */
export function createTraceWalk(
  visitor: Visitor,
  tail: (text: string) => string = (text) => text,
): TraceWalk {
  const text = remember((value: string) => walkText(value, visitor));
  const sentence = (value: string): string => scrubCuts(text(value), tail);
  const header = (pair: Header): Header => {
    const [name, value] = pair;
    const walked = headerValue(name, value);
    return walked === value ? pair : [name, walked];
  };
  const headerValues = new Map<string, (value: string) => string>();
  const headerValue = (name: string, value: string): string => {
    const lower = name.toLowerCase();
    const walk = headerValues.get(lower) ?? remember((one) => walkHeader([name, one], visitor)[1]);
    if (headerValues.size < MOST_REMEMBERED) headerValues.set(lower, walk);
    return walk(value);
  };
  const body = (one: Body | null): Body | null => one && walkBody(one, visitor, tail);
  const exchange = (one: Exchange): Exchange => ({
    ...one,
    connection: {
      ...one.connection,
      ...(one.connection.proxy !== undefined && { proxy: text(one.connection.proxy) }),
      tls: mapStrings(one.connection.tls, text),
    },
    request: {
      ...one.request,
      url: text(one.request.url),
      headers: one.request.headers.map(header),
      body: body(one.request.body),
    },
    response: one.response && {
      ...one.response,
      headers: one.response.headers.map(header),
      body: body(one.response.body),
    },
    ...(one.seen_by !== undefined && { seen_by: text(one.seen_by) }),
    ...(one.sent_by !== undefined && { sent_by: text(one.sent_by) }),
    failure: one.failure && { ...one.failure, message: sentence(one.failure.message) },
  });
  return { exchange, trace: (trace) => walkTrace(trace, text, sentence, exchange) };
}

function walkTrace(
  trace: Trace,
  text: (value: string) => string,
  sentence: (value: string) => string,
  exchange: (exchange: Exchange) => Exchange,
): Trace {
  const { metadata, sequence_summary: summary } = trace;
  const maybe = (value: string | null): string | null => value && text(value);
  return {
    ...trace,
    metadata: {
      ...metadata,
      server_url: text(metadata.server_url),
      username: maybe(metadata.username),
      ...(metadata.options && { options: mapStrings(metadata.options, text) }),
    },
    sequence_summary: {
      ...summary,
      reason: summary.reason && sentence(summary.reason),
      client_id: maybe(summary.client_id),
      steps: summary.steps.map((step) => ({
        ...step,
        reason: step.reason && sentence(step.reason),
        ...(step.notes && { notes: step.notes.map(sentence) }),
      })),
    },
    trace_log: trace.trace_log.map(exchange),
  };
}

function walkBody(body: Body, visitor: Visitor, tail: (text: string) => string): Body {
  const text = body.text === undefined ? undefined : walkBodyText(body, body.text, visitor, tail);
  const base64 =
    body.base64 === undefined ? undefined : walkBytes(body, body.base64, visitor, tail);
  const isChanged = text !== body.text || base64 !== body.base64;
  const texts = text === undefined ? textsIn(Buffer.from(base64 ?? '', 'base64')) : [text];
  const holdsHuman = isChanged && texts.some((one) => NUMBERED.test(one));
  return {
    ...body,
    media_type: visitor.text(body.media_type, plainly),
    ...(holdsHuman && body.sha256 !== undefined && { sha256: null }),
    ...(text !== undefined && { text }),
    ...(base64 !== undefined && { base64 }),
  };
}

/** A label without a digest: the hash of the whole body would let the secret be found by trying. */
const NUMBERED = /(?:<|%3C|&#60;|\\u003c)[a-z_]+(?: |%20|\+)(?:#|%23)\d+/i;

function walkBodyText(
  body: Body,
  text: string,
  visitor: Visitor,
  tail: (text: string) => string,
): string {
  // UTF-16 of ASCII without a mark is UTF-8 too.
  if (text.charCodeAt(0) === 0 || text.charCodeAt(1) === 0)
    return walkReadings(body, Buffer.from(text), visitor, tail).toString();
  const walked = walkText(text, visitor, formatOf(body.media_type, text));
  return body.truncated ? tail(walked) : walked;
}

function walkBytes(
  body: Body,
  base64: string,
  visitor: Visitor,
  tail: (text: string) => string,
): string {
  const bytes = Buffer.from(base64, 'base64');
  const walked = walkReadings(body, bytes, visitor, tail);
  return walked === bytes ? base64 : walked.toString('base64');
}

/** The same bytes where there is nothing to change in them, however they are read. */
function walkReadings(
  body: Body,
  bytes: Buffer,
  visitor: Visitor,
  tail: (text: string) => string,
): Buffer {
  return READINGS.reduce((before, { read, write }) => {
    const text = read(before);
    if (text === undefined) return before;
    const walked = walkText(text, visitor, formatOf(body.media_type, text));
    const ended = body.truncated ? tail(walked) : walked;
    return ended === text ? before : write(ended);
  }, bytes);
}

/** Rewrites the strings of a record of known, shallow shape. */
function mapStrings<T>(value: T, text: (value: string) => string): T {
  // Each string is replaced by a string, so the shape is the same.
  if (typeof value === 'string') return text(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, text)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapStrings(item, text)]),
  ) as T;
}

function remember(walk: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > LONGEST_REMEMBERED) return walk(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const walked = walk(text);
    if (known.size < MOST_REMEMBERED) known.set(text, walked);
    return walked;
  };
}
