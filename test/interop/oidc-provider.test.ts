import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Performed } from '../../src/flow/perform.ts';
import { judge } from '../../src/rules/judge.ts';
import { redact } from '../../src/trace/redact.ts';
import { runHeadlessly } from './run.ts';
import { sessionfulMcp } from './sdk-server.ts';
import { secretsIn, spellings } from './secrets.ts';
import { type LoggedServer, listenAndLog, sentTo } from './server-log.ts';

let authorization: LoggedServer;
let resource: LoggedServer;
let performed: Performed;

beforeAll(async () => {
  authorization = await listenAndLog();
  resource = await listenAndLog();
  authorization.use(createProvider(authorization.origin, `${resource.origin}/mcp`));
  resource.use(createMcpServer(resource.origin, authorization.origin));
  performed = await runHeadlessly(
    `${resource.origin}/mcp`,
    { username: 'alice', password: 'a password nobody guesses' },
    { flow: { call: { tool: 'echo', arguments: { text: 'hello' } } } },
  );
});

afterAll(async () => {
  await authorization.close();
  await resource.close();
});

test('the whole sequence completes against oidc-provider and an MCP server of the v1 SDK', () => {
  const { steps, outcome, reason } = performed.trace.sequence_summary;
  expect(reason).toBeNull();
  expect(outcome).toBe('completed');
  expect(steps.map(({ id, outcome: ended }) => `${id} ${ended}`)).toEqual([
    'challenge done',
    'resource-metadata done',
    'server-metadata done',
    'registration done',
    'authorization done',
    'token done',
    'call done',
    'refresh done',
    'cleanup done',
  ]);
});

test('the trace holds every request that the servers saw, and no more', () => {
  const sent = sentTo(performed.trace, [authorization, resource]);
  // The MCP server itself fetches the keys it verifies tokens with.
  const seen = [...authorization.seen, ...resource.seen].filter((line) => !line.includes('/jwks '));
  expect([...sent].sort()).toEqual(seen.sort());
});

test('no secret of the run stands in the redacted trace', () => {
  const secrets = secretsIn(performed.trace);
  expect(secrets.size).toBeGreaterThan(10);
  const known = [{ kind: 'password', value: 'a password nobody guesses' }];
  const text = JSON.stringify(redact(performed.trace, known));
  const leaked = [...secrets].filter((secret) =>
    spellings(secret).some((one) => text.includes(one)),
  );
  expect(leaked).toEqual([]);
});

test('what the rules find is true', () => {
  const findings = judge(performed.trace).findings.map(
    ({ rule, severity }) => `${severity} ${rule.id}`,
  );
  // oidc-provider knows no client ID metadata documents as set up here, lists the implicit grant, and
  // grants tools where tools offline_access was asked for; the SDK's middleware says invalid_token to
  // a request without a token.
  expect(findings).toEqual([
    'warning asm-cimd-unsupported',
    'warning asm-deprecated-grants',
    'info challenge-error-without-credentials',
    'info token-scope-differs',
  ]);
});

function createProvider(issuer: string, mcpUrl: string): ReturnType<Provider['callback']> {
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

function createMcpServer(origin: string, issuer: string): express.Express {
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
