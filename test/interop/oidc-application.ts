import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import Provider from 'oidc-provider';
import { sessionfulMcp } from './sdk-server.ts';

/** The authorization server, which grants tokens for this MCP server alone. */
export function createProvider(issuer: string, mcpUrl: string): ReturnType<Provider['callback']> {
  const provider = new Provider(issuer, {
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access', 'tools'],
    cookies: { keys: ['interop'] },
    features: {
      registration: { enabled: true },
      registrationManagement: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, indicator) => {
          if (indicator !== mcpUrl) throw new Error(`unknown resource ${indicator}`);
          return { scope: 'tools', accessTokenFormat: 'jwt', accessTokenTTL: 600 };
        },
      },
    },
  });
  return provider.callback();
}

/** The MCP server: it takes the tokens that the issuer signed for it. */
export function createMcpServer(origin: string, issuer: string): express.Express {
  const url = new URL(`${origin}/mcp`);
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const verifier = {
    verifyAccessToken: async (token: string) => {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: url.href });
      return {
        token,
        clientId: String(payload.client_id),
        scopes: String(payload.scope ?? '').split(' '),
        expiresAt: payload.exp ?? 0,
      };
    },
  };
  const application = express();
  application.use(
    mcpAuthMetadataRouter({
      oauthMetadata: {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        response_types_supported: ['code'],
      },
      resourceServerUrl: url,
      scopesSupported: ['tools'],
    }),
  );
  application.use(
    '/mcp',
    requireBearerAuth({
      verifier,
      requiredScopes: ['tools'],
      resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(url),
    }),
    express.json(),
    sessionfulMcp(),
  );
  return application;
}
