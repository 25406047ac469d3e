import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Header } from '../trace/schema.ts';
import { CALLBACK_HEADERS, type CallbackPage, callbackPage } from './callback-page.ts';
import type { CallbackRequest, Rejection } from './callback-verdict.ts';
import type { Callback, LoopbackOptions } from './loopback.ts';
import { recordWhole } from './recorded-body.ts';
import { addressOf, type Draft, milliseconds, NO_TIMING, type Recorder } from './recorder.ts';

/** Bytes of a posted callback that are read. */
const LARGEST_CALLBACK = 64 * 1024;

/** What a request to the listener is judged by. */
export interface Hearing extends LoopbackOptions {
  /** `scheme://host:port` of the redirect URI. */
  readonly origin: string;
  /** Undefined lets the request pass as the awaited callback. */
  readonly admit: (request: CallbackRequest) => Rejection | undefined;
}

/**
 * Answers one request to the listener and records it. A favicon or a stranger's path is no callback:
 * answered, and left out of the log.
 * @returns the callback, where it is the awaited one
 */
export async function answerCallback(
  request: IncomingMessage,
  response: ServerResponse,
  hearing: Hearing,
): Promise<Callback | undefined> {
  const began = performance.now();
  if (pathOf(request) !== hearing.path) {
    response.writeHead(404).end();
    return undefined;
  }
  const body = await readBody(request);
  const url = new URL(hearing.origin + request.url);
  const parameters = parametersOf(request, url, body);
  const { method = '', headers } = request;
  const rejection = hearing.admit({ method, host: headers.host, parameters });
  const draft = hearing.recorder.begin(recordRequest(request, url, body ?? NOTHING, hearing));
  answer(draft, response, rejection, pageFor(rejection, parameters));
  const total = milliseconds(performance.now() - began);
  draft.timing = { ...NO_TIMING, wait_ms: total, total_ms: total };
  hearing.recorder.finish(draft);
  return rejection || !parameters
    ? undefined
    : { exchange: draft.id, url: url.href, parameters: new URLSearchParams(parameters) };
}

const NOTHING = Buffer.alloc(0);

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
): void {
  const status = rejection?.status ?? 200;
  const page = Buffer.from(callbackPage(kind));
  const headers: readonly Header[] = [...CALLBACK_HEADERS, ['content-length', String(page.length)]];
  // Nothing goes out that is not in the log.
  response.sendDate = false;
  response.writeHead(status, headers.flat()).end(draft.request.method === 'HEAD' ? '' : page);
  draft.response = { status, headers, body: recordWhole(page, headers) };
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
