import { createHash, randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Header } from '../trace/schema.ts';
import { recordBody } from './body-reader.ts';
import { Abort, failureOf } from './failure.ts';
import { type Answer, type Http, HttpError, type HttpRequest } from './http.ts';
import { type Draft, NO_TIMING, type Recorder } from './recorder.ts';
import { recordingHandler, type Settled } from './recording-handler.ts';

/** What every request of a run has in common. */
export interface HttpOptions {
  readonly dispatcher: Dispatcher;
  readonly recorder: Recorder;
  /** Milliseconds that one request may take, its body included. */
  readonly timeout: number;
  /** Bytes of each body that the trace keeps. */
  readonly maxBody: number;
  readonly userAgent: string;
  /** Headers the user adds to every back-channel request. */
  readonly headers: readonly Header[];
  /** Ends every request that is under way. */
  readonly signal: AbortSignal;
  /** `scheme://host:port` of the proxy, as the trace names it. */
  readonly proxy?: string;
}

/** Gives each step its own way to the network, so that the log knows whose request it is. */
export function createHttp(options: HttpOptions): (step: string) => Http {
  const traceId = randomBytes(16).toString('hex');
  return (step) => ({ send: (request) => send(request, step, traceId, options) });
}

async function send(
  request: HttpRequest,
  step: string,
  traceId: string,
  options: HttpOptions,
): Promise<Answer> {
  const target = parseTarget(request.url);
  const recorder = request.recorded === false ? undefined : options.recorder;
  const blank = blankDraft(request, step, target);
  const draft: Draft = recorder ? recorder.begin(blank) : { id: 0, ...blank };
  const headers = allHeaders(request, options, traceId, draft.id);
  draft.request = { ...draft.request, headers };
  if (options.proxy) draft.connection = { ...draft.connection, proxy: options.proxy };

  const settled = await dispatch(request, target, headers, draft, recorder, options);
  const { response } = draft;
  if (settled.kind === 'broken' || !response) throw httpError(settled, draft, recorder);
  return {
    exchange: draft.id,
    url: request.url,
    status: response.status,
    headers: response.headers,
    text: settled.text,
    truncated: settled.truncated,
  };
}

function dispatch(
  request: HttpRequest,
  target: URL,
  headers: readonly Header[],
  draft: Draft,
  recorder: Recorder | undefined,
  options: HttpOptions,
): Promise<Settled> {
  return new Promise((resolve) => {
    const signal = request.signal
      ? AbortSignal.any([options.signal, request.signal])
      : options.signal;
    const handler = recordingHandler({
      draft,
      recorder,
      keep: options.maxBody,
      readAs: request.readAs,
      settle: (settled) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(settled);
      },
    });
    const seconds = options.timeout / 1000;
    const timer = setTimeout(
      () => handler.abort(new Abort('TIMEOUT', `no complete answer within ${seconds} s`)),
      options.timeout,
    );
    const onAbort = (): void => handler.abort(new Abort('ABORTED', 'the run was interrupted'));
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    options.dispatcher.dispatch(
      {
        origin: target.origin,
        path: target.pathname + target.search,
        method: request.method ?? 'GET',
        headers: headers.flat(),
        body: request.body === undefined ? null : Buffer.from(request.body),
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    );
  });
}

/** The URL to dial; only http and https leave this machine. */
function parseTarget(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target;
  throw new HttpError(
    'UNSAFE_URL',
    `${JSON.stringify(url.slice(0, 200))} is not an absolute http or https URL`,
    null,
  );
}

function blankDraft(request: HttpRequest, step: string, target: URL): Omit<Draft, 'id'> {
  return {
    step,
    channel: request.channel ?? 'back',
    caused_by: request.causedBy ?? null,
    started_at: new Date().toISOString(),
    timing: NO_TIMING,
    connection: { remote_address: null, http_version: null, tls: null },
    request: {
      method: request.method ?? 'GET',
      url: wireUrl(request.url, target),
      headers: request.headers ?? [],
      body: requestBody(request),
    },
    response: null,
    failure: null,
  };
}

/** The URL as given where it dials the same place, so that a missing slash stays visible. */
function wireUrl(given: string, target: URL): string {
  return given.includes('#') || /[\s\\]/.test(given) ? target.href : given;
}

function requestBody(request: HttpRequest): Body | null {
  if (request.body === undefined) return null;
  const bytes = Buffer.from(request.body);
  const type = mediaType(headerValue(request.headers ?? [], 'content-type'));
  const digest = createHash('sha256').update(bytes).digest('hex');
  return recordBody(bytes, type, bytes.length, bytes.length, digest);
}

/** The request's own headers, then the user's, then ours; a name given earlier wins. */
function allHeaders(
  request: HttpRequest,
  options: HttpOptions,
  traceId: string,
  exchange: number,
): readonly Header[] {
  const own = request.headers ?? [];
  const back = (request.channel ?? 'back') === 'back' || request.channel === 'probe';
  const added: readonly Header[] = [
    ...(back ? options.headers : []),
    ['user-agent', options.userAgent],
    ['accept-encoding', 'gzip, deflate, br'],
    ['traceparent', `00-${traceId}-${exchange.toString(16).padStart(16, '0')}-01`],
  ];
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  return [
    ...own,
    ...added.filter(([name]) => {
      const fresh = !names.has(name.toLowerCase());
      names.add(name.toLowerCase());
      return fresh;
    }),
  ];
}

function httpError(settled: Settled, draft: Draft, recorder: Recorder | undefined): HttpError {
  const cause = settled.kind === 'broken' ? settled.error : undefined;
  const { code, message } = draft.failure ?? failureOf(cause, 'wait');
  const where = `${draft.request.method} ${draft.request.url}`;
  return new HttpError(code, `${where}: ${message} (${code})`, recorder ? draft.id : null, cause);
}
