import type { Header } from '../trace/schema.ts';
import { type Answer, type Inbound, refusal } from './answer.ts';
import type { Fault } from './faults/fault.ts';
import type { Respond } from './listener.ts';

/** One path and what its methods answer. */
export interface Route {
  /** Exact, or with a last segment that varies: `/register/*`. */
  readonly path: string;
  /** True where scripts of other origins may read the answer: never for pages and `/authorize`. */
  readonly cors?: boolean;
  /** By method; `*` answers every method itself. HEAD is answered as GET. */
  readonly methods: Readonly<Record<string, (inbound: Inbound) => Answer | Promise<Answer>>>;
}

/** Answers requests by these routes; each fault changes what the routes, and those before it, say. */
export function respondWith(routes: readonly Route[], faults: readonly Fault[]): Respond {
  return async (inbound) =>
    faults.reduce(
      (answer, fault) => fault.change?.(answer, inbound) ?? answer,
      await route(routes, inbound),
    );
}

async function route(routes: readonly Route[], inbound: Inbound): Promise<Answer> {
  const found = routes.find(({ path }) => matches(path, inbound.url.pathname));
  if (!found) return refusal(404, `nothing is served at ${inbound.url.pathname}`);
  const method = inbound.method === 'HEAD' && found.methods.GET ? 'GET' : inbound.method;
  const answer = found.methods[method] ?? found.methods['*'];
  if (found.cors && method === 'OPTIONS' && !found.methods['*']) return preflight(found);
  if (!answer) {
    const allow = Object.keys(found.methods).join(', ');
    return refusal(405, `${inbound.method} is not allowed, only ${allow}`, [['allow', allow]]);
  }
  const given = await answer(inbound);
  return found.cors ? { ...given, headers: [...given.headers, ANY_ORIGIN] } : given;
}

function matches(path: string, pathname: string): boolean {
  if (!path.endsWith('/*')) return path === pathname;
  const prefix = path.slice(0, -1);
  return pathname.startsWith(prefix) && !pathname.slice(prefix.length).includes('/');
}

const ANY_ORIGIN: Header = ['access-control-allow-origin', '*'];

function preflight({ methods }: Route): Answer {
  return {
    kind: 'refusal',
    status: 204,
    headers: [
      ANY_ORIGIN,
      ['access-control-allow-methods', Object.keys(methods).join(', ')],
      ['access-control-allow-headers', 'authorization, content-type, mcp-protocol-version'],
    ],
  };
}
