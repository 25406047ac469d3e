import { headerValue } from '../trace/headers.ts';
import { plainJson } from '../trace/plain-json.ts';
import type { Body, Exchange, Header, Trace } from '../trace/schema.ts';
import { type View, viewTrace } from '../trace/view.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';

/** HAR 1.2: one page per step, one entry per exchange. What HAR has no word for stands in `_` fields. */
export const har: Reporter = ({ trace, judgement }, options) => {
  const view = viewTrace(trace);
  const log = {
    version: '1.2',
    creator: trace.metadata.tool,
    pages: pagesOf(trace),
    entries: trace.trace_log.filter(isAsked(options)).map((exchange) => ({
      ...entryOf(exchange, view),
      _findings: judgement.findings
        .filter(({ evidence }) => evidence.some((one) => one.exchange === exchange.id))
        .map(({ rule, severity, message }) => ({ rule: rule.id, severity, message })),
    })),
    comment: `${trace.metadata.server_url}: ${trace.sequence_summary.outcome}`,
    _outcome: trace.sequence_summary.outcome,
    _reason: trace.sequence_summary.reason,
  };
  return `${plainJson({ log }, 2)}\n`;
};

function pagesOf(trace: Trace): readonly object[] {
  const first = new Map<string, Exchange>();
  for (const exchange of trace.trace_log)
    if (!first.has(exchange.step)) first.set(exchange.step, exchange);
  return [...first].map(([step, exchange]) => ({
    startedDateTime: exchange.started_at,
    id: step,
    title: step,
    pageTimings: {},
  }));
}

function entryOf(exchange: Exchange, view: View): object {
  const { timing, connection, failure } = exchange;
  const timings = timingsOf(exchange);
  return {
    pageref: exchange.step,
    startedDateTime: exchange.started_at,
    time: [timings.dns, timings.connect, timings.send, timings.wait, timings.receive]
      .filter((phase) => phase > 0)
      .reduce((sum, phase) => sum + phase, 0),
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings,
    ...serverAddress(connection.remote_address),
    comment: `${exchange.id} ${exchange.step}: ${view.role(exchange)}`,
    _id: exchange.id,
    _role: view.role(exchange),
    _channel: exchange.channel,
    _caused_by: exchange.caused_by,
    _total_ms: timing.total_ms,
    _connection: connection,
    _failure: failure,
  };
}

/** HAR counts TLS within `connect`, and writes -1 where a phase did not happen. */
function timingsOf({ timing, connection }: Exchange): Readonly<Record<HarPhase, number>> {
  const isNew = !connection.reused;
  return {
    blocked: -1,
    dns: isNew ? timing.dns_ms : -1,
    connect: isNew ? timing.connect_ms + timing.tls_ms : -1,
    send: 0,
    wait: timing.wait_ms,
    receive: timing.receive_ms,
    ssl: isNew && connection.tls ? timing.tls_ms : -1,
  };
}

type HarPhase = 'blocked' | 'dns' | 'connect' | 'send' | 'wait' | 'receive' | 'ssl';

function requestOf({ request, connection }: Exchange): object {
  const query = /\?([^#]*)/.exec(request.url)?.[1] ?? '';
  return {
    method: request.method,
    url: request.url,
    httpVersion: versionOf(connection.http_version),
    cookies: cookiesOf(request.headers),
    headers: headersOf(request.headers),
    queryString: pairsOf(query),
    ...(request.body && { postData: postData(request.body) }),
    headersSize: -1,
    bodySize: request.body?.size ?? 0,
  };
}

/** A request without an answer has status 0, as browsers write it. */
function responseOf({ response, connection, failure }: Exchange): object {
  return {
    status: response?.status ?? 0,
    statusText: '',
    httpVersion: versionOf(connection.http_version),
    cookies: [],
    headers: headersOf(response?.headers ?? []),
    content: contentOf(response?.body ?? null),
    redirectURL: headerValue(response?.headers ?? [], 'location') ?? '',
    headersSize: -1,
    bodySize: -1,
    ...(failure && { _error: `${failure.code} (${failure.phase}): ${failure.message}` }),
  };
}

function postData(body: Body): object {
  const text = body.text ?? '';
  return {
    mimeType: body.media_type,
    params: body.media_type === 'application/x-www-form-urlencoded' ? pairsOf(text) : [],
    text,
    ...(body.base64 !== undefined && { _base64: body.base64 }),
    ...cutNote(body),
  };
}

function contentOf(body: Body | null): object {
  if (!body) return { size: 0, mimeType: 'x-unknown' };
  return {
    size: body.size,
    mimeType: body.media_type || 'x-unknown',
    ...(body.text !== undefined && { text: body.text }),
    ...(body.base64 !== undefined && { text: body.base64, encoding: 'base64' }),
    ...cutNote(body),
    _sha256: body.sha256 ?? null,
  };
}

function cutNote(body: Body): object {
  return body.truncated ? { comment: `cut; the whole body has ${body.size} bytes` } : {};
}

function headersOf(headers: readonly Header[]): readonly object[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function pairsOf(text: string): readonly object[] {
  return [...new URLSearchParams(text)].map(([name, value]) => ({ name, value }));
}

function cookiesOf(headers: readonly Header[]): readonly object[] {
  return (headerValue(headers, 'cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return { name, value: value.join('=') };
    });
}

function versionOf(version: string | null): string {
  return version === null ? 'unknown' : `HTTP/${version}`;
}

/** HAR wants the bare address. */
function serverAddress(address: string | null): object {
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(address ?? '') ?? [];
  return host && port ? { serverIPAddress: host, connection: port } : {};
}
