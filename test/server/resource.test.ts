import { request } from 'node:http';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import {
  bearer,
  callLegacy,
  callModern,
  codeForm,
  initialize,
  obtainCode,
  obtainTokens,
  postToken,
} from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();

test('a request without a token is told where to get one, and no error', async () => {
  const response = await callLegacy(server, initialize());
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer resource_metadata="${server.issuer}/.well-known/oauth-protected-resource/mcp", scope="mcp:tools"`,
  );
});

test.each(['GET', 'DELETE', 'PUT', 'HEAD'])(
  '%s without a token is refused first',
  async (method) => {
    const response = await fetch(server.mcpUrl, { method });
    expect(response.status).toBe(401);
  },
);

test('a token that nobody issued is called invalid', async () => {
  const response = await callModern(server, 'tools/list', {}, bearer('guessed'));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect(response.headers.get('www-authenticate')).toContain('resource_metadata="');
});

test('a token in the URL is no token', async () => {
  const { tokens } = await obtainTokens(server);
  const response = await fetch(`${server.mcpUrl}?access_token=${tokens.access_token}`, {
    method: 'POST',
  });
  expect(response.status).toBe(401);
});

test('the scheme has no case', async () => {
  const { tokens } = await obtainTokens(server);
  const headers = { authorization: `bearer ${tokens.access_token}` };
  expect((await callModern(server, 'tools/list', {}, headers)).status).toBe(200);
});

test('a payload that was changed after signing is refused', async () => {
  const { tokens } = await obtainTokens(server);
  const [header, , signature] = tokens.access_token.split('.');
  const claims = { ...decodeJwt(tokens.access_token), scope: 'mcp:tools stocks:read' };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const headers = bearer(`${header}.${payload}.${signature}`);
  expect((await callModern(server, 'tools/list', {}, headers)).status).toBe(401);
});

test('an unsigned token is refused', async () => {
  const { tokens } = await obtainTokens(server);
  const token = new UnsecuredJWT(decodeJwt(tokens.access_token)).encode();
  expect((await callModern(server, 'tools/list', {}, bearer(token))).status).toBe(401);
});

test('a token signed with a guessed key is refused', async () => {
  const { tokens } = await obtainTokens(server);
  const token = await new SignJWT(decodeJwt(tokens.access_token))
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .sign(new TextEncoder().encode('a key that is long enough to be one'));
  expect((await callModern(server, 'tools/list', {}, bearer(token))).status).toBe(401);
});

test('an ID token is no access token', async () => {
  const flow = await obtainCode(server, { scope: 'openid mcp:tools' });
  const { document } = await postToken(server, codeForm(server, flow));
  const response = await callModern(server, 'tools/list', {}, bearer(String(document.id_token)));
  expect(response.status).toBe(401);
});

test('a token without the scope of the endpoint is told which scope it lacks', async () => {
  const { tokens } = await obtainTokens(server, { scope: 'stocks:read' });
  const response = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toContain('scope="mcp:tools"');
});

test('a tool that needs more is refused with everything it needs', async () => {
  const { tokens } = await obtainTokens(server);
  const call = { name: 'list_stocks', arguments: {} };
  const response = await callModern(server, 'tools/call', call, bearer(tokens.access_token));
  const challenge = response.headers.get('www-authenticate') ?? '';
  expect(response.status).toBe(403);
  expect(challenge).toContain('error="insufficient_scope"');
  expect(challenge).toContain('scope="mcp:tools stocks:read"');
  expect(challenge).toContain('resource_metadata="');
});

test('with those scopes the tool is called', async () => {
  const { tokens } = await obtainTokens(server, { scope: 'mcp:tools stocks:read' });
  const call = { name: 'list_stocks', arguments: {} };
  const response = await callModern(server, 'tools/call', call, bearer(tokens.access_token));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('ACME');
});

test('a foreign origin is refused even with a good token', async () => {
  const { tokens } = await obtainTokens(server);
  const headers = { ...bearer(tokens.access_token), origin: 'https://attacker.example' };
  expect((await callModern(server, 'tools/list', {}, headers)).status).toBe(403);
});

test('a local origin may read the answer, the challenge and the session id', async () => {
  const response = await callLegacy(server, initialize(), { origin: 'http://localhost:6274' });
  expect(response.status).toBe(401);
  expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');
  const exposed = response.headers.get('access-control-expose-headers') ?? '';
  expect(exposed).toContain('www-authenticate');
  expect(exposed).toContain('mcp-session-id');
});

test('a preflight of a local origin needs no token', async () => {
  const response = await fetch(server.mcpUrl, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:6274', 'access-control-request-method': 'POST' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
});

test('a host name that was bent to this machine is refused', async () => {
  const { tokens } = await obtainTokens(server);
  const headers = { ...bearer(tokens.access_token), host: 'attacker.example' };
  const status = await new Promise((resolve, reject) => {
    const sent = request(server.mcpUrl, { method: 'POST', headers }, (response) =>
      resolve(response.resume().statusCode),
    );
    sent.on('error', reject).end('{}');
  });
  expect(status).toBe(403);
});
