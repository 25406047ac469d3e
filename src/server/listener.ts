import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Header } from '../trace/schema.ts';
import { type Answer, type Inbound, refusal } from './answer.ts';

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
}

/** An open socket that answers nothing until it is given a way to. */
export interface Listener {
  /** `http://127.0.0.1:8000`: no trailing slash. */
  readonly origin: string;
  readonly serve: (respond: Respond) => void;
  /** Ends open connections at once. */
  readonly close: () => Promise<void>;
}

/** Turns a request into its answer. */
export type Respond = (inbound: Inbound) => Promise<Answer>;

/** No request of the protocol needs more. */
const BODY_LIMIT = 1024 * 1024;

/**
 * Opens a socket; the port is known before anything has to name it.
 * @throws the system's error, such as EADDRINUSE, when the address cannot be had.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  let respond: Respond = async () => refusal(503, 'not serving yet');
  const server = createNodeServer(options.tls, (request, response) => {
    void converse(origin, request, response, (inbound) => respond(inbound));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP socket's address is never a string
  const origin = `${options.tls ? 'https' : 'http'}://${bracketed(options.host)}:${port}`;
  return {
    origin,
    serve: (next) => {
      respond = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createNodeServer(
  tls: ListenOptions['tls'],
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  return tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

async function converse(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
  respond: Respond,
): Promise<void> {
  try {
    const inbound = await read(origin, request);
    write(inbound ? await respond(inbound) : TOO_LARGE, response);
  } catch (error) {
    if (response.headersSent || request.destroyed) response.destroy();
    else write(refusal(500, `internal error: ${String(error)}`), response);
  }
}

const TOO_LARGE = refusal(413, 'the request is too large', [['connection', 'close']]);

/** The request with its body; undefined when that is longer than the limit. */
async function read(origin: string, request: IncomingMessage): Promise<Inbound | undefined> {
  const startedAt = Date.now();
  const target = request.url?.startsWith('/') ? request.url : '/';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  const { socket } = request;
  return {
    method: request.method ?? 'GET',
    url: new URL(origin + target),
    headers: pairs(request.rawHeaders),
    body: Buffer.concat(chunks).toString('utf8'),
    remoteAddress: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`,
    tls:
      socket instanceof TLSSocket
        ? { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().name }
        : null,
    startedAt,
  };
}

function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : [],
  );
}

function write(answer: Answer, response: ServerResponse): void {
  const headers = answer.headers.flat();
  if (answer.stream) {
    response.writeHead(answer.status, headers);
    response.flushHeaders();
    // The two ReadableStream types, the web's and Node's, are one class at run time.
    const stream = Readable.fromWeb(answer.stream as Parameters<typeof Readable.fromWeb>[0]);
    response.on('close', () => stream.destroy());
    stream.on('error', () => response.destroy());
    stream.pipe(response);
    return;
  }
  const body = answer.body === undefined ? undefined : Buffer.from(answer.body);
  const length = body || answer.status !== 204 ? ['content-length', String(body?.length ?? 0)] : [];
  response.writeHead(answer.status, [...headers, ...length]);
  response.end(body);
}
