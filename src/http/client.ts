import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Header } from '../trace/schema.ts';
import type { Connections } from './connection.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { Breakdown, failureOf } from './failure.ts';
import {
  type AddressGuard,
  type Answer,
  type Http,
  HttpError,
  type HttpRequest,
  LEFT,
} from './http.ts';
import { draftOf, outgoingHeaders, parseTarget } from './outgoing.ts';
import type { Draft, Recorder } from './recorder.ts';
import { RecordingHandler, type Settled } from './recording-handler.ts';

/** What every request of a run has in common. */
export interface HttpOptions {
  readonly connections: Connections;
  readonly recorder: Recorder;
  /** Milliseconds that one request may take, its body included. */
  readonly timeout: number;
  /** Bytes of each body that the trace keeps. */
  readonly maxBody: number;
  readonly userAgent: string;
  /** Headers the user adds to every back-channel request. */
  readonly headers: readonly Header[];
  /** Asked before a request leaves; default: everything may be dialled. */
  readonly guard?: AddressGuard;
  /** Ends every request that is under way. */
  readonly signal: AbortSignal;
}

/**
 * Gives each step its own way to the network, so that the log knows whose request it is; `signal` is for
 * one that another signal ends than the rest.
 */
export function createHttp(options: HttpOptions): (step: string, signal?: AbortSignal) => Http {
  const traceId = randomBytes(16).toString('hex');
  return (step, signal = options.signal) => ({
    send: (request) => send(request, step, traceId, { ...options, signal }),
  });
}

async function send(
  request: HttpRequest,
  step: string,
  traceId: string,
  options: HttpOptions,
): Promise<Answer> {
  const target = parseTarget(request.url);
  requirePermitted(request, target, options);
  const signal = signalOf(request, options);
  if (signal.aborted) throw new HttpError('ABORTED', INTERRUPTED, null);

  const recorder = request.recorded === false ? undefined : options.recorder;
  const blank = draftOf(request, step, target);
  const draft: Draft = recorder ? recorder.begin(blank) : { id: 0, ...blank };
  const traceParent = recorder && `00-${traceId}-${draft.id.toString(16).padStart(16, '0')}-01`;
  const headers = outgoingHeaders(request, {
    userAgent: options.userAgent,
    headers: options.headers,
    isTrusted: options.guard?.isTrusted(target.href) ?? true,
    traceParent,
  });
  draft.request = { ...draft.request, headers };

  const settled = await dispatch(request, target, draft, signal, options);
  if (settled.kind === 'crashed') throw settled.error;
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

/** Our own listener is the one address of this machine that everybody may name. */
function requirePermitted(request: HttpRequest, target: URL, { guard }: HttpOptions): void {
  if (request.recorded === false || request.channel === 'loopback') return;
  const refused = guard?.url(target.href);
  if (refused !== undefined) throw new HttpError('PRIVATE_ADDRESS', refused, null);
  const readable = request.channel === 'front' ? undefined : guard?.clearText(target.href);
  if (readable !== undefined) throw new HttpError('CLEAR_TEXT', readable, null);
}

const INTERRUPTED = 'the run was interrupted';

function signalOf(request: HttpRequest, options: HttpOptions): AbortSignal {
  return request.signal ? AbortSignal.any([options.signal, request.signal]) : options.signal;
}

function dispatch(
  request: HttpRequest,
  target: URL,
  draft: Draft,
  signal: AbortSignal,
  options: HttpOptions,
): Promise<Settled> {
  const recorded = request.recorded !== false;
  return new Promise((resolve) => {
    const handler = new RecordingHandler({
      record: new ExchangeRecord(draft, recorded ? options.recorder : undefined),
      keep: options.maxBody,
      readAs: request.readAs,
      settle: (settled) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(settled);
      },
    });
    const timer = setTimeout(
      () =>
        handler.abort(
          new Breakdown('TIMEOUT', `no complete answer within ${options.timeout / 1000} s`),
        ),
      options.timeout,
    );
    const onAbort = (): void =>
      signal.reason === LEFT
        ? handler.leave()
        : handler.abort(new Breakdown('ABORTED', INTERRUPTED));
    signal.addEventListener('abort', onAbort);
    const { dispatcher, direct } = options.connections;
    (recorded ? dispatcher : direct).dispatch(dispatchOptions(request, target, draft), handler);
  });
}

/** Times are watched per request, as a whole; undici's own limits are off. */
function dispatchOptions(
  { method = 'GET', body }: HttpRequest,
  target: URL,
  draft: Draft,
): Dispatcher.DispatchOptions {
  return {
    origin: target.origin,
    path: target.pathname + target.search,
    method,
    // Read once, as pairs: undici writes into none of them, which its type does not say.
    headers: draft.request.headers.values() as Iterable<[string, string]>,
    body: body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function httpError(settled: Settled, draft: Draft, recorder: Recorder | undefined): HttpError {
  const cause = settled.kind === 'broken' ? settled.error : undefined;
  const { code, message } = draft.failure ?? failureOf(cause, 'wait');
  const where = `${draft.request.method} ${draft.request.url}`;
  return new HttpError(code, `${where}: ${message} (${code})`, recorder ? draft.id : null, cause);
}
