import type { AccessTokens } from '../access-token.ts';
import { type AuthorizationServer, createAuthorizationServer } from '../authorization-server.ts';
import { createExpiring } from '../expiring.ts';
import type { Fault } from '../faults/fault.ts';
import { introspectionRoutes } from '../introspection.ts';
import { createMcpEndpoint } from '../mcp.ts';
import { serverMetadataRoutes } from '../metadata.ts';
import { randomToken } from '../random.ts';
import { registrationRoutes } from '../registration.ts';
import { resourceRoutes } from '../resource.ts';
import { respondWith } from '../router.ts';
import { tokenRoutes } from '../token.ts';
import { federatedLoginRoutes, type Kept } from './federated/login.ts';
import { createUpstream, type Upstream, type UpstreamClient } from './federated/upstream.ts';
import { formLoginRoutes } from './form-login.ts';
import type { Host, Network } from './network.ts';
import { protectedRoute } from './protected-route.ts';
import { resourceMetadataRoute, worldRealm } from './realm.ts';
import { createRemoteTokens } from './remote-tokens.ts';
import { createToolServer, type Tool } from './tool-server.ts';
import type { Setting, Started, World } from './world.ts';

/** A remote MCP server that is an authorization server to its clients and a client to a provider. */
export const federated: World = {
  name: 'federated',
  describe:
    'the MCP server issues its own tokens, users log in at an OpenID provider, an API takes its JWTs',
  users: [{ username: 'testuser', password: 'testpass' }],
  call: { tool: 'list_todos', arguments: {} },
  stepUp: { tool: 'list_bills', arguments: {} },
  expected: { outcome: 'completed', refresh: true, skipped: [], findings: [] },
  start,
};

const SCOPES = {
  'read:todos': 'Read your to-dos',
  'read:billing': 'Read your bills',
  openid: 'Know who you are',
  email: 'Know your e-mail address',
  offline_access: 'Stay connected while you are away',
};

const TODOS = ['Water the plants', 'Return the library books'];
const BILLS = [{ month: '2026-01', amount: 12.5 }];

async function start(network: Network, { port, faults, now }: Setting): Promise<Started> {
  const mcp = await network.open('mcp-server', { port });
  const provider = await network.open('openid-provider');
  const api = await network.open('todos-api');
  const client: UpstreamClient = {
    issuer: provider.origin,
    id: 'remote-mcp-server',
    secret: randomToken(),
    redirectUri: `${mcp.origin}/callback`,
    resource: api.origin,
    now,
  };
  await serveProvider(provider, client);
  serveApi(api, client);
  const mcpUrl = `${mcp.origin}/mcp`;
  const close = await serveMcp(mcp, mcpUrl, client, faults);
  return {
    mcpUrl,
    places: { todos: `${api.origin}/todos`, billing: `${api.origin}/billing` },
    close,
  };
}

/** The provider knows one client, this MCP server; what its users grant there is not its business. */
async function serveProvider(host: Host, client: UpstreamClient): Promise<void> {
  const realm = worldRealm({
    issuer: host.origin,
    resource: client.resource,
    scopes: SCOPES,
    tokens: 'jwt',
    now: client.now,
  });
  const server = await createAuthorizationServer(realm, {
    users: federated.users.map(({ username, password = '' }) => ({ name: username, password })),
    isSecure: false,
    cookie: 'provider_session',
  });
  server.clients.add({
    id: client.id,
    secret: client.secret,
    metadata: {
      redirect_uris: [client.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  });
  host.serve(
    respondWith(
      [
        ...serverMetadataRoutes(realm, server.keys),
        ...formLoginRoutes(server, { title: 'Log in' }),
        ...tokenRoutes(server),
        ...introspectionRoutes(server),
      ],
      [],
    ),
  );
}

function serveApi(host: Host, { issuer, resource, now }: UpstreamClient): void {
  const realm = worldRealm({
    issuer,
    resource,
    resourceMetadata: `${host.origin}/.well-known/oauth-protected-resource`,
    scopes: SCOPES,
    now,
  });
  const tokens = createRemoteTokens(host, {
    issuer,
    jwksUri: `${issuer}/jwks`,
    audience: resource,
    now,
  });
  const list = (path: string, scope: string, items: readonly unknown[]) =>
    protectedRoute({
      path,
      realm,
      tokens,
      scope,
      answer: (_, { subject }) => ({ owner: subject, items }),
    });
  host.serve(
    respondWith(
      [
        resourceMetadataRoute(realm, 'To-dos'),
        list('/todos', 'read:todos', TODOS),
        list('/billing', 'read:billing', BILLS),
      ],
      [],
    ),
  );
}

async function serveMcp(
  host: Host,
  mcpUrl: string,
  client: UpstreamClient,
  faults: readonly Fault[],
): Promise<() => Promise<void>> {
  const realm = worldRealm({
    issuer: host.origin,
    resource: mcpUrl,
    resourceMetadata: `${host.origin}/.well-known/oauth-protected-resource/mcp`,
    scopes: SCOPES,
    faults,
    now: client.now,
  });
  const upstream = createUpstream(host, client);
  const kept: Kept = createExpiring(client.now, 30 * 24 * 3600);
  const { server, grantOf } = withGrants(
    await createAuthorizationServer(realm, { users: [], isSecure: false }),
  );
  const read = (path: string) => (_: string, caller: { readonly token: string }) =>
    readApi(host, client, path, upstream, kept, grantOf(caller.token));
  const endpoint = await createMcpEndpoint(
    'json',
    () => createToolServer('federated', toolsWith(read)),
    realm.nameSession,
  );
  host.serve(
    respondWith(
      [
        ...serverMetadataRoutes(realm, server.keys),
        ...registrationRoutes(server),
        ...federatedLoginRoutes(server, upstream, kept),
        ...tokenRoutes(server),
        ...introspectionRoutes(server),
        resourceMetadataRoute(realm, 'To-dos over MCP'),
        ...resourceRoutes(realm, server.accessTokens, endpoint, TOOL_SCOPES),
      ],
      faults,
    ),
  );
  return endpoint.close;
}

const TOOL_SCOPES = { list_bills: ['read:todos', 'read:billing'] };

function toolsWith(read: (path: string) => Tool['run']): readonly Tool[] {
  return [
    {
      name: 'list_todos',
      describe: 'Lists the to-dos of the user.',
      takes: 'nothing',
      run: read('/todos'),
    },
    {
      name: 'list_bills',
      describe: 'Lists the bills of the user.',
      takes: 'nothing',
      run: read('/billing'),
    },
  ];
}

/** A server that remembers which grant an access token is of: the provider's tokens hang on it. */
function withGrants(server: AuthorizationServer): {
  readonly server: AuthorizationServer;
  readonly grantOf: (token: string) => string;
} {
  const { accessTokens, realm } = server;
  const grants = createExpiring<string>(realm.now, realm.accessTokenSeconds);
  const issue: AccessTokens['issue'] = async (grant, scopes, situation) => {
    const token = await accessTokens.issue(grant, scopes, situation);
    grants.set(token, grant.id);
    return token;
  };
  return {
    server: { ...server, accessTokens: { ...accessTokens, issue } },
    grantOf: (token) => grants.get(token) ?? '',
  };
}

/** Calls the API with the provider's token; the client's own never leaves this server. */
async function readApi(
  host: Host,
  { resource, now }: UpstreamClient,
  path: string,
  upstream: Upstream,
  kept: Kept,
  grant: string,
): Promise<string> {
  const known = kept.get(grant);
  if (!known) return 'the login at the provider is over: log in again';
  const tokens = known.expiresAt > now() ? known : await upstream.refresh(known);
  if (typeof tokens === 'string') return tokens;
  kept.set(grant, tokens);
  const { status, body } = await host.ask({
    url: resource + path,
    headers: [
      ['authorization', `Bearer ${tokens.accessToken}`],
      ['accept', 'application/json'],
    ],
  });
  return status === 200 ? body : `the API answered with ${status}`;
}
