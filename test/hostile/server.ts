/** A whole MCP server with its authorization server, lawful but for the answers a test replaces. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { type Issued, issue } from './issued.ts';

/** One request, and every way to answer it. */
export interface Visit {
  /** `GET /path`, without the query. */
  readonly route: string;
  readonly url: URL;
  readonly body: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
  /** Answers as a lawful server would. */
  readonly lawfully: () => void;
}

/** Answers one route, lawfully or not. */
export type Answering = (visit: Visit) => void;

/** Answers by route; `*` takes what no other one does. */
export type Behaviour = Readonly<Record<string, Answering>>;

export const LEGS = {
  challenge: 'POST /mcp',
  'resource metadata': 'GET /.well-known/oauth-protected-resource/mcp',
  'server metadata': 'GET /.well-known/oauth-authorization-server',
  registration: 'POST /register',
  'login page': 'GET /authorize',
  token: 'POST /token',
} as const;

export const USER = { name: 'hostile-tester', password: 'Correct-Horse-7531' } as const;

export interface Server {
  readonly origin: string;
  readonly mcpUrl: string;
  /** What came, oldest first. */
  readonly visits: readonly Pick<Visit, 'route' | 'url' | 'body' | 'request'>[];
  /** Everything that must never stand in what leaves the tool. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

/** `name` is the host that its documents say; `--resolve` then leads there. With `tls` it speaks https. */
export async function startHostile(
  behaviour: Behaviour = {},
  name = '127.0.0.1',
  tls?: Pick<TlsOptions, 'key' | 'cert'>,
): Promise<Server & { readonly issued: Issued }> {
  const issued = issue();
  const brought = new Set<string>();
  const visits: Server['visits'][number][] = [];
  const sockets = new Set<Socket>();
  const hear: RequestListener = async (request, response) => {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', server.origin);
    const route = `${request.method} ${url.pathname}`;
    visits.push({ route, url, body, request });
    const verifier = new URLSearchParams(body).get('code_verifier');
    if (verifier) brought.add(verifier);
    const { socket } = request;
    const lawfully = (): void => answerLawfully(visit, issued);
    const visit: Visit = { route, url, body, request, response, socket, server, lawfully };
    const answering = behaviour[route] ?? behaviour['*'];
    if (answering) answering(visit);
    else lawfully();
  };
  const options = { ...tls, maxHeaderSize: 64 * 1024 };
  const listener = tls ? createTlsServer(options, hear) : createServer(options, hear);
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const origin = `${tls ? 'https' : 'http'}://${name}:${(listener.address() as AddressInfo).port}`;
  const server = {
    origin,
    mcpUrl: `${origin}/mcp`,
    visits,
    issued,
    get secrets() {
      return [...Object.values(issued), ...brought, USER.password];
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return server;
}

/** Sends a JSON document. */
export function json({ response }: Visit, document: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

/** Sends a page. */
export function page({ response }: Visit, html: string, headers: object = {}): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html);
}

/** Sends the browser, or the client, elsewhere. */
export function redirect({ response }: Visit, location: string, status = 302): void {
  response.writeHead(status, { location }).end();
}

export function resourceDocument({ server }: Visit): Record<string, unknown> {
  return { resource: server.mcpUrl, authorization_servers: [server.origin] };
}

export function serverDocument({ server }: Visit): Record<string, unknown> {
  return {
    issuer: server.origin,
    authorization_endpoint: `${server.origin}/authorize`,
    token_endpoint: `${server.origin}/token`,
    registration_endpoint: `${server.origin}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  };
}

/** The refusal that says where the metadata stands. */
export function challenge({ response, server }: Visit, more = ''): void {
  const pointer = `${server.origin}/.well-known/oauth-protected-resource/mcp`;
  response
    .writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${pointer}"${more}` })
    .end();
}

/** The redirect to the callback, as an authorization server sends it. */
function callbackUrl({ url }: Visit, code: string): string {
  const asked = url.searchParams.get('redirect_uri') ?? '';
  const target = new URL(URL.canParse(asked) ? asked : 'http://127.0.0.1:9/');
  target.searchParams.set('code', code);
  target.searchParams.set('state', url.searchParams.get('state') ?? '');
  return target.href;
}

/** The answer of a lawful server. */
export function answerLawfully(visit: Visit, issued: Issued): void {
  (LAWFUL[visit.route] ?? notFound)(visit, issued);
}

const LAWFUL: Readonly<Record<string, (visit: Visit, issued: Issued) => void>> = {
  [LEGS.challenge]: (visit, issued) => {
    if (visit.request.headers.authorization) answerRpc(visit, issued);
    else challenge(visit);
  },
  [LEGS['resource metadata']]: (visit) => json(visit, resourceDocument(visit)),
  [LEGS['server metadata']]: (visit) => json(visit, serverDocument(visit)),
  [LEGS.registration]: (visit, { clientSecret, registrationToken }) =>
    json(
      visit,
      {
        ...(JSON.parse(visit.body) as object),
        client_id: 'hostile-client',
        client_secret: clientSecret,
        registration_access_token: registrationToken,
        registration_client_uri: `${visit.server.origin}/clients/hostile-client`,
      },
      201,
    ),
  [LEGS['login page']]: (visit, { cookie }) =>
    page(visit, loginPage(visit.url.search), { 'set-cookie': `login=${cookie}; HttpOnly; Path=/` }),
  'POST /login': (visit, { code }) => {
    const { password } = Object.fromEntries(new URLSearchParams(visit.body));
    if (password === USER.password) redirect(visit, callbackUrl(visit, code), 303);
    else page(visit, '<p role=alert>Wrong password</p>');
  },
  [LEGS.token]: (visit, { access, refresh }) =>
    json(visit, {
      access_token: access,
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: 3600,
    }),
  'DELETE /clients/hostile-client': ({ response }) => void response.writeHead(204).end(),
  'DELETE /mcp': ({ response }) => void response.writeHead(200).end(),
};

function notFound({ response }: Visit): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
}

/** The page that asks for a name and a password. */
export function loginPage(query: string, title = 'Log in'): string {
  return `<!doctype html><title>${title}</title>
<form method="post" action="/login${query.replaceAll('&', '&amp;')}">
<label>Name <input name="username"></label>
<label>Password <input name="password" type="password"></label>
<button>Log in</button></form>`;
}

function answerRpc(visit: Visit, { session }: Issued): void {
  const { id, method, params } = JSON.parse(visit.body) as Record<string, unknown>;
  if (id === undefined) return void visit.response.writeHead(202).end();
  if (method === 'initialize') visit.response.setHeader('mcp-session-id', session);
  const results: Readonly<Record<string, unknown>> = {
    initialize: {
      protocolVersion: (params as { protocolVersion?: string }).protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'hostile', version: '1' },
    },
    'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
  };
  const result = results[String(method)];
  const error = { code: -32601, message: 'Method not found' };
  json(visit, { jsonrpc: '2.0', id, ...(result ? { result } : { error }) });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // A client that goes away in the middle of its request.
  }
  return Buffer.concat(chunks).toString('utf8');
}
