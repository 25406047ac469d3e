import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Header } from '../trace/schema.ts';
import { CALLBACK_HEADERS, type CallbackPage, callbackPage } from './callback-page.ts';
import { type Awaited, type Rejection, rejectionOf } from './callback-verdict.ts';
import { listenOnLoopback } from './listen.ts';
import { recordWhole } from './recorded-body.ts';
import { addressOf, type Draft, milliseconds, NO_TIMING, type Recorder } from './recorder.ts';

/** Bytes of a posted callback that are read. */
const LARGEST_CALLBACK = 64 * 1024;

/** Where the listener stands and what its redirect URI looks like. */
export interface LoopbackOptions {
  /** As it stands in the redirect URI: `localhost`, `127.0.0.1` or `[::1]`. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly path: string;
  readonly recorder: Recorder;
  readonly step: string;
}

/** An authorization response that belongs to this run. */
export interface Callback {
  readonly exchange: number;
  readonly url: string;
  readonly parameters: URLSearchParams;
}

/** The listener that the user's browser comes back to. */
export interface Loopback {
  readonly redirectUri: string;
  /** From now on a callback with this state, and only the first, is accepted. */
  expect(state: string): Promise<Callback>;
  /** Why callbacks that came were not accepted, oldest first. */
  rejections(): readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the callback listener, on loopback addresses only (RFC 8252 section 7.3).
 * @throws {ListenError} when the port is taken.
 */
export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const rejections: string[] = [];
  let awaited: Awaited = 'nothing-yet';
  let accept: ((callback: Callback) => void) | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    // A favicon or a stranger's path is no callback: answered, and left out of the log.
    if (pathOf(request) !== options.path) return void response.writeHead(404).end();
    const body = await readBody(request);
    const url = new URL(origin + request.url);
    const parameters = parametersOf(request, url, body);
    const { method = '' } = request;
    const rejection = parameters
      ? rejectionOf({ method, host: request.headers.host, parameters }, awaited)
      : TOO_LARGE;
    const draft = options.recorder.begin(recordRequest(request, url, body ?? NOTHING, options));
    if (!rejection) awaited = 'nothing-more';
    answer(draft, response, rejection, pageFor(rejection, parameters), options.recorder, began);
    if (rejection) rejections.push(rejection.reason);
    else
      accept?.({ exchange: draft.id, url: url.href, parameters: new URLSearchParams(parameters) });
  };

  const { port, close } = await listenOnLoopback(
    options.host,
    options.port,
    (request, response) => {
      handle(request, response).catch(() => response.destroy());
    },
  );
  const origin = `http://${options.host}:${port}`;
  return {
    redirectUri: origin + options.path,
    expect: (state) =>
      new Promise((resolve) => {
        awaited = { state };
        accept = resolve;
      }),
    rejections: () => [...rejections],
    close,
  };
}

const NOTHING = Buffer.alloc(0);

const TOO_LARGE: Rejection = { status: 413, reason: `its body exceeds ${LARGEST_CALLBACK} bytes` };

/** The path as it was asked for, not normalised; a target that is no path has none. */
function pathOf({ url = '' }: IncomingMessage): string | undefined {
  return url.startsWith('/') ? url.split('?', 1)[0] : undefined;
}

/** Query or posted form (OAuth 2.0 Form Post Response Mode); undefined for a body that is too large. */
function parametersOf(
  { method }: IncomingMessage,
  url: URL,
  body: Buffer | undefined,
): URLSearchParams | undefined {
  if (method !== 'POST') return url.searchParams;
  return body && new URLSearchParams(body.toString('utf8'));
}

function pageFor(
  rejection: Rejection | undefined,
  parameters: URLSearchParams | undefined,
): CallbackPage {
  if (rejection) return 'rejected';
  return parameters?.has('error') ? 'refused' : 'approved';
}

function answer(
  draft: Draft,
  response: ServerResponse,
  rejection: Rejection | undefined,
  kind: CallbackPage,
  recorder: Recorder,
  began: number,
): void {
  const status = rejection?.status ?? 200;
  const page = Buffer.from(callbackPage(kind));
  const headers: readonly Header[] = [...CALLBACK_HEADERS, ['content-length', String(page.length)]];
  // Nothing goes out that is not in the log.
  response.sendDate = false;
  response.writeHead(status, headers.flat()).end(draft.request.method === 'HEAD' ? '' : page);
  draft.response = { status, headers, body: recordWhole(page, headers) };
  const total = milliseconds(performance.now() - began);
  draft.timing = { ...NO_TIMING, wait_ms: total, total_ms: total };
  recorder.finish(draft);
}

function recordRequest(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  { recorder, step }: LoopbackOptions,
): Omit<Draft, 'id'> {
  const headers = pairs(request.rawHeaders);
  return {
    step,
    channel: 'loopback',
    caused_by: lastFrontExchange(recorder),
    started_at: new Date().toISOString(),
    timing: NO_TIMING,
    connection: {
      remote_address: addressOf(request.socket),
      http_version: request.httpVersion,
      tls: null,
    },
    request: {
      method: request.method ?? 'GET',
      url: url.href,
      headers,
      body: recordWhole(body, headers),
    },
    response: null,
    failure: null,
  };
}

/** The page or redirect that most likely sent the browser here. */
function lastFrontExchange(recorder: Recorder): number | null {
  return recorder.log().findLast(({ channel }) => channel === 'front')?.id ?? null;
}

function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, index): Header[] =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [],
  );
}

/** The body; undefined once it is too large, without an end to the connection. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early would destroy the socket, and with it the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_CALLBACK) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
