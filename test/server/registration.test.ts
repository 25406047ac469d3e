import { expect, test } from 'vitest';
import { bearer, callModern, obtainTokens, REDIRECT, register } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();

test('a registration is echoed with everything that was registered', async () => {
  const { status, document, response } = await register(server, { scope: 'mcp:tools' });
  expect(status).toBe(201);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(document).toMatchObject({
    client_name: 'Test client',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'mcp:tools',
  });
  expect(document.client_id).toBeTypeOf('string');
});

test('a public client gets no secret', async () => {
  const { document } = await register(server);
  expect(document).not.toHaveProperty('client_secret');
  expect(document).not.toHaveProperty('client_secret_expires_at');
});

test('a confidential client gets a secret and when it expires', async () => {
  const { document } = await register(server, {
    token_endpoint_auth_method: 'client_secret_basic',
  });
  expect(document.client_secret).toMatch(/^[\w-]{43}$/);
  expect(document.client_secret_expires_at).toBe(0);
});

test('what RFC 7591 gives a default has it', async () => {
  const { document } = await register(server, {
    grant_types: undefined,
    response_types: undefined,
    token_endpoint_auth_method: undefined,
  });
  expect(document).toMatchObject({
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  });
});

test.each([
  ['http on another host', 'http://client.example/callback'],
  ['javascript', 'javascript:alert(1)'],
  ['data', 'data:text/html,hello'],
  ['a fragment', 'https://client.example/callback#part'],
  ['a wildcard', 'https://*.client.example/callback'],
  ['a relative URI', '/callback'],
  ['credentials', 'https://user:password@client.example/'],
])('a redirect URI with %s is refused', async (_, uri) => {
  const { status, document } = await register(server, { redirect_uris: [uri] });
  expect(status).toBe(400);
  expect(document.error).toBe('invalid_redirect_uri');
});

test.each([
  'http://127.0.0.1/callback',
  'http://localhost:8080/callback',
  'http://[::1]:8080/callback',
  'https://client.example/callback',
  'com.example.client:/callback',
])('the redirect URI %s is taken', async (uri) => {
  const { document } = await register(server, {
    redirect_uris: [uri],
    application_type: 'native',
  });
  expect(document.redirect_uris).toEqual([uri]);
});

test('a web client may not redirect to loopback', async () => {
  const { document } = await register(server, { application_type: 'web' });
  expect(document.error).toBe('invalid_redirect_uri');
});

test('a grant that is not offered is dropped', async () => {
  const { document } = await register(server, { grant_types: ['authorization_code', 'implicit'] });
  expect(document.grant_types).toEqual(['authorization_code']);
});

test.each([
  ['an unknown authentication method', { token_endpoint_auth_method: 'magic' }],
  ['another response type', { response_types: ['token'] }],
  ['no grant that is offered', { grant_types: ['password'] }],
  ['client_credentials without authentication', { grant_types: ['client_credentials'] }],
  ['a name that is no string', { client_name: 7 }],
])('metadata with %s is refused', async (_, metadata) => {
  const { status, document } = await register(server, metadata);
  expect(status).toBe(400);
  expect(document.error).toBe('invalid_client_metadata');
});

test('a body that is not JSON is refused as metadata', async () => {
  const response = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' });
});

test('a client reads its own registration', async () => {
  const { document } = await register(server);
  const response = await fetch(String(document.registration_client_uri), {
    headers: bearer(String(document.registration_access_token)),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(document);
});

test.each(['GET', 'DELETE'])('%s of a registration needs its own token', async (method) => {
  const { document } = await register(server);
  const other = await register(server);
  const url = String(document.registration_client_uri);
  const anonymous = await fetch(url, { method });
  const stranger = await fetch(url, {
    method,
    headers: bearer(String(other.document.registration_access_token)),
  });
  expect(anonymous.status).toBe(401);
  expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
  expect(stranger.status).toBe(401);
  expect(stranger.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
});

test('a deleted client is gone, and so are its tokens', async () => {
  const { document } = await register(server);
  const headers = bearer(String(document.registration_access_token));
  const url = String(document.registration_client_uri);
  expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204);
  expect((await fetch(url, { headers })).status).toBe(401);
  const authorize = await fetch(
    `${server.issuer}/authorize?response_type=code&client_id=${document.client_id}`,
  );
  expect(authorize.status).toBe(400);
});

test('the tokens of a deleted client are refused', async () => {
  const { flow, tokens } = await obtainTokens(server);
  await fetch(String(flow.client.registration_client_uri), {
    method: 'DELETE',
    headers: bearer(String(flow.client.registration_access_token)),
  });
  const call = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  expect(call.status).toBe(401);
});
