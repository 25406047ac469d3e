/** Lays the logs of servers beside what a client recorded. */
import { headerValue, headerValues } from './headers.ts';
import type { Exchange, Trace } from './schema.ts';

/**
 * The trace with what its servers did behind the client's back: each exchange of the log that a
 * request of this client caused, by its `traceparent`, follows that request. What the client has
 * recorded itself is not told twice, and other clients' requests are left out.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function mergeServerLog(trace: Trace, log: readonly Exchange[]): Trace {
  const ordered = [...log].sort(byTime);
  const names = new Set(ordered.map(seenBy));
  const hops = new Map<number, Exchange[]>();
  for (const { exchange, cause } of hopsOf(trace, ordered)) {
    const siblings = hops.get(cause.id) ?? [];
    siblings.push(hopOf(exchange, cause, names));
    hops.set(cause.id, siblings);
  }
  let id = trace.trace_log.reduce((most, exchange) => Math.max(most, exchange.id), 0);
  const numbered = (hop: Exchange): Exchange => ({ ...hop, id: ++id });
  return {
    ...trace,
    trace_log: trace.trace_log.flatMap((exchange) => [
      exchange,
      ...(hops.get(exchange.id) ?? []).map(numbered),
    ]),
  };
}

interface Hop {
  readonly exchange: Exchange;
  /** The client's request behind it. */
  readonly cause: Exchange;
}

function hopsOf(trace: Trace, log: readonly Exchange[]): readonly Hop[] {
  const own = trace.trace_log.filter(({ seen_by }) => seen_by === undefined);
  const bySpan = new Map(own.map((exchange) => [spanOf(exchange), exchange]));
  const runs = new Set(own.map(runOf).filter((run) => run !== undefined));
  const arrived = new Set<Exchange>();
  return log.flatMap((exchange): readonly Hop[] => {
    const span = spanOf(exchange);
    if (span === undefined || !runs.has(runOf(exchange) ?? '')) return [];
    // A server that names its own requests anew is placed by the clock.
    const cause = bySpan.get(span) ?? latestBefore(exchange, own);
    if (!cause) return [];
    const isArrival = !arrived.has(cause) && isSameRequest(exchange, cause);
    if (isArrival) arrived.add(cause);
    return isArrival ? [] : [{ exchange, cause }];
  });
}

function hopOf(exchange: Exchange, cause: Exchange, names: ReadonlySet<string>): Exchange {
  const sender = senderOf(exchange, names);
  return {
    ...exchange,
    step: cause.step,
    channel: 'back',
    caused_by: cause.id,
    seen_by: seenBy(exchange),
    ...(sender !== undefined && { sent_by: sender }),
  };
}

/** A server by its own word, else by its host. */
function seenBy({ seen_by, request }: Exchange): string {
  return plainName(seen_by ?? placeOf(request.url)?.host ?? '');
}

/** A proxy says in Via who it is, any other server in User-Agent. */
function senderOf({ request }: Exchange, names: ReadonlySet<string>): string | undefined {
  const proxy = headerValues(request.headers, 'via').at(-1)?.split(',').at(-1)?.trim();
  const agent = headerValue(request.headers, 'user-agent')?.split(/[/ ]/, 1)[0];
  return [proxy?.split(' ')[1], agent]
    .filter((name) => name !== undefined)
    .map(plainName)
    .find((name) => names.has(name));
}

function plainName(name: string): string {
  return name.replace(/[^\w.:-]/g, '').slice(0, 64) || 'server';
}

const PARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-/;

/** Run and request of a `traceparent`. */
function spanOf({ request }: Exchange): string | undefined {
  const found = PARENT.exec(headerValue(request.headers, 'traceparent') ?? '');
  return found ? `${found[1]}-${found[2]}` : undefined;
}

function runOf(exchange: Exchange): string | undefined {
  return spanOf(exchange)?.slice(0, 32);
}

/** Queries are not compared: those of a saved trace are redacted, those of a log are not. */
function isSameRequest({ request: one }: Exchange, { request: other }: Exchange): boolean {
  const [here, there] = [placeOf(one.url), placeOf(other.url)];
  return (
    one.method === other.method &&
    here?.origin === there?.origin &&
    here?.pathname === there?.pathname
  );
}

function placeOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** The last of the client's requests that had begun by then, found by halving: a log may be long. */
function latestBefore(exchange: Exchange, own: readonly Exchange[]): Exchange | undefined {
  const time = Date.parse(exchange.started_at);
  let [first, end] = [0, own.length];
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (Date.parse(own[middle]?.started_at ?? '') <= time) first = middle + 1;
    else end = middle;
  }
  return own[first - 1];
}

function byTime(a: Exchange, b: Exchange): number {
  return Date.parse(a.started_at) - Date.parse(b.started_at) || a.id - b.id;
}
