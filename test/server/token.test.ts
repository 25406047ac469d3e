import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import {
  bearer,
  callModern,
  codeForm,
  obtainCode,
  obtainTokens,
  postToken,
  register,
} from './client.ts';
import { servedBy, testClock } from './support.ts';

const clock = testClock();
const server = servedBy({ now: clock.now });

test('a token answer holds what the specifications ask for and is kept out of caches', async () => {
  const flow = await obtainCode(server);
  const { status, headers, document } = await postToken(server, codeForm(server, flow));
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('pragma')).toBe('no-cache');
  expect(document).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'mcp:tools' });
  expect(document.refresh_token).toBeTypeOf('string');
});

test('an access token follows the JWT profile and is bound to the resource', async () => {
  const { flow, tokens } = await obtainTokens(server);
  expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
  const claims = decodeJwt(tokens.access_token);
  expect(claims).toMatchObject({
    iss: server.issuer,
    aud: server.mcpUrl,
    sub: 'testuser',
    client_id: flow.clientId,
    scope: 'mcp:tools',
  });
  expect(claims.jti).toBeTypeOf('string');
  expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
});

test('a replayed code is refused, and the tokens it gave are revoked', async () => {
  const { flow, tokens } = await obtainTokens(server);
  const before = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  const { status, document } = await postToken(server, codeForm(server, flow));
  const after = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  expect(before.status).toBe(200);
  expect([status, document.error]).toEqual([400, 'invalid_grant']);
  expect(after.status).toBe(401);
});

test('a code expires', async () => {
  const flow = await obtainCode(server);
  clock.advance(61);
  const { document } = await postToken(server, codeForm(server, flow));
  expect(document.error).toBe('invalid_grant');
});

test.each([
  ['a wrong verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
  ['no verifier', { code_verifier: undefined }, 'invalid_grant'],
  ['another redirect URI', { redirect_uri: 'http://127.0.0.1:1/callback' }, 'invalid_grant'],
  ['an unknown code', { code: 'guessed' }, 'invalid_grant'],
  ['another resource', { resource: 'https://unrelated.example/mcp' }, 'invalid_target'],
  ['the password grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no grant type', { grant_type: undefined }, 'unsupported_grant_type'],
  ['a grant type of every object', { grant_type: 'constructor' }, 'unsupported_grant_type'],
  [
    'a grant the client did not register',
    { grant_type: 'client_credentials' },
    'unauthorized_client',
  ],
])('%s is refused', async (_, change, error) => {
  const flow = await obtainCode(server);
  const form = { ...codeForm(server, flow), ...change };
  const given = Object.entries(form).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const { status, document } = await postToken(server, Object.fromEntries(given));
  expect([status, document.error]).toEqual([400, error]);
});

test('the right verifier still redeems a code after a wrong one failed', async () => {
  const flow = await obtainCode(server);
  const form = codeForm(server, flow);
  await postToken(server, { ...form, code_verifier: 'w'.repeat(43) });
  expect((await postToken(server, form)).status).toBe(200);
});

test('a code is bound to its client', async () => {
  const flow = await obtainCode(server);
  const other = await register(server);
  const form = { ...codeForm(server, flow), client_id: String(other.document.client_id) };
  expect((await postToken(server, form)).document.error).toBe('invalid_grant');
});

test('a repeated parameter is refused', async () => {
  const flow = await obtainCode(server);
  const response = await fetch(`${server.issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams(codeForm(server, flow))}&code=again`,
  });
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});

test('a body that is no form is refused', async () => {
  const response = await fetch(`${server.issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});

test('only POST is allowed at the token endpoint', async () => {
  const response = await fetch(`${server.issuer}/token?grant_type=authorization_code`);
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
});

test('a client without the refresh grant gets no refresh token', async () => {
  const { tokens } = await obtainTokens(server, {}, { grant_types: ['authorization_code'] });
  expect(tokens).not.toHaveProperty('refresh_token');
});

test('the scope openid brings an ID token for the client', async () => {
  const flow = await obtainCode(server, { scope: 'mcp:tools openid', nonce: 'n-1' });
  const { document } = await postToken(server, codeForm(server, flow));
  const claims = decodeJwt(String(document.id_token));
  expect(claims).toMatchObject({ aud: flow.clientId, sub: 'testuser', nonce: 'n-1' });
});

test('without a resource parameter the token is for the MCP server all the same', async () => {
  const flow = await obtainCode(server, { resource: undefined });
  const { resource: _, ...form } = codeForm(server, flow);
  const { document } = await postToken(server, form);
  expect(decodeJwt(String(document.access_token)).aud).toBe(server.mcpUrl);
});

test('an expired token is refused', async () => {
  const { tokens } = await obtainTokens(server);
  clock.advance(3601);
  const response = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
});
