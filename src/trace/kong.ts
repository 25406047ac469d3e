/** Lines of the Kong gateway's file-log plugin, with the bodies that a pre-function adds to them. */
import { isObject, type JsonObject } from './body.ts';
import { headerValue, mediaType } from './headers.ts';
import type { Body, Exchange, Header } from './schema.ts';
import { stepOf } from './step-marks.ts';

/** True for a line of the log, parsed: a gateway's standard output holds others too. */
export function isKongLine(line: unknown): line is JsonObject {
  return (
    isObject(line) &&
    isObject(line.request) &&
    typeof line.request.method === 'string' &&
    (typeof line.request.url === 'string' || typeof line.request.uri === 'string') &&
    isObject(line.response) &&
    typeof line.started_at === 'number' &&
    Math.abs(line.started_at) <= LATEST
  );
}

/** The last instant there is, in milliseconds. */
const LATEST = 8.64e15;

/**
 * The exchange of a line, as it passed between the client and the gateway. Kong itself writes
 * `REDACTED` in place of `Authorization`; a body is there only where the route's plugin adds it.
 * @see https://developer.konghq.com/plugins/file-log/
 */
export function readKongLine(line: JsonObject, id: number): Exchange {
  const [request, response] = [objectIn(line, 'request'), objectIn(line, 'response')];
  const headers = headersOf(request.headers);
  const body = bodyOf(request.body, headers);
  const method = textIn(request, 'method');
  const url = urlOf(request, headers);
  const answerHeaders = headersOf(response.headers);
  const step = stepOf(url, method, body, headers);
  return {
    id,
    step,
    channel: step === 'authorization' ? 'front' : 'back',
    caused_by: null,
    started_at: new Date(numberIn(line, 'started_at')).toISOString(),
    timing: timingOf(objectIn(line, 'latencies')),
    connection: { remote_address: null, http_version: null, tls: tlsOf(request.tls) },
    request: { method, url, headers, body },
    response: {
      status: Math.trunc(numberIn(response, 'status')),
      headers: answerHeaders,
      body: bodyOf(response.body, answerHeaders),
    },
    failure: null,
  };
}

/** The URL the client used: the host it named, since Kong's own port may be another one. */
function urlOf(request: JsonObject, headers: readonly Header[]): string {
  const [, scheme = 'http', place = '', rest = '/'] =
    /^(https?):\/\/([^/?#]*)(.*)$/i.exec(textIn(request, 'url')) ?? [];
  const host = headerValue(headers, 'host') ?? place;
  const isDefault = scheme === 'https' ? /:443$/ : /:80$/;
  return `${scheme}://${host.replace(isDefault, '')}${rest || textIn(request, 'uri')}`;
}

function headersOf(headers: unknown): readonly Header[] {
  if (!isObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]): readonly Header[] =>
    [value].flat().map((one: unknown): Header => [name, String(one)]),
  );
}

/** Compressed bytes do not survive in a line of JSON: of them only the size is known. */
function bodyOf(text: unknown, headers: readonly Header[]): Body | null {
  if (typeof text !== 'string' || text === '') return null;
  const media_type = mediaType(headerValue(headers, 'content-type'));
  const coding = headerValue(headers, 'content-encoding') ?? 'identity';
  const size = Buffer.byteLength(text);
  return coding === 'identity' ? { media_type, size, text } : { media_type, size, truncated: true };
}

function timingOf(latencies: JsonObject): Exchange['timing'] {
  const total = numberIn(latencies, 'request');
  const wait = Math.min(total, numberIn(latencies, 'proxy'));
  return {
    dns_ms: 0,
    connect_ms: 0,
    tls_ms: 0,
    wait_ms: wait,
    receive_ms: total - wait,
    total_ms: total,
  };
}

function tlsOf(tls: unknown): Exchange['connection']['tls'] {
  if (!isObject(tls)) return null;
  return {
    protocol: textIn(tls, 'version'),
    cipher: textIn(tls, 'cipher'),
    authorized: false,
    authorization_error: null,
    certificate: null,
  };
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

function textIn(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

/** Counts and times are never negative, whatever a line says. */
function numberIn(object: JsonObject, name: string): number {
  const value = object[name];
  return typeof value === 'number' ? Math.min(Math.max(value, 0), Number.MAX_SAFE_INTEGER) : 0;
}
