import { type AuthorizationServer, createAuthorizationServer } from '../authorization-server.ts';
import { all, callbackQuery, document, type Fault, header, on } from '../faults/fault.ts';
import { createMcpEndpoint } from '../mcp.ts';
import { documentRoute } from '../metadata.ts';
import { registrationRoutes } from '../registration.ts';
import { resourceRoutes } from '../resource.ts';
import { type Route, respondWith } from '../router.ts';
import { tokenRoutes } from '../token.ts';
import { accountFormRoutes } from './account-form.ts';
import { formLoginRoutes } from './form-login.ts';
import type { Network } from './network.ts';
import { worldRealm } from './realm.ts';
import { createToolServer, type Tool } from './tool-server.ts';
import type { Setting, Started, World } from './world.ts';

/** A server of the first revision: one origin is everything, and its metadata stands there. */
export const legacy: World = {
  name: 'legacy',
  describe: 'MCP 2025-03-26: one origin with metadata, login at /authorize, MCP endpoint at /',
  users: [{ username: 'testuser', password: 'testpass' }],
  call: { tool: 'list_recipes', arguments: {} },
  expected: {
    outcome: 'completed',
    refresh: true,
    skipped: [],
    // What later revisions brought is advice to a server of the first.
    findings: [
      'asm-cimd-unsupported',
      'asm-iss-parameter-unadvertised',
      'challenge-scope-missing',
      'dcr-no-cleanup',
      'prm-not-found',
    ],
  },
  start: (network, setting) => start(network, setting, 'metadata'),
};

/** The same without any metadata: its endpoints stand where the revision says by default. */
export const legacyBare: World = {
  ...legacy,
  name: 'legacy-bare',
  describe:
    'MCP 2025-03-26 without any metadata: the default endpoints /authorize, /token, /register',
  expected: {
    ...legacy.expected,
    findings: [
      'challenge-scope-missing',
      'dcr-no-cleanup',
      'legacy-endpoint-fallback-used',
      'prm-not-found',
    ],
  },
  start: (network, setting) => start(network, setting, 'bare'),
};

const SIGN_UP_PATH = '/register_user';

const TOOLS: readonly Tool[] = [
  {
    name: 'list_recipes',
    describe: 'Lists the recipes of the user.',
    takes: 'nothing',
    run: (_, { extra }) => ({ owner: extra?.subject, recipes: ['Pancakes', 'Minestrone'] }),
  },
];

async function start(
  network: Network,
  { port, faults, now }: Setting,
  kind: 'metadata' | 'bare',
): Promise<Started> {
  const host = await network.open('mcp-server', { port });
  const realm = worldRealm({
    issuer: host.origin,
    resource: `${host.origin}/`,
    scopes: { 'recipes:read': 'Read your recipes' },
    // Resource indicators came with the second revision.
    omits: ['resource', 'token-resource', 'audience'],
    faults,
    now,
  });
  const server = await createAuthorizationServer(realm, {
    users: legacy.users.map(({ username, password = '' }) => ({ name: username, password })),
    isSecure: false,
  });
  const endpoint = await createMcpEndpoint(
    'json',
    () => createToolServer('legacy', TOOLS, ['2025-03-26']),
    realm.nameSession,
  );
  const answer = respondWith(
    [
      ...(kind === 'metadata' ? [metadataRoute(host.origin)] : []),
      ...authorizationRoutes(server),
      ...resourceRoutes(realm, server.accessTokens, endpoint, {}),
    ],
    [AS_OF_OLD, ...faults],
  );
  host.serve(answer);
  return {
    mcpUrl: realm.resource,
    places: { 'sign-up': host.origin + SIGN_UP_PATH },
    close: endpoint.close,
  };
}

function authorizationRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    ...registrationRoutes(server).filter(({ path }) => path === '/register'),
    ...formLoginRoutes(server, {
      title: 'Log in to Recipes',
      signUpPath: SIGN_UP_PATH,
    }),
    ...accountFormRoutes(server, SIGN_UP_PATH),
    ...tokenRoutes(server),
  ];
}

/** @see https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization */
function metadataRoute(origin: string): Route {
  return documentRoute('/.well-known/oauth-authorization-server', 'asm', {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  });
}

/** Answers without what later revisions brought: pointers to metadata, managed registrations. */
const AS_OF_OLD: Fault = {
  id: 'as-of-old',
  describe: 'answers as a server of the first revision',
  rules: [],
  change: all(
    on(
      'callback',
      callbackQuery((query) => new URLSearchParams([...query].filter(([name]) => name !== 'iss'))),
    ),
    on(['challenge', 'rejection', 'step-up'], header('www-authenticate', 'Bearer realm="recipes"')),
    on(
      'registration',
      document(({ registration_client_uri, registration_access_token, ...rest }) => rest),
    ),
  ),
};
