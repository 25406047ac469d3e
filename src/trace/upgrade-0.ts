/**
 * Files of the older tracer: requests and answers as entries of their own, headers as objects, no
 * version. What such a file does not hold is left empty, never made up.
 */
import { isObject, type JsonObject } from './body.ts';
import { headerValue, mediaType } from './headers.ts';
import type { Body, Exchange, Header } from './schema.ts';
import { stepOf, stepsOf } from './step-marks.ts';

/** A file without version as version 1. */
export function fromVersion0(file: JsonObject): JsonObject {
  const metadata = isObject(file.metadata) ? file.metadata : {};
  const summary = isObject(file.sequence_summary) ? file.sequence_summary : {};
  const entries = (Array.isArray(file.trace_log) ? file.trace_log : []).filter(isObject);
  const log = pairsOf(entries).map((pair, index) => exchangeOf(pair, index + 1));
  const steps = stepsOf(log);
  const failed = steps.find(({ outcome }) => outcome === 'failed');
  return {
    trace_version: 1,
    metadata: {
      tool: { name: 'oauth-sequence-tracer', version: '0' },
      server_url: text(metadata.server_url),
      timestamp: instant(metadata.timestamp),
      duration_ms: durationOf(entries),
      total_requests: log.length,
      username: typeof metadata.username === 'string' ? metadata.username : null,
      client: 'claude-desktop',
      revision: { asked: 'auto', used: null },
      consent: 'form',
      source: 'oauth-sequence-tracer',
      redacted: false,
    },
    sequence_summary: {
      outcome: summary.access_token_received === true && !failed ? 'completed' : 'failed',
      failed_step: failed?.id ?? null,
      reason: failed?.reason ?? null,
      client_id: typeof summary.client_id === 'string' ? summary.client_id : null,
      auth_code_received: summary.auth_code_received === true,
      access_token_received: summary.access_token_received === true,
      refresh_token_received: summary.refresh_token_received === true,
      steps,
    },
    secrets: [],
    trace_log: log,
  };
}

interface Pair {
  readonly request: JsonObject;
  readonly response: JsonObject | undefined;
}

/** Each request with the answer that stands next; an answer alone belongs to no request. */
function pairsOf(entries: readonly JsonObject[]): readonly Pair[] {
  return entries.flatMap((request, index) => {
    const next = entries[index + 1];
    return request.type === 'request'
      ? [{ request, response: next?.type === 'response' ? next : undefined }]
      : [];
  });
}

function exchangeOf({ request, response }: Pair, id: number): Exchange {
  const headers = headersOf(request.headers);
  const url = withQuery(text(request.url), request.params);
  const method = text(request.method) || 'GET';
  const body = requestBodyOf(request, headers);
  const step = stepOf(url, method, body, headers);
  const answerHeaders = headersOf(response?.headers);
  return {
    id,
    step,
    channel: step === 'authorization' ? 'front' : 'back',
    caused_by: null,
    started_at: instant(request.timestamp),
    timing: { dns_ms: 0, connect_ms: 0, tls_ms: 0, ...waitOf(request, response), receive_ms: 0 },
    connection: { remote_address: null, http_version: null, tls: null },
    request: { method, url, headers, body },
    response: response
      ? {
          status: whole(response.status_code),
          headers: answerHeaders,
          body: bodyOf(response.text, response.json, answerHeaders),
        }
      : null,
    failure: response
      ? null
      : { code: 'NOT_RECORDED', phase: 'wait', message: 'the older trace holds no answer' },
  };
}

function headersOf(headers: unknown): readonly Header[] {
  if (!isObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]): readonly Header[] =>
    (Array.isArray(value) ? value : [value]).map((one: unknown): Header => [name, plain(one)]),
  );
}

/** `params` of the older tracer are the query that its HTTP client appended. */
function withQuery(url: string, params: unknown): string {
  if (!isObject(params)) return url;
  const query = fields(params).toString();
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function fields(values: JsonObject): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, plain(value)]),
  );
}

function requestBodyOf(request: JsonObject, headers: readonly Header[]): Body | null {
  const { data, json } = request;
  if (isObject(data))
    return made(fields(data).toString(), typeOf(headers) || 'application/x-www-form-urlencoded');
  return bodyOf(data, json, headers);
}

/** The text as recorded, else the JSON value written again. */
function bodyOf(recorded: unknown, json: unknown, headers: readonly Header[]): Body | null {
  if (typeof recorded === 'string' && recorded !== '') return made(recorded, typeOf(headers));
  if (json === null || json === undefined) return null;
  return made(JSON.stringify(json), typeOf(headers) || 'application/json');
}

function made(content: string, media_type: string): Body {
  return { media_type, size: Buffer.byteLength(content), text: content };
}

function typeOf(headers: readonly Header[]): string {
  return mediaType(headerValue(headers, 'content-type'));
}

function waitOf(
  request: JsonObject,
  response: JsonObject | undefined,
): { readonly wait_ms: number; readonly total_ms: number } {
  const passed = Date.parse(instant(response?.timestamp)) - Date.parse(instant(request.timestamp));
  const wait = response && Number.isFinite(passed) ? Math.max(0, passed) : 0;
  return { wait_ms: wait, total_ms: wait };
}

function durationOf(entries: readonly JsonObject[]): number {
  const times = entries
    .map(({ timestamp }) => Date.parse(instant(timestamp)))
    .filter((time) => Number.isFinite(time));
  const [first, last] = [times[0], times.at(-1)];
  return first === undefined || last === undefined ? 0 : Math.max(0, last - first);
}

/** The older tracer wrote local times without a zone; they are taken as UTC. */
function instant(timestamp: unknown): string {
  const time = text(timestamp);
  return /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(time) ? `${time}Z` : time;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
