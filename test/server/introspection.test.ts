import { expect, test } from 'vitest';
import { bearer, callModern, obtainTokens, postToken, refreshForm, register } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy({ tokens: 'opaque' });

function post(path: string, form: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(server.issuer + path, { method: 'POST', body: new URLSearchParams(form) });
}

async function machineToken() {
  const { document } = await register(server, {
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const client = {
    client_id: String(document.client_id),
    client_secret: String(document.client_secret),
  };
  const answer = await postToken(server, { ...client, grant_type: 'client_credentials' });
  return { client, token: String(answer.document.access_token) };
}

test('an opaque token tells its bearer nothing and opens the MCP server', async () => {
  const { tokens } = await obtainTokens(server);
  expect(tokens.access_token).toMatch(/^[\w-]{43}$/);
  const response = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  expect(response.status).toBe(200);
});

test('a client introspects its own token', async () => {
  const { client, token } = await machineToken();
  const response = await post('/introspect', { ...client, token });
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toMatchObject({
    active: true,
    aud: server.mcpUrl,
    client_id: client.client_id,
    scope: 'mcp:tools',
    token_type: 'Bearer',
  });
});

test('a token of another client is inactive to a client', async () => {
  const { client } = await machineToken();
  const { tokens } = await obtainTokens(server);
  const response = await post('/introspect', { ...client, token: tokens.access_token });
  expect(await response.json()).toEqual({ active: false });
});

test('an unknown token is inactive', async () => {
  const { client } = await machineToken();
  const response = await post('/introspect', { ...client, token: 'guessed' });
  expect(await response.json()).toEqual({ active: false });
});

test('a public client cannot introspect', async () => {
  const { flow, tokens } = await obtainTokens(server);
  const form = { client_id: flow.clientId, token: tokens.access_token };
  expect((await post('/introspect', form)).status).toBe(401);
});

test('a revoked access token is refused, its refresh token is not', async () => {
  const { flow, tokens } = await obtainTokens(server);
  const form = { client_id: flow.clientId, token: tokens.access_token };
  const revocation = await post('/revoke', form);
  const call = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  const refresh = await postToken(server, refreshForm(server, flow.clientId, tokens.refresh_token));
  expect([revocation.status, call.status, refresh.status]).toEqual([200, 401, 200]);
});

test('a revoked refresh token ends the access tokens too', async () => {
  const { flow, tokens } = await obtainTokens(server);
  await post('/revoke', { client_id: flow.clientId, token: tokens.refresh_token });
  const call = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  const refresh = await postToken(server, refreshForm(server, flow.clientId, tokens.refresh_token));
  expect(call.status).toBe(401);
  expect(refresh.document.error).toBe('invalid_grant');
});

test('revoking an unknown token is fine', async () => {
  const { flow } = await obtainTokens(server);
  const response = await post('/revoke', { client_id: flow.clientId, token: 'guessed' });
  expect(response.status).toBe(200);
});

test('a token cannot be revoked by another client', async () => {
  const { tokens } = await obtainTokens(server);
  const other = String((await register(server)).document.client_id);
  await post('/revoke', { client_id: other, token: tokens.access_token });
  await post('/revoke', { client_id: other, token: tokens.refresh_token });
  const call = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  expect(call.status).toBe(200);
});

test('a request without a token is refused', async () => {
  const { flow } = await obtainTokens(server);
  const response = await post('/revoke', { client_id: flow.clientId });
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});
