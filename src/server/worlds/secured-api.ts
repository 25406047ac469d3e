import { createAuthorizationServer } from '../authorization-server.ts';
import { createClients } from '../clients.ts';
import type { Fault } from '../faults/fault.ts';
import { createMcpEndpoint } from '../mcp.ts';
import { documentRoute } from '../metadata.ts';
import { randomToken } from '../random.ts';
import type { Realm } from '../realm.ts';
import { resourceRoutes } from '../resource.ts';
import { type Route, respondWith } from '../router.ts';
import { createAuthority } from './certificate.ts';
import type { Host, Network } from './network.ts';
import { protectedRoute } from './protected-route.ts';
import { resourceMetadataRoute, worldRealm } from './realm.ts';
import { createRemoteTokens } from './remote-tokens.ts';
import { calledByName, calledThroughGateway, createGateway } from './secured-api/gateway.ts';
import { emailLoginRoutes } from './secured-api/login.ts';
import { MESSAGES_PATH, mailRoutes, readOneTimePassword } from './secured-api/mail.ts';
import { metadataRoutes } from './secured-api/metadata.ts';
import { createPhantomTokens } from './secured-api/phantom-tokens.ts';
import { register } from './secured-api/registration.ts';
import { STOCKS, stocksTool } from './secured-api/stocks.ts';
import { answerToken, type Issuer, introspect, TOKEN_EXCHANGE } from './secured-api/token.ts';
import { createToolServer } from './tool-server.ts';
import type { Expected, Setting, Started, World } from './world.ts';

/** APIs behind a gateway: clients hold opaque tokens, servers see JWTs, each for one audience. */
export const securedApi: World = {
  name: 'secured-api',
  describe:
    'API gateway over TLS, opaque tokens, e-mail login, MCP server that exchanges tokens for an API',
  users: [{ username: 'john.doe@demo.example' }, { username: 'jane.test@demo.example' }],
  call: { tool: 'list_stocks', arguments: {} },
  expected: {
    outcome: 'completed',
    refresh: false,
    skipped: ['refresh'],
    findings: [
      'asm-cimd-unsupported',
      'dcr-drops-refresh-token',
      'dcr-ignores-requested-none',
      'dcr-no-cleanup',
      'dns-not-globally-routable',
      'nonstandard-port',
      'token-no-refresh-token',
      'token-type-nonstandard-case',
    ],
  },
  start,
};

const SCOPES = { 'stocks/read': 'Read stock prices' };
const NAMES = ['mcp', 'login', 'api', 'mail'] as const;
const ISSUER_PATH = '/oauth/v2/oauth-anonymous';
const PRM_PATH = '/.well-known/oauth-protected-resource';
const SERVERS = { gateway: 'api-gateway', mcp: 'mcp-server' };

/** What every server of the deployment is configured with. */
interface Deployment {
  /** Origins as clients know them, by the first part of the host name. */
  readonly origins: Readonly<Record<(typeof NAMES)[number], string>>;
  readonly hosts: Readonly<Record<(typeof NAMES)[number] | 'gateway', Host>>;
  /** Secrets of the gateway and of the MCP server at the authorization server. */
  readonly secrets: Readonly<Record<keyof typeof SERVERS, string>>;
  readonly mcp: Realm;
  readonly api: Realm;
  readonly faults: readonly Fault[];
  readonly now: () => number;
}

async function start(network: Network, { port, faults, now }: Setting): Promise<Started> {
  const authority = createAuthority('Demo certificate authority', now());
  const tls = authority.issue(NAMES.map(hostName));
  const gateway = await network.open('gateway', { port, tls });
  const { port: open } = new URL(gateway.origin);
  const origin = (name: (typeof NAMES)[number]): string =>
    new URL(`https://${hostName(name)}:${open}`).origin;
  const origins = {
    mcp: origin('mcp'),
    login: origin('login'),
    api: origin('api'),
    mail: origin('mail'),
  };
  const hosts = {
    gateway,
    login: await network.open('login'),
    mcp: await network.open('mcp-server'),
    api: await network.open('stocks-api'),
    mail: await network.open('mail'),
  };
  const secrets = { gateway: randomToken(), mcp: randomToken() };
  const deployment = { origins, hosts, secrets, faults, now, ...realms(origins, faults, now) };
  serveGateway(deployment);
  await serveLogin(deployment);
  const close = await serveMcp(deployment);
  serveApi(deployment);
  hosts.mail.serve(respondWith(mailRoutes(now), []));
  return {
    mcpUrl: deployment.mcp.resource,
    resolve: NAMES.map((name) => ({
      host: hostName(name),
      port: Number(open || 443),
      address: '127.0.0.1',
    })),
    ca: authority.cert,
    ...(open === '' && { expected: onUsualPort(securedApi.expected) }),
    otp: () => readOneTimePassword(hosts.mail.origin),
    places: { inbox: `${origins.mail}/`, api: `${origins.api}/stocks`, login: origins.login },
    close,
  };
}

function onUsualPort(expected: Expected): Expected {
  return { ...expected, findings: expected.findings.filter((id) => id !== 'nonstandard-port') };
}

function hostName(name: (typeof NAMES)[number]): string {
  return `${name}.demo.example`;
}

function realms(
  origins: Deployment['origins'],
  faults: readonly Fault[],
  now: () => number,
): Pick<Deployment, 'mcp' | 'api'> {
  const shared = {
    issuer: origins.login + ISSUER_PATH,
    scopes: SCOPES,
    accessTokenSeconds: 900,
    faults,
    now,
  };
  const { mcp, api } = origins;
  return {
    mcp: worldRealm({ ...shared, resource: `${mcp}/`, resourceMetadata: mcp + PRM_PATH }),
    api: worldRealm({ ...shared, resource: api, resourceMetadata: api + PRM_PATH }),
  };
}

function serveGateway({ hosts, mcp, api, secrets }: Deployment): void {
  const gateway = createGateway(
    hosts.gateway,
    [
      { host: hostName('mcp'), upstream: hosts.mcp.origin, kind: 'mcp', protects: mcp },
      { host: hostName('login'), upstream: hosts.login.origin, kind: 'page' },
      { host: hostName('api'), upstream: hosts.api.origin, kind: 'mcp', protects: api },
      { host: hostName('mail'), upstream: hosts.mail.origin, kind: 'page', methods: ['GET'] },
    ],
    {
      url: `${hosts.login.origin}/oauth/v2/oauth-introspect`,
      id: SERVERS.gateway,
      secret: secrets.gateway,
    },
  );
  hosts.gateway.serve(gateway, calledByName);
}

async function serveLogin({ hosts, mcp, api, secrets, faults }: Deployment): Promise<void> {
  const created = await createAuthorizationServer(mcp, { users: [], isSecure: true });
  const tokens = createPhantomTokens(mcp, created.keys, created.grants);
  const server = {
    ...created,
    clients: createClients([
      serverClient(SERVERS.gateway, secrets.gateway, []),
      serverClient(SERVERS.mcp, secrets.mcp, [TOKEN_EXCHANGE]),
    ]),
    accessTokens: tokens,
  };
  const issuer: Issuer = { server, tokens, audiences: [api.resource] };
  const approved = securedApi.users.map(({ username }) => username);
  const routes: readonly Route[] = [
    ...metadataRoutes(mcp, ISSUER_PATH),
    documentRoute(`${ISSUER_PATH}/jwks`, 'jwks', created.keys.jwks),
    post('/oauth/v2/oauth-registration', (inbound) => register(server, inbound)),
    post('/oauth/v2/oauth-token', (inbound) => answerToken(issuer, inbound)),
    post('/oauth/v2/oauth-introspect', (inbound) => introspect(issuer, inbound)),
    ...emailLoginRoutes(server, approved, (mail) =>
      hosts.login.ask({
        method: 'POST',
        url: hosts.mail.origin + MESSAGES_PATH,
        headers: [['content-type', 'application/json']],
        body: JSON.stringify(mail),
      }),
    ),
  ];
  const answer = respondWith(routes, faults);
  hosts.login.serve((inbound) => answer(calledThroughGateway(inbound)));
}

function serverClient(id: string, secret: string, grants: readonly string[]) {
  return {
    id,
    secret,
    metadata: {
      redirect_uris: [],
      grant_types: grants,
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic' as const,
    },
  };
}

function post(path: string, answer: Route['methods'][string]): Route {
  return { path, cors: true, methods: { POST: answer } };
}

async function serveMcp(deployment: Deployment): Promise<() => Promise<void>> {
  const { hosts, mcp, api, secrets, faults } = deployment;
  const tool = stocksTool(hosts.mcp, {
    tokenUrl: `${hosts.login.origin}/oauth/v2/oauth-token`,
    id: SERVERS.mcp,
    secret: secrets.mcp,
    audience: api.resource,
    url: `${hosts.api.origin}/stocks`,
  });
  const endpoint = await createMcpEndpoint(
    'json',
    () => createToolServer('secured-api', [tool]),
    mcp.nameSession,
  );
  const tokens = remoteTokens(hosts.mcp, mcp, deployment);
  const answer = respondWith(
    [resourceMetadataRoute(mcp, 'Stocks over MCP'), ...resourceRoutes(mcp, tokens, endpoint, {})],
    faults,
  );
  hosts.mcp.serve((inbound) => answer(calledThroughGateway(inbound)));
  return endpoint.close;
}

function serveApi(deployment: Deployment): void {
  const { hosts, api } = deployment;
  const stocks = protectedRoute({
    path: '/stocks',
    realm: api,
    tokens: remoteTokens(hosts.api, api, deployment),
    scope: 'stocks/read',
    answer: () => STOCKS,
  });
  hosts.api.serve(respondWith([stocks, resourceMetadataRoute(api, 'Stocks')], []));
}

/** The JWTs of the deployment, by keys that are fetched past the gateway. */
function remoteTokens(host: Host, { issuer, resource }: Realm, { hosts, now }: Deployment) {
  return createRemoteTokens(host, {
    issuer,
    audience: resource,
    jwksUri: `${hosts.login.origin}${ISSUER_PATH}/jwks`,
    now,
  });
}
