import { headerValue } from '../../../trace/headers.ts';
import type { Header } from '../../../trace/schema.ts';
import { type Answer, type AnswerKind, type Inbound, refusal } from '../../answer.ts';
import { readBearer } from '../../bearer.ts';
import type { Realm } from '../../realm.ts';
import { baseScope, refuse } from '../../resource.ts';
import type { Host } from '../network.ts';
import { basic } from '../remote-tokens.ts';

/** One host name of the gateway. */
export interface GatewayRoute {
  readonly host: string;
  /** Origin of the server behind it. */
  readonly upstream: string;
  /** What its answers count as in the log. */
  readonly kind: AnswerKind;
  /** The resource whose opaque tokens are turned into JWTs; absent where none are. */
  readonly protects?: Realm;
  /** Methods that are let through; absent for all. */
  readonly methods?: readonly string[];
}

/** Where opaque tokens are asked about, and as whom. */
export interface Introspection {
  readonly url: string;
  readonly id: string;
  readonly secret: string;
}

/** The one door to every server: picks the upstream by host name, and opens opaque tokens. */
export function createGateway(
  host: Host,
  routes: readonly GatewayRoute[],
  introspection: Introspection,
): (inbound: Inbound) => Promise<Answer> {
  return async (inbound) => {
    const route = routes.find((candidate) => candidate.host === inbound.url.hostname);
    if (!route) return refusal(404, 'no route matched');
    if (route.methods && !route.methods.includes(inbound.method))
      return refusal(405, `${inbound.method} is not let through`);
    const token = route.protects && readBearer(inbound);
    if (!route.protects || token === undefined) return forward(host, route, inbound, []);
    const jwt = await reveal(host, introspection, token);
    return jwt === undefined
      ? refuseToken(route.protects)
      : forward(host, route, inbound, [['authorization', `Bearer ${jwt}`]]);
  };
}

/** The request under the name that the client called, whatever address the socket has. */
export function calledByName(inbound: Inbound): Inbound {
  const host = headerValue(inbound.headers, 'host') ?? '';
  const { protocol, pathname, search } = inbound.url;
  const name = `${protocol}//${host}`;
  return URL.canParse(name) ? { ...inbound, url: new URL(name + pathname + search) } : inbound;
}

/** The request as the client sent it, where a gateway says how that was. */
export function calledThroughGateway(inbound: Inbound): Inbound {
  const [protocol, host] = ['x-forwarded-proto', 'x-forwarded-host'].map((name) =>
    headerValue(inbound.headers, name),
  );
  const { pathname, search } = inbound.url;
  const name = `${protocol}://${host}`;
  return host !== undefined && URL.canParse(name)
    ? { ...inbound, url: new URL(name + pathname + search) }
    : inbound;
}

/** Introspection that is answered with the JWT itself; undefined for a token that is not good. */
async function reveal(
  host: Host,
  { url, id, secret }: Introspection,
  token: string,
): Promise<string | undefined> {
  const { status, body } = await host.ask({
    method: 'POST',
    url,
    headers: [
      ['authorization', basic(id, secret)],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/jwt'],
    ],
    body: new URLSearchParams({ token }).toString(),
  });
  return status === 200 ? body : undefined;
}

function refuseToken(realm: Realm): Answer {
  const text = 'the token is unknown or has expired';
  const error = { scope: baseScope(realm), error: 'invalid_token', error_description: text };
  return refuse(realm, 'rejection', 401, error, text);
}

async function forward(
  host: Host,
  { upstream, kind }: GatewayRoute,
  inbound: Inbound,
  instead: readonly Header[],
): Promise<Answer> {
  const { method, url, headers, body } = inbound;
  const replaced = new Set(instead.map(([name]) => name));
  const kept = headers.filter(
    ([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()) && !replaced.has(name.toLowerCase()),
  );
  const reply = await host.ask({
    method,
    url: upstream + url.pathname + url.search,
    headers: [
      ...kept,
      ...instead,
      ['x-forwarded-proto', url.protocol.slice(0, -1)],
      ['x-forwarded-host', url.host],
      ['via', `1.1 ${host.name}`],
    ],
    ...(body !== '' && { body }),
  });
  const answerHeaders = reply.headers.filter(
    ([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()),
  );
  return {
    kind,
    status: reply.status,
    headers: answerHeaders,
    ...(reply.stream ? { stream: reply.stream } : reply.body !== '' && { body: reply.body }),
  };
}

/** Headers between two neighbours, which no proxy passes on; nor a name that only a proxy may give. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-host',
  'x-forwarded-proto',
]);
