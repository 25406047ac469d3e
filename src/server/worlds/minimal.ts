import {
  type AuthorizationServer,
  authorizationServerRoutes,
  createAuthorizationServer,
} from '../authorization-server.ts';
import { createMcpEndpoint } from '../mcp.ts';
import { randomToken } from '../random.ts';
import type { Realm } from '../realm.ts';
import { resourceRoutes, type TokenCheck } from '../resource.ts';
import { respondWith } from '../router.ts';
import type { Host, Network } from './network.ts';
import { protectedRoute } from './protected-route.ts';
import { resourceMetadataRoute, worldRealm } from './realm.ts';
import { createRemoteTokens } from './remote-tokens.ts';
import { createToolServer, type Tool } from './tool-server.ts';
import type { Setting, Started, World } from './world.ts';

/** The smallest deployment: an authorization server and two resource servers that take its JWTs. */
export const minimal: World = {
  name: 'minimal',
  describe: 'authorization server, MCP server and a plain protected API, on ports of their own',
  users: [{ username: 'testuser', password: 'testpass' }],
  call: { tool: 'echo', arguments: { text: 'hello' } },
  expected: { outcome: 'completed', refresh: true, skipped: [], findings: [] },
  canIntrospect: true,
  start,
};

const SCOPES = {
  echo: 'Have your words echoed',
  openid: 'Know who you are',
  offline_access: 'Stay connected while you are away',
};

const TOOLS: readonly Tool[] = [
  { name: 'echo', describe: 'Returns its text.', takes: 'text', run: (text) => text },
  {
    name: 'whoami',
    describe: 'Says whose token this is.',
    takes: 'nothing',
    run: (_, caller) => ({ sub: caller.extra?.subject, client_id: caller.clientId }),
  },
];

async function start(network: Network, setting: Setting): Promise<Started> {
  const mcpHost = await network.open('mcp-server', { port: setting.port });
  const echoHost = await network.open('echo-api');
  const loginHost = await network.open('authorization-server');
  const [mcpRealm, echoRealm] = [
    realmOf(loginHost, mcpHost, '/mcp', setting),
    realmOf(loginHost, echoHost, '/echo', setting),
  ];
  const server = await createAuthorizationServer(mcpRealm, {
    users: minimal.users.map(({ username, password = '' }) => ({ name: username, password })),
    isSecure: false,
  });
  serveLogin(loginHost, server, echoRealm, setting);
  const tokensFor = (host: Host, realm: Realm): TokenCheck =>
    remoteTokens(host, realm, server, setting);
  echoHost.serve(
    respondWith(
      [
        resourceMetadataRoute(echoRealm, 'Echo'),
        echoRoute(echoRealm, tokensFor(echoHost, echoRealm)),
      ],
      [],
    ),
  );
  const endpoint = await createMcpEndpoint(
    'json',
    () => createToolServer('minimal', TOOLS),
    mcpRealm.nameSession,
  );
  mcpHost.serve(
    respondWith(
      [
        resourceMetadataRoute(mcpRealm, 'Minimal MCP server'),
        ...resourceRoutes(mcpRealm, tokensFor(mcpHost, mcpRealm), endpoint, {}),
      ],
      setting.faults,
    ),
  );
  return { mcpUrl: mcpRealm.resource, places: { echo: echoRealm.resource }, close: endpoint.close };
}

/** Its tokens are for others: who takes one is the resource servers' to check. */
function realmOf(login: Host, host: Host, path: string, { faults, now }: Setting): Realm {
  return worldRealm({
    issuer: login.origin,
    resource: host.origin + path,
    resourceMetadata: `${host.origin}/.well-known/oauth-protected-resource${path}`,
    scopes: SCOPES,
    tokens: 'jwt',
    omits: ['audience'],
    faults,
    now,
  });
}

/** One authorization server for two resources: a request names the one it is for. */
function serveLogin(
  host: Host,
  server: AuthorizationServer,
  echo: Realm,
  { faults }: Setting,
): void {
  const usual = respondWith(authorizationServerRoutes(server), faults);
  const forEcho = respondWith(authorizationServerRoutes({ ...server, realm: echo }), faults);
  host.serve((inbound) =>
    inbound.url.searchParams.get('resource') === echo.resource ? forEcho(inbound) : usual(inbound),
  );
}

/** A resource server that asks about tokens is a client without grants. */
function remoteTokens(
  host: Host,
  { issuer, resource, now }: Realm,
  server: AuthorizationServer,
  { introspect }: Setting,
): TokenCheck {
  const secret = randomToken();
  server.clients.add({
    id: host.name,
    secret,
    metadata: {
      redirect_uris: [],
      grant_types: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  });
  return createRemoteTokens(host, {
    issuer,
    audience: resource,
    jwksUri: `${issuer}/jwks`,
    now,
    ...(introspect && { introspection: { url: `${issuer}/introspect`, id: host.name, secret } }),
  });
}

function echoRoute(realm: Realm, tokens: TokenCheck): ReturnType<typeof protectedRoute> {
  return protectedRoute({
    path: '/echo',
    realm,
    tokens,
    scope: 'echo',
    answer: ({ url }, { subject }) => ({
      ok: true,
      echo: url.searchParams.get('text') ?? '',
      sub: subject,
    }),
  });
}
