/** A small world of one origin: an MCP server and its authorization server, each answer replaceable. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as the world saw it. */
export interface Hit {
  /** `GET /path`, without the query. */
  readonly route: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer; `hang` gives none, `reset` cuts the connection. */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly json?: unknown;
      readonly body?: string;
    }
  | 'hang'
  | 'reset';

export type Route = Reply | ((hit: Hit, world: World) => Reply);

/** Answers by `METHOD /path`. */
export type Routes = Readonly<Record<string, Route>>;

export interface World {
  readonly origin: string;
  readonly mcpUrl: string;
  /** Everything that came, oldest first. */
  readonly hits: readonly Hit[];
  /** The requests of one route. */
  readonly hitsOf: (route: string) => readonly Hit[];
}

export const PRM = 'GET /.well-known/oauth-protected-resource/mcp';
export const ROOT_PRM = 'GET /.well-known/oauth-protected-resource';
export const ASM = 'GET /.well-known/oauth-authorization-server';
export const OIDC = 'GET /.well-known/openid-configuration';
export const MCP = 'POST /mcp';
export const REGISTER = 'POST /register';
export const AUTHORIZE = 'GET /authorize';
export const TOKEN = 'POST /token';

/** Starts a world for one test: a healthy one, but for the routes given. */
export async function startWorld(routes: Routes = {}): Promise<World> {
  const all: Routes = { ...HEALTHY, ...routes };
  const hits: Hit[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const hit = await readHit(request, world.origin);
    hits.push(hit);
    const route = all[hit.route] ?? NOT_FOUND;
    const reply = typeof route === 'function' ? route(hit, world) : route;
    if (reply === 'hang') return;
    if (reply === 'reset') return void request.socket.resetAndDestroy();
    const { status = 200, headers = {}, json, body = '' } = reply;
    for (const [name, value] of Object.entries(headers))
      response.setHeader(name, typeof value === 'string' ? value : [...value]);
    if (json !== undefined && !response.hasHeader('content-type'))
      response.setHeader('content-type', 'application/json');
    response.writeHead(status).end(json === undefined ? body : JSON.stringify(json));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world: World = {
    origin,
    mcpUrl: `${origin}/mcp`,
    hits,
    hitsOf: (route) => hits.filter((hit) => hit.route === route),
  };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return world;
}

async function readHit(request: IncomingMessage, origin: string): Promise<Hit> {
  const url = new URL(request.url ?? '/', origin);
  let body = '';
  for await (const chunk of request) body += chunk;
  return { route: `${request.method} ${url.pathname}`, url, headers: request.headers, body };
}

const NOT_FOUND: Reply = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'no' };

/** The form of a request's body. */
export function formOf({ body }: Hit): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body));
}

/** The JSON of a request's body. */
export function jsonOf({ body }: Hit): Readonly<Record<string, unknown>> {
  return JSON.parse(body) as Record<string, unknown>;
}

export function resourceMetadata({ origin, mcpUrl }: World): Record<string, unknown> {
  return { resource: mcpUrl, authorization_servers: [origin], scopes_supported: ['read', 'write'] };
}

export function serverMetadata({ origin }: World): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    revocation_endpoint: `${origin}/revoke`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  };
}

/** The answer to a registration: what was asked for, an id, and where to delete it. */
export function registered(hit: Hit, { origin }: World): Record<string, unknown> {
  return {
    ...jsonOf(hit),
    client_id: 'client-1',
    registration_client_uri: `${origin}/clients/client-1`,
    registration_access_token: 'registration-token-1',
  };
}

/** Sends the browser back with a code. */
export function callbackOf(
  { url }: Hit,
  changes: Readonly<Record<string, string | undefined>> = {},
): Reply {
  const callback = new URL(url.searchParams.get('redirect_uri') ?? 'http://127.0.0.1:9/');
  const parameters = { code: 'code-1', state: url.searchParams.get('state') ?? '', ...changes };
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) callback.searchParams.set(name, value);
  return { status: 302, headers: { location: callback.href } };
}

/** Answers one JSON-RPC message of a legacy client. */
export function answerRpc(hit: Hit): Reply {
  const { id, method, params } = jsonOf(hit);
  if (id === undefined) return { status: 202 };
  const results: Readonly<Record<string, unknown>> = {
    initialize: {
      protocolVersion: (params as { protocolVersion?: string }).protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'world', version: '1' },
    },
    'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'hello' }] },
  };
  const result = results[String(method)];
  if (result) return { json: { jsonrpc: '2.0', id, result } };
  return { json: { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } } };
}

/** The refusal that tells a client where to go. */
export function challenge({ origin }: World, more = ''): Reply {
  const pointer = `${origin}/.well-known/oauth-protected-resource/mcp`;
  return {
    status: 401,
    headers: { 'www-authenticate': `Bearer resource_metadata="${pointer}"${more}` },
  };
}

/** Protects an answer: without a bearer token there is only the challenge. */
export function guarded(route: (hit: Hit, world: World) => Reply): Route {
  return (hit, world) =>
    hit.headers.authorization?.startsWith('Bearer ') ? route(hit, world) : challenge(world);
}

const HEALTHY: Routes = {
  [MCP]: guarded(answerRpc),
  [PRM]: (_, world) => ({ json: resourceMetadata(world) }),
  [ASM]: (_, world) => ({ json: serverMetadata(world) }),
  [REGISTER]: (hit, world) => ({ status: 201, json: registered(hit, world) }),
  [AUTHORIZE]: (hit) => callbackOf(hit),
  [TOKEN]: (hit) => {
    const again = formOf(hit).grant_type === 'refresh_token' ? '2' : '1';
    return {
      json: {
        access_token: `access-${again}`,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: `refresh-${again}`,
      },
    };
  },
  'POST /revoke': {},
  'DELETE /clients/client-1': { status: 204 },
  'DELETE /mcp': {},
};
