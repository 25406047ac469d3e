import { beforeAll, expect, test } from 'vitest';
import { bearer, callLegacy, callModern, initialize, type Json, obtainTokens } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();
let headers: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  headers = bearer((await obtainTokens(server)).tokens.access_token);
});

async function startSession(version: string): Promise<Readonly<Record<string, string>>> {
  const response = await callLegacy(server, initialize(version), headers);
  const id = response.headers.get('mcp-session-id') ?? '';
  const session = { ...headers, 'mcp-session-id': id, 'mcp-protocol-version': version };
  await callLegacy(server, { method: 'notifications/initialized' }, session);
  return session;
}

test.each(['2025-03-26', '2025-06-18', '2025-11-25'])(
  'revision %s is spoken in a session from initialize to DELETE',
  async (version) => {
    const first = await callLegacy(server, initialize(version), headers);
    expect(await first.json()).toMatchObject({ result: { protocolVersion: version } });
    const session = await startSession(version);
    const call = {
      id: 2,
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'hi' } },
    };
    const answer = await callLegacy(server, call, session);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({ result: { content: [{ text: 'hi' }] } });
    const end = await fetch(server.mcpUrl, { method: 'DELETE', headers: session });
    expect(end.status).toBe(200);
    const after = await callLegacy(server, { id: 3, method: 'tools/list' }, session);
    expect(after.status).toBe(404);
  },
);

test('an unknown revision is answered with the newest that has a handshake', async () => {
  const response = await callLegacy(server, initialize('1900-01-01'), headers);
  expect(await response.json()).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
});

test('a notification is accepted with 202 and nothing else', async () => {
  const session = await startSession('2025-11-25');
  const response = await callLegacy(server, { method: 'notifications/initialized' }, session);
  expect(response.status).toBe(202);
  expect(await response.text()).toBe('');
});

test('a session belongs to the user and client that started it', async () => {
  const session = await startSession('2025-11-25');
  const other = bearer((await obtainTokens(server)).tokens.access_token);
  const response = await callLegacy(
    server,
    { id: 2, method: 'tools/list' },
    { ...session, ...other },
  );
  expect(response.status).toBe(404);
});

test('a session id without a token is no proof of identity', async () => {
  const { authorization: _, ...session } = await startSession('2025-11-25');
  const response = await callLegacy(server, { id: 2, method: 'tools/list' }, session);
  expect(response.status).toBe(401);
});

test('a revision that nobody knows is refused after the handshake', async () => {
  const session = { ...(await startSession('2025-11-25')), 'mcp-protocol-version': '1900-01-01' };
  const response = await callLegacy(server, { id: 2, method: 'tools/list' }, session);
  expect(response.status).toBe(400);
});

test('a session is needed after initialize', async () => {
  const response = await callLegacy(server, { id: 2, method: 'tools/list' }, headers);
  expect(response.status).toBe(400);
});

test.each(['GET', 'DELETE'])('%s without a session is not allowed', async (method) => {
  const response = await fetch(server.mcpUrl, {
    method,
    headers: { ...headers, accept: 'text/event-stream' },
  });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
});

test('the newest revision has no GET and no DELETE, with or without a session id', async () => {
  const session = { ...(await startSession('2025-11-25')), 'mcp-protocol-version': '2026-07-28' };
  const response = await fetch(server.mcpUrl, { method: 'DELETE', headers: session });
  expect(response.status).toBe(405);
});

test('a GET in a session opens a stream', async () => {
  const session = await startSession('2025-11-25');
  const abort = new AbortController();
  const response = await fetch(server.mcpUrl, {
    headers: { ...session, accept: 'text/event-stream' },
    signal: abort.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  abort.abort();
});

test('server/discover says what the newest revision asks for', async () => {
  const response = await callModern(server, 'server/discover', {}, headers);
  const { result } = (await response.json()) as { readonly result: Json };
  expect(result).toMatchObject({
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
    resultType: 'complete',
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'reference-server' } },
  });
  expect(response.headers.has('mcp-session-id')).toBe(false);
});

test('the tools are echo, list_stocks and whoami', async () => {
  const response = await callModern(server, 'tools/list', {}, headers);
  const { result } = (await response.json()) as { readonly result: { tools: readonly Json[] } };
  expect(result.tools.map(({ name }) => name)).toEqual(['echo', 'list_stocks', 'whoami']);
});

test('whoami says whose token was sent', async () => {
  const { flow, tokens } = await obtainTokens(server);
  const call = { name: 'whoami', arguments: {} };
  const response = await callModern(server, 'tools/call', call, bearer(tokens.access_token));
  const { result } = (await response.json()) as {
    readonly result: { content: readonly { text: string }[] };
  };
  expect(JSON.parse(result.content[0]?.text ?? '')).toEqual({
    sub: 'testuser',
    client_id: flow.clientId,
    scope: 'mcp:tools',
  });
});

test.each([
  ['an unknown method', 'tools/nothing', {}, 404, -32601],
  [
    'a header that differs from the body',
    'tools/list',
    { 'mcp-method': 'tools/call' },
    400,
    -32020,
  ],
])('%s is refused as the newest revision says', async (_, method, change, status, code) => {
  const response = await callModern(server, method, {}, { ...headers, ...change });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
});
