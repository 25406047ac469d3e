import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { bearer, callModern, obtainTokens, postToken, refreshForm, register } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();

test('a refresh rotates the token and keeps scope and audience', async () => {
  const { flow, tokens } = await obtainTokens(server, { scope: 'mcp:tools stocks:read' });
  const { status, document } = await postToken(
    server,
    refreshForm(server, flow.clientId, tokens.refresh_token),
  );
  expect(status).toBe(200);
  expect(document.refresh_token).not.toBe(tokens.refresh_token);
  expect(document.scope).toBe('mcp:tools stocks:read');
  expect(decodeJwt(String(document.access_token)).aud).toBe(server.mcpUrl);
});

test('a refresh token that was used before ends the whole family', async () => {
  const { flow, tokens } = await obtainTokens(server);
  const form = refreshForm(server, flow.clientId, tokens.refresh_token);
  const fresh = (await postToken(server, form)).document;
  const replay = await postToken(server, form);
  const newest = await postToken(
    server,
    refreshForm(server, flow.clientId, String(fresh.refresh_token)),
  );
  const call = await callModern(server, 'tools/list', {}, bearer(String(fresh.access_token)));
  expect([replay.status, replay.document.error]).toEqual([400, 'invalid_grant']);
  expect(newest.document.error).toBe('invalid_grant');
  expect(call.status).toBe(401);
});

test('a refresh token is bound to its client', async () => {
  const { tokens } = await obtainTokens(server);
  const other = String((await register(server)).document.client_id);
  const { document } = await postToken(server, refreshForm(server, other, tokens.refresh_token));
  expect(document.error).toBe('invalid_grant');
});

test('a refresh may narrow the scope of one access token', async () => {
  const { flow, tokens } = await obtainTokens(server, { scope: 'mcp:tools stocks:read' });
  const form = refreshForm(server, flow.clientId, tokens.refresh_token);
  const narrow = (await postToken(server, { ...form, scope: 'mcp:tools' })).document;
  const wide = await postToken(server, {
    ...form,
    refresh_token: String(narrow.refresh_token),
  });
  expect(narrow.scope).toBe('mcp:tools');
  expect(wide.document.scope).toBe('mcp:tools stocks:read');
});

test.each([
  ['a wider scope', { scope: 'mcp:tools stocks:read' }, 'invalid_scope'],
  ['another resource', { resource: 'https://unrelated.example/' }, 'invalid_target'],
  ['an unknown token', { refresh_token: 'guessed' }, 'invalid_grant'],
])('%s is refused', async (_, change, error) => {
  const { flow, tokens } = await obtainTokens(server);
  const form = { ...refreshForm(server, flow.clientId, tokens.refresh_token), ...change };
  expect((await postToken(server, form)).document.error).toBe(error);
});

test('a refused refresh leaves the token usable', async () => {
  const { flow, tokens } = await obtainTokens(server);
  const form = refreshForm(server, flow.clientId, tokens.refresh_token);
  await postToken(server, { ...form, scope: 'stocks:read' });
  expect((await postToken(server, form)).status).toBe(200);
});
