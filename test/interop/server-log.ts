import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Trace } from '../../src/trace/schema.ts';

/** A server we did not write, and every request that reached it. */
export interface LoggedServer {
  readonly origin: string;
  /** `METHOD url traceparent`, in order of arrival. */
  readonly seen: readonly string[];
  /** Puts the application in place, once its origin is known. */
  use(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Listens on a free port and notes each request before the application gets it. */
export async function listenAndLog(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<LoggedServer> {
  const seen: string[] = [];
  let application: RequestListener = (_, response) => response.writeHead(503).end();
  const handle: RequestListener = (request, response) => {
    seen.push(line(request, origin));
    application(request, response);
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    seen,
    use: (listener) => {
      application = listener;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function line({ method, url, headers }: IncomingMessage, origin: string): string {
  return `${method} ${origin}${url} ${String(headers.traceparent)}`;
}

/** What a trace says was sent to these servers, in the form of their logs. */
export function sentTo(trace: Trace, servers: readonly LoggedServer[]): readonly string[] {
  const origins = new Set(servers.map(({ origin }) => origin));
  return trace.trace_log
    .filter(({ request }) => origins.has(new URL(request.url).origin))
    .map(({ request }) => {
      const traceparent = request.headers.find(([name]) => name === 'traceparent')?.[1];
      const { origin, pathname, search } = new URL(request.url);
      return `${request.method} ${origin}${pathname}${search} ${String(traceparent)}`;
    });
}
