import { generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { RunningServer } from '../../../src/server/start.ts';
import { startWorld } from '../../../src/server/worlds/index.ts';
import type { RunningWorld } from '../../../src/server/worlds/world.ts';
import { headerValue } from '../../../src/trace/headers.ts';
import { bearer, callLegacy, initialize, obtainTokens } from '../client.ts';
import { testClock } from '../support.ts';
import { living } from './support.ts';

const clock = testClock();
const world = living('minimal', { now: clock.now });
const asking = living('minimal', { introspect: true });

/** The plain API of a world, as the test client knows servers. */
function echoOf(one: RunningWorld): RunningServer {
  return serverOf(one, one.places.echo ?? '');
}

function serverOf(one: RunningWorld, mcpUrl: string): RunningServer {
  const issuer = one.servers.find(({ name }) => name === 'authorization-server')?.origin ?? '';
  return { mcpUrl, issuer, exchanges: [], close: one.close };
}

async function tokenFor(server: RunningServer, scope = 'echo'): Promise<string> {
  const { tokens } = await obtainTokens(server, { scope });
  return tokens.access_token;
}

function echo(one: RunningWorld, token?: string, headers = {}): Promise<Response> {
  return fetch(`${one.places.echo}?text=hello`, {
    headers: { ...(token !== undefined && bearer(token)), ...headers },
  });
}

test('its three servers live on three origins', () => {
  expect(world.servers.map(({ name }) => name)).toEqual([
    'mcp-server',
    'echo-api',
    'authorization-server',
  ]);
  expect(new Set(world.servers.map(({ origin }) => origin)).size).toBe(3);
});

test('the plain API sends whoever has no token to its metadata, and that to the server', async () => {
  const refused = await echo(world);
  expect(refused.status).toBe(401);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  const pointer = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
  const document = await (await fetch(pointer)).json();
  expect(document).toMatchObject({
    resource: world.places.echo,
    authorization_servers: [world.servers[2]?.origin],
    scopes_supported: ['echo'],
  });
});

test('with a token of its own the plain API answers', async () => {
  const answer = await echo(world, await tokenFor(echoOf(world)));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ ok: true, echo: 'hello', sub: 'testuser' });
});

test('a token for the one resource is none for the other', async () => {
  const mcp = serverOf(world, world.mcpUrl);
  const refused = await echo(world, await tokenFor(mcp));
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('the token is for another audience');
  const token = await tokenFor(echoOf(world));
  expect((await callLegacy(mcp, initialize(), bearer(token))).status).toBe(401);
});

test('a token without the scope is answered with 403', async () => {
  const refused = await echo(world, await tokenFor(echoOf(world), 'openid'));
  expect(refused.status).toBe(403);
  expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
});

test('a token that has expired is answered with 401', async () => {
  const token = await tokenFor(echoOf(world));
  clock.advance(3601);
  const refused = await echo(world, token);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('the token has expired');
});

test.each([
  ['a token signed with another key', (issuer: string) => issuer],
  ['a token of another issuer', () => 'https://elsewhere.example'],
])('%s is answered with 401', async (_, issuerOf) => {
  const { privateKey } = await generateKeyPair('ES256');
  const forged = await new SignJWT({ sub: 'testuser', scope: 'echo' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'reference-1' })
    .setIssuer(issuerOf(echoOf(world).issuer))
    .setAudience(world.places.echo ?? '')
    .setExpirationTime('1h')
    .sign(privateKey);
  const refused = await echo(world, forged);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
});

test.each([
  ['asks about each token refuses a revoked one', () => asking, 401],
  ['only reads tokens takes a revoked one until it expires', () => world, 200],
])('a resource server that %s', async (_, of, status) => {
  const server = echoOf(of());
  const { tokens, flow } = await obtainTokens(server, { scope: 'echo' });
  await fetch(`${server.issuer}/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token: tokens.access_token, client_id: flow.clientId }),
  });
  expect((await echo(of(), tokens.access_token)).status).toBe(status);
});

test('what a resource server asks for a request carries its traceparent and its own name', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01';
  await echo(asking, await tokenFor(echoOf(asking)), { traceparent });
  const hops = asking.exchanges.filter(
    ({ request }) => headerValue(request.headers, 'traceparent') === traceparent,
  );
  expect(
    hops.map(({ request, seen_by }) => [seen_by, new URL(request.url).pathname]),
  ).toContainEqual(['authorization-server', '/introspect']);
  expect(hops.map(({ request }) => headerValue(request.headers, 'user-agent'))).toContain(
    'echo-api',
  );
});

test('closing ends every server', async () => {
  const one = await startWorld('minimal');
  await one.close();
  const answers = one.servers.map(({ origin }) => fetch(origin).catch(() => 'gone'));
  expect(await Promise.all(answers)).toEqual(['gone', 'gone', 'gone']);
});
