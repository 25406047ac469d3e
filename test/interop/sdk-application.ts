import { randomBytes, randomUUID } from 'node:crypto';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import type { OAuthServerProvider } from '@modelcontextprotocol/sdk/server/auth/provider.js';
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';
import type { OAuthClientInformationFull } from '@modelcontextprotocol/sdk/shared/auth.js';
import express from 'express';
import { sessionfulMcp } from './sdk-server.ts';

/**
 * An MCP server that is its own authorization server, out of the v1 SDK's parts. `mcp` answers what
 * got past the token check.
 */
export function createApplication(
  origin: string,
  mcp: express.RequestHandler = sessionfulMcp(),
): express.Express {
  const provider = createProvider();
  const url = new URL(`${origin}/mcp`);
  const application = express();
  application.use(
    mcpAuthRouter({
      provider,
      issuerUrl: new URL(origin),
      resourceServerUrl: url,
      scopesSupported: ['tools'],
    }),
  );
  application.use(
    '/mcp',
    requireBearerAuth({
      verifier: provider,
      resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(url),
    }),
    express.json(),
    mcp,
  );
  return application;
}

/** Codes and tokens in memory; every request is approved at once. */
function createProvider(): OAuthServerProvider {
  const clients = new Map<string, OAuthClientInformationFull>();
  const codes = new Map<string, { challenge: string; scopes: readonly string[] }>();
  const tokens = new Map<string, { clientId: string; scopes: readonly string[] }>();
  const issue = (clientId: string, scopes: readonly string[]) => {
    const [access, refresh] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
    tokens.set(access, { clientId, scopes });
    tokens.set(refresh, { clientId, scopes });
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: refresh,
      scope: scopes.join(' '),
    };
  };
  return {
    clientsStore: {
      getClient: (id) => clients.get(id),
      registerClient: (client) => {
        const registered = { ...client, client_id: randomUUID() } as OAuthClientInformationFull;
        clients.set(registered.client_id, registered);
        return registered;
      },
    },
    authorize: async (_client, { state, redirectUri, codeChallenge, scopes = [] }, response) => {
      const code = randomUUID();
      codes.set(code, { challenge: codeChallenge, scopes });
      const target = new URL(redirectUri);
      target.searchParams.set('code', code);
      if (state !== undefined) target.searchParams.set('state', state);
      response.redirect(target.href);
    },
    challengeForAuthorizationCode: async (_client, code) => codes.get(code)?.challenge ?? '',
    exchangeAuthorizationCode: async ({ client_id }, code) =>
      issue(client_id, codes.get(code)?.scopes ?? []),
    exchangeRefreshToken: async ({ client_id }, token) => {
      const known = tokens.get(token);
      tokens.delete(token);
      return issue(client_id, known?.scopes ?? []);
    },
    verifyAccessToken: async (token) => {
      const known = tokens.get(token);
      if (!known) throw new Error('unknown token');
      return {
        token,
        clientId: known.clientId,
        scopes: [...known.scopes],
        expiresAt: Date.now() / 1000 + 600,
      };
    },
    revokeToken: async (_client, { token }) => void tokens.delete(token),
  };
}
