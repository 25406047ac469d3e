/** Real servers on this machine, and our own way to them. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createHttp } from '../../src/http/client.ts';
import { type ConnectionOptions, openConnections } from '../../src/http/connection.ts';
import { type Http, HttpError } from '../../src/http/http.ts';
import { createRecorder } from '../../src/http/recorder.ts';
import type { Exchange, Header } from '../../src/trace/schema.ts';

/** Starts an HTTP server for one test; gives its origin. */
export function serve(onRequest: RequestListener): Promise<string> {
  return started(createServer(onRequest), 'http');
}

/** Starts an HTTPS server for one test; gives its origin on 127.0.0.1. */
export function serveTls(options: TlsOptions, onRequest: RequestListener): Promise<string> {
  return started(createTlsServer(options, onRequest), 'https');
}

/** Starts a server that speaks for itself, byte by byte; gives its origin. */
export function serveBytes(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  return started(server, 'http');
}

/** Answers the first request of each connection with these bytes, then ends the connection. */
export function serveAnswer(bytes: string | Buffer): Promise<string> {
  return serveBytes((socket) => socket.once('data', () => socket.end(bytes)));
}

type AnyServer = ReturnType<typeof createTcpServer>;

async function started(server: AnyServer, scheme: string): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${portOf(server)}`;
}

function portOf(server: AnyServer): number {
  return (server.address() as AddressInfo).port;
}

/** A port on which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface ClientOptions extends Partial<ConnectionOptions> {
  readonly maxBody?: number;
  readonly headers?: readonly Header[];
  readonly signal?: AbortSignal;
  readonly onExchange?: (exchange: Exchange) => void;
}

export interface Client {
  readonly http: Http;
  readonly log: () => readonly Exchange[];
  /** The only exchange so far. */
  readonly only: () => Exchange;
}

/** Our way to the network, with a log of its own. */
export function client(options: ClientOptions = {}): Client {
  const { maxBody = 1000, headers = [], signal, onExchange, ...connection } = options;
  const timeout = connection.timeout ?? 60_000;
  const connections = openConnections({ ...connection, timeout });
  onTestFinished(() => connections.close());
  const recorder = createRecorder(onExchange);
  const http = createHttp({
    connections,
    recorder,
    timeout,
    maxBody,
    userAgent: 'test/1',
    headers,
    signal: signal ?? new AbortController().signal,
  })('challenge');
  return {
    http,
    log: recorder.log,
    only: () => {
      const [exchange, ...others] = recorder.log();
      if (!exchange || others.length > 0) throw new Error(`${others.length + 1} exchanges`);
      return exchange;
    },
  };
}

/** The error that a request ended with. */
export async function errorOf(request: Promise<unknown>): Promise<HttpError> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HttpError) return error;
  throw new Error(`expected an HttpError, got ${String(error)}`);
}
