import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { register } from 'node:module';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { createServer } from './sdk-server.ts';

/** The one module of the Workers runtime that the library imports: a class to derive handlers from. */
const RUNTIME = 'data:text/javascript,export class WorkerEntrypoint {}';
register(
  `data:text/javascript,${encodeURIComponent(
    `export const resolve = (name, context, next) => name === 'cloudflare:workers'
      ? { url: ${JSON.stringify(RUNTIME)}, shortCircuit: true }
      : next(name, context);`,
  )}`,
);

/** One Worker that is authorization server and MCP server, as the library's README sets it up. */
export async function createWorker(origin: string): Promise<RequestListener> {
  const { OAuthProvider } = await import('@cloudflare/workers-oauth-provider');
  const provider = new OAuthProvider<Environment>({
    apiRoute: '/mcp',
    apiHandler: { fetch: answerMcp },
    defaultHandler: { fetch: authorize },
    authorizeEndpoint: '/authorize',
    tokenEndpoint: '/oauth/token',
    clientRegistrationEndpoint: '/register',
    scopesSupported: ['tools', 'offline_access'],
    requiredScopes: ['tools'],
    resourceMetadata: { resource: `${origin}/mcp`, authorization_servers: [origin] },
  });
  const environment = { OAUTH_KV: createStore() };
  const context = { waitUntil: () => {}, passThroughOnException: () => {} };
  return async (incoming, outgoing) => {
    const request = await requestOf(incoming, origin);
    // The library's types are those of the Workers runtime, which Node's stand in for.
    const answer: Response = await provider.fetch(request, environment as never, context as never);
    await send(answer, outgoing);
  };
}

interface Environment {
  readonly OAUTH_PROVIDER: {
    parseAuthRequest(request: Request): Promise<{ readonly scope: string[] }>;
    completeAuthorization(granted: object): Promise<{ readonly redirectTo: string }>;
  };
}

/** The page that the library leaves to whoever uses it: one button, and nobody has to log in. */
async function authorize(request: Request, { OAUTH_PROVIDER }: Environment): Promise<Response> {
  if (new URL(request.url).pathname !== '/authorize') return new Response(null, { status: 404 });
  const asked = await OAUTH_PROVIDER.parseAuthRequest(new Request(request.url));
  if (request.method === 'GET')
    return new Response('<title>Approve</title><form method="post"><button>Allow</button></form>', {
      headers: { 'content-type': 'text/html' },
    });
  const { redirectTo } = await OAUTH_PROVIDER.completeAuthorization({
    request: asked,
    userId: 'alice',
    metadata: {},
    scope: asked.scope,
    props: {},
  });
  return Response.redirect(redirectTo, 302);
}

async function answerMcp(request: Request): Promise<Response> {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  // The SDK's transport type predates exactOptionalPropertyTypes.
  const server = createServer();
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  return await transport.handleRequest(request);
}

/** As much of a KV namespace as the library uses. */
function createStore() {
  const values = new Map<string, string>();
  return {
    get: async (key: string, options?: { readonly type: string }) => {
      const value = values.get(key);
      if (value === undefined) return null;
      return options?.type === 'json' ? JSON.parse(value) : value;
    },
    put: async (key: string, value: string) => void values.set(key, value),
    delete: async (key: string) => void values.delete(key),
    list: async ({ prefix = '' }: { readonly prefix?: string } = {}) => ({
      keys: [...values.keys()].filter((name) => name.startsWith(prefix)).map((name) => ({ name })),
      list_complete: true,
    }),
  };
}

async function requestOf(incoming: IncomingMessage, origin: string): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming;
  const chunks: readonly Buffer[] = await incoming.toArray();
  return new Request(new URL(url, origin), {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
}

async function send(answer: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(answer.status, [...answer.headers].flat());
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
}
