import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Header } from '../trace/schema.ts';
import { recordBody } from './body-reader.ts';
import { CALLBACK_HEADERS, callbackPage } from './callback-page.ts';
import { type Draft, milliseconds, NO_TIMING, type Recorder } from './recorder.ts';

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

/** The port cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Opens the callback listener, on loopback addresses only (RFC 8252 section 7.3).
 * @throws {ListenError} when the port is taken.
 */
export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const rejections: string[] = [];
  let expected: string | undefined;
  let accept: ((callback: Callback) => void) | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', redirectUri);
    const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    // A favicon or a stranger's path is no callback: answered, and left out of the log.
    if (url.pathname !== options.path) return void response.writeHead(404).end();
    const rejection = refuse(request, parameters, expected);
    const draft = options.recorder.begin(recordRequest(request, url, body, options));
    if (rejection) rejections.push(rejection.reason);
    answer(draft, response, rejection, parameters.has('error'), options.recorder, began);
    if (rejection) return;
    expected = undefined;
    accept?.({ exchange: draft.id, url: url.href, parameters });
  };

  const servers = await listen(options, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const redirectUri = `http://${options.host}:${portOf(servers[0])}${options.path}`;
  return {
    redirectUri,
    expect: (state) =>
      new Promise((resolve) => {
        expected = state;
        accept = resolve;
      }),
    rejections: () => [...rejections],
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

interface Rejection {
  readonly status: number;
  readonly reason: string;
}

/** Why a request is not the awaited callback; undefined when it is. */
function refuse(
  request: IncomingMessage,
  parameters: URLSearchParams,
  expected: string | undefined,
): Rejection | undefined {
  if (!isLoopbackName(request.headers.host))
    return { status: 403, reason: 'its Host header does not name this machine' };
  if (request.method !== 'GET' && request.method !== 'POST')
    return { status: 405, reason: `its method is ${request.method}` };
  if (expected === undefined) return { status: 400, reason: 'no authorization is under way' };
  const states = parameters.getAll('state');
  if (states.length > 1) return { status: 400, reason: 'state occurs more than once' };
  if (states[0] === undefined) return { status: 400, reason: 'it carries no state' };
  if (!equal(states[0], expected))
    return { status: 400, reason: 'its state is not the one that was sent' };
  const twice = ['code', 'iss', 'error'].find((name) => parameters.getAll(name).length > 1);
  if (twice) return { status: 400, reason: `${twice} occurs more than once` };
  if (!parameters.has('code') && !parameters.has('error'))
    return { status: 400, reason: 'it carries neither code nor error' };
  return undefined;
}

/** Compares in constant time, whatever the lengths. */
function equal(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host ?? '');
}

function answer(
  draft: Draft,
  response: ServerResponse,
  rejection: Rejection | undefined,
  isError: boolean,
  recorder: Recorder,
  began: number,
): void {
  const status = rejection?.status ?? 200;
  const page = callbackPage(rejection ? 'rejected' : isError ? 'refused' : 'approved');
  const headers: readonly Header[] = [
    ...CALLBACK_HEADERS,
    ['content-length', String(Buffer.byteLength(page))],
  ];
  response.writeHead(status, headers.flat()).end(page);
  draft.response = {
    status,
    headers,
    body: { media_type: 'text/html', size: Buffer.byteLength(page), text: page },
  };
  const total = milliseconds(performance.now() - began);
  draft.timing = { ...NO_TIMING, wait_ms: total, total_ms: total };
  recorder.finish(draft);
}

function recordRequest(
  request: IncomingMessage,
  url: URL,
  text: string,
  { recorder, step }: LoopbackOptions,
): Omit<Draft, 'id'> {
  const { remoteAddress, remotePort } = request.socket;
  const bytes = Buffer.from(text);
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const digest = createHash('sha256').update(bytes).digest('hex');
  return {
    step,
    channel: 'loopback',
    caused_by: lastFrontExchange(recorder),
    started_at: new Date().toISOString(),
    timing: NO_TIMING,
    connection: {
      remote_address: remoteAddress ? `${remoteAddress}:${remotePort}` : null,
      http_version: request.httpVersion,
      tls: null,
    },
    request: {
      method: request.method ?? 'GET',
      url: url.href,
      headers: pairs(request.rawHeaders),
      body: bytes.length > 0 ? recordBody(bytes, type, bytes.length, bytes.length, digest) : null,
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_CALLBACK) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `localhost` is listened on in both families: browsers differ in which one they try first. */
async function listen(
  { host, port }: LoopbackOptions,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<readonly Server[]> {
  if (host === '[::1]') return [await listenOn('::1', port, onRequest)];
  const first = await listenOn('127.0.0.1', port, onRequest);
  if (host !== 'localhost') return [first];
  const second = await listenOn('::1', portOf(first), onRequest).catch(() => undefined);
  return second ? [first, second] : [first];
}

/** The port of a server that listens on TCP: its address is an object then. */
function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo | undefined)?.port ?? 0;
}

function listenOn(
  address: string,
  port: number,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 10_000 }, onRequest);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'FAILED';
      const what = code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${code})`;
      reject(new ListenError(code, `port ${port} on ${address} ${what}`, error));
    });
    server.listen({ host: address, port, exclusive: true }, () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
