import { headerValue } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';
import { HttpError, type HttpRequest } from './http.ts';
import { recordWhole } from './recorded-body.ts';
import { type Draft, NO_TIMING } from './recorder.ts';

/**
 * The URL to dial; only http and https leave this machine.
 * @throws {HttpError} `UNSAFE_URL`
 */
export function parseTarget(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target;
  const seen = JSON.stringify(url.slice(0, 200));
  throw new HttpError('UNSAFE_URL', `${seen} is not an absolute http or https URL`, null);
}

/** A request before it leaves, as the log first holds it. */
export function draftOf(request: HttpRequest, step: string, target: URL): Omit<Draft, 'id'> {
  const { method = 'GET', headers = [], body = '' } = request;
  return {
    step,
    channel: request.channel ?? 'back',
    caused_by: request.causedBy ?? null,
    started_at: new Date().toISOString(),
    timing: NO_TIMING,
    connection: { remote_address: null, http_version: null, tls: null },
    request: {
      method,
      url: wireUrl(request.url, target),
      headers,
      body: recordWhole(Buffer.from(body), headers),
    },
    response: null,
    failure: null,
  };
}

/** Headers that come with every request of a run. */
export interface CommonHeaders {
  readonly userAgent: string;
  /** Added by the user; not sent by the form driver, which plays a browser. */
  readonly headers: readonly Header[];
  /** False where the server at the other end is none that the user named. */
  readonly isTrusted: boolean;
  /** `traceparent`; absent for a request that stays out of the log. */
  readonly traceParent: string | undefined;
}

/** The request's own headers, then the user's, then ours; a name given earlier wins. */
export function outgoingHeaders(request: HttpRequest, common: CommonHeaders): readonly Header[] {
  const own = request.headers ?? [];
  const isBrowsers = request.channel === 'front' || request.channel === 'loopback';
  const users = isBrowsers ? [] : common.headers.filter((header) => mayGo(header, common));
  const given = [...own, ...without(own, users)];
  const ours: readonly Header[] = [
    ['user-agent', common.userAgent],
    ['accept-encoding', 'gzip, deflate, br'],
    ...(common.traceParent ? [['traceparent', common.traceParent] as const] : []),
  ];
  return [...given, ...without(given, ours)];
}

/** Names of headers whose values are credentials, whatever they look like. */
const CREDENTIAL = /authorization|cookie|token|secret|key|password|credential/i;

function mayGo([name]: Header, { isTrusted }: CommonHeaders): boolean {
  return isTrusted || !CREDENTIAL.test(name);
}

/** The headers whose names do not stand among the others. */
function without(others: readonly Header[], headers: readonly Header[]): readonly Header[] {
  return headers.filter(([name]) => headerValue(others, name) === undefined);
}

/** The URL as given where it dials the same place, so that a missing slash stays visible. */
function wireUrl(given: string, target: URL): string {
  const url = /[\s\\]/.test(given) ? target.href : given;
  return url.split('#', 1)[0] ?? '';
}
