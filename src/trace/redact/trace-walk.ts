import type { Body, Exchange, Header, Trace } from '../schema.ts';
import { createBodyWalk } from './body-walk.ts';
import { walkHeader } from './header-text.ts';
import { scrubCuts } from './tail.ts';
import { type Visitor, walkText } from './walker.ts';

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
  const walkBody = createBodyWalk(visitor, tail);
  const body = (one: Body | null): Body | null => one && walkBody(one);
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
