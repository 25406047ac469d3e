import { connect } from 'node:net';
import { Agent, request } from 'undici';
import { expect, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { exchangeSchema } from '../../src/trace/schema.ts';
import { createAuthority } from '../http/certificates.ts';
import {
  bearer,
  callLegacy,
  callModern,
  initialize,
  obtainTokens,
  postToken,
  refreshForm,
} from './client.ts';

test('an authorization server of its own has its own origin, and the flow goes through both', async () => {
  const server = await startServer({ split: true });
  expect(new URL(server.mcpUrl).origin).not.toBe(server.issuer);
  const wrongSide = await fetch(`${new URL(server.mcpUrl).origin}/token`);
  const { tokens } = await obtainTokens(server);
  const call = await callModern(server, 'tools/list', {}, bearer(tokens.access_token));
  await server.close();
  expect(wrongSide.status).toBe(404);
  expect(call.status).toBe(200);
});

test('every handled request is recorded once, in the form of a trace', async () => {
  const seen: Exchange[] = [];
  const server = await startServer({ onExchange: (exchange) => seen.push(exchange) });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await callLegacy(server, initialize(), { traceparent });
  const { flow, tokens } = await obtainTokens(server);
  await postToken(server, refreshForm(server, flow.clientId, tokens.refresh_token));
  await server.close();
  expect(seen).toEqual(server.exchanges);
  expect(seen.map(({ id }) => id)).toEqual(seen.map((_, index) => index + 1));
  expect(seen.map(({ step }) => step)).toEqual([
    'challenge',
    'registration',
    ...Array(5).fill('authorization'),
    'token',
    'refresh',
  ]);
  expect(seen[0]?.request.headers).toContainEqual(['traceparent', traceparent]);
  expect(seen[0]?.response?.status).toBe(401);
  for (const exchange of seen) exchangeSchema.parse(exchange);
});

test('MCP answers come as events when asked for', async () => {
  const server = await startServer({ answers: 'sse' });
  const headers = bearer((await obtainTokens(server)).tokens.access_token);
  const legacy = await callLegacy(server, initialize(), headers);
  const modern = await callModern(server, 'tools/list', {}, headers);
  const texts = [await legacy.text(), await modern.text()];
  await server.close();
  expect(legacy.headers.get('content-type')).toBe('text/event-stream');
  expect(modern.headers.get('content-type')).toBe('text/event-stream');
  expect(texts.every((text) => text.includes('data: {'))).toBe(true);
});

test('closing ends open connections at once', async () => {
  const server = await startServer();
  const socket = connect(Number(new URL(server.issuer).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write('POST /token HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await server.close();
  await closed;
  await expect(fetch(server.issuer)).rejects.toThrow();
});

test('a port in use is the error of the system', async () => {
  const server = await startServer();
  const port = Number(new URL(server.issuer).port);
  await expect(startServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.close();
});

test('a body beyond every need is refused', async () => {
  const server = await startServer();
  const response = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    body: 'x'.repeat(1024 * 1024 + 1),
  });
  await server.close();
  expect(response.status).toBe(413);
});

test('the lifetime of access tokens is the one asked for', async () => {
  const server = await startServer({ accessTokenSeconds: 7 });
  const { tokens } = await obtainTokens(server);
  await server.close();
  expect(tokens).toMatchObject({ expires_in: 7 });
});

test('with a certificate everything is https, and the cookie knows it', async () => {
  const authority = createAuthority();
  const server = await startServer({ tls: authority.issue(['IP:127.0.0.1']) });
  const dispatcher = new Agent({ connect: { ca: authority.ca } });
  const metadata = await request(`${server.issuer}/.well-known/oauth-authorization-server`, {
    dispatcher,
  });
  const login = await request(`${server.issuer}/login`, { dispatcher });
  const document = (await metadata.body.json()) as { readonly token_endpoint: string };
  await login.body.dump();
  await dispatcher.close();
  await server.close();
  authority.dispose();
  expect(server.mcpUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/mcp$/);
  expect(document.token_endpoint).toBe(`${server.issuer}/token`);
  expect(login.headers['set-cookie']).toMatch(/; Secure$/);
  expect(server.exchanges[0]?.connection.tls).toMatchObject({ protocol: 'TLSv1.3' });
});
