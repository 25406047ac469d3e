import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as a site's server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** What a route answers; a bare string is an HTML page. */
export type Reply =
  | string
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string;
    };

export type Routes = Readonly<Record<string, Reply | ((seen: Seen) => Reply)>>;

export interface Site {
  readonly origin: string;
  readonly seen: readonly Seen[];
  /** The requests to one route, `POST /login`. */
  at(route: string): readonly Seen[];
}

/** A loopback server that answers by method and path, and ends with the test. */
export async function openSite(routes: Routes | ((origin: string) => Routes)): Promise<Site> {
  const seen: Seen[] = [];
  let table: Routes = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(one);
      const route = table[routeOf(one)] ?? { status: 404, body: '' };
      const reply = typeof route === 'function' ? route(one) : route;
      const whole = typeof reply === 'string' ? { body: reply } : reply;
      response.writeHead(whole.status ?? 200, { 'content-type': 'text/html', ...whole.headers });
      response.end(whole.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  table = typeof routes === 'function' ? routes(origin) : routes;
  return { origin, seen, at: (route) => seen.filter((one) => routeOf(one) === route) };
}

/** A redirect. */
export function redirect(location: string, status = 302): Reply {
  return { status, headers: { location } };
}

function routeOf({ method, path }: Seen): string {
  return `${method} ${path.split('?')[0]}`;
}
