import { expect, test } from 'vitest';
import type { Json } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();

async function documentAt(path: string): Promise<{ response: Response; document: Json }> {
  const response = await fetch(server.issuer + path);
  return { response, document: (await response.json()) as Json };
}

test('the resource metadata names the MCP URL and its issuer', async () => {
  const { response, document } = await documentAt('/.well-known/oauth-protected-resource/mcp');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(document).toMatchObject({
    resource: server.mcpUrl,
    authorization_servers: [server.issuer],
    bearer_methods_supported: ['header'],
  });
});

test('offline_access is a matter of the authorization server alone', async () => {
  const resource = await documentAt('/.well-known/oauth-protected-resource/mcp');
  const issuer = await documentAt('/.well-known/oauth-authorization-server');
  expect(resource.document.scopes_supported).toEqual(['mcp:tools', 'stocks:read']);
  expect(issuer.document.scopes_supported).toContain('offline_access');
});

test('the issuer is the one the metadata was asked for, without a trailing slash', async () => {
  const { document } = await documentAt('/.well-known/oauth-authorization-server');
  expect(document.issuer).toBe(server.issuer);
  expect(server.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('the OpenID Connect document says the same and what OpenID Connect asks for besides', async () => {
  const oauth = await documentAt('/.well-known/oauth-authorization-server');
  const openid = await documentAt('/.well-known/openid-configuration');
  expect(openid.document).toMatchObject({
    ...oauth.document,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
});

test('every advertised endpoint is there', async () => {
  const { document } = await documentAt('/.well-known/oauth-authorization-server');
  const endpoints = Object.entries(document).filter(([name]) => /_endpoint$|_uri$/.test(name));
  const statuses = await Promise.all(
    endpoints.map(async ([, url]) => (await fetch(String(url), { method: 'OPTIONS' })).status),
  );
  expect(endpoints).toHaveLength(6);
  expect(statuses).not.toContain(404);
});

test('no metadata array is empty', async () => {
  const documents = await Promise.all(
    ['oauth-protected-resource/mcp', 'oauth-authorization-server', 'openid-configuration'].map(
      async (name) => (await documentAt(`/.well-known/${name}`)).document,
    ),
  );
  const values = documents.flatMap((document) => Object.values(document));
  expect(values.filter((value) => Array.isArray(value) && value.length === 0)).toEqual([]);
});

test('the keys hold no private part', async () => {
  const { document } = await documentAt('/jwks');
  const [key] = document.keys as readonly Json[];
  expect(key).toMatchObject({ kty: 'EC', alg: 'ES256', use: 'sig' });
  expect(key).not.toHaveProperty('d');
});

test('scripts of any origin may read metadata, but not the authorization endpoint', async () => {
  const headers = { origin: 'https://app.example' };
  const metadata = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`, {
    headers,
  });
  const authorize = await fetch(`${server.issuer}/authorize`, { headers });
  expect(metadata.headers.get('access-control-allow-origin')).toBe('*');
  expect(authorize.headers.get('access-control-allow-origin')).toBeNull();
});

test('metadata stands in its well-known place only', async () => {
  const root = await fetch(`${server.issuer}/.well-known/oauth-protected-resource`);
  expect(root.status).toBe(404);
});
