import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { claudeDesktop } from '../../../src/clients/claude-desktop.ts';
import { findRevision } from '../../../src/spec/revisions.ts';
import { runFlow } from '../support.ts';
import {
  ASM,
  formOf,
  type Hit,
  jsonOf,
  PRM,
  REGISTER,
  type Route,
  type Routes,
  registered,
  resourceMetadata,
  serverMetadata,
  startWorld,
  TOKEN,
  type World,
} from '../world.ts';

/** Registers with members replaced; undefined leaves one out. */
const answering =
  (change: (hit: Hit, world: World) => Record<string, unknown>, status = 201): Route =>
  (hit, world) => ({ status, json: { ...registered(hit, world), ...change(hit, world) } });

const withMetadata =
  (change: Record<string, unknown>): Route =>
  (_, world) => ({ json: { ...serverMetadata(world), ...change } });

async function run(routes: Routes, options: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, options)) };
}

function authorizeQuery(world: World): Readonly<Record<string, string>> {
  return Object.fromEntries(world.hitsOf('GET /authorize')[0]?.url.searchParams ?? []);
}

function tokenRequest(world: World): Hit {
  const [hit] = world.hitsOf(TOKEN);
  if (!hit) throw new Error('no token request');
  return hit;
}

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

describe('a registration request', () => {
  test('is the client profile, with the redirect and the scope', async () => {
    const { world } = await run({});
    const [hit] = world.hitsOf(REGISTER);
    expect(hit && jsonOf(hit)).toEqual({
      client_name: 'Claude Desktop',
      client_uri: claudeDesktop.registration.client_uri,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      redirect_uris: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)],
      scope: 'read write',
    });
  });

  test('has no scope where nothing names one', async () => {
    const { world } = await run({
      [PRM]: (_, world) => ({
        json: { ...resourceMetadata(world), scopes_supported: undefined },
      }),
    });
    const [hit] = world.hitsOf(REGISTER);
    expect(hit && jsonOf(hit)).not.toHaveProperty('scope');
  });

  test('names its application type with a revision that wants it', async () => {
    const revision = findRevision('2026-07-28');
    const { world } = await run({}, { flow: { ...(revision && { revision }) } });
    const [hit] = world.hitsOf(REGISTER);
    expect(hit && jsonOf(hit).application_type).toBe('native');
  });

  test('asks for a method that the server offers', async () => {
    const { world } = await run({
      [ASM]: withMetadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
    });
    const [hit] = world.hitsOf(REGISTER);
    expect(hit && jsonOf(hit).token_endpoint_auth_method).toBe('client_secret_post');
  });
});

describe('the answer to a registration is obeyed:', () => {
  test('a secret and client_secret_basic', async () => {
    const { world, outcome, notes } = await run({
      [REGISTER]: answering(() => ({
        client_secret: 's:e/c r+et%',
        token_endpoint_auth_method: 'client_secret_basic',
      })),
    });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('client_secret_basic');
    const { headers, body } = tokenRequest(world);
    // RFC 6749 section 2.3.1: form-encoded first.
    expect(headers.authorization).toBe(basic('client-1', 's%3Ae%2Fc+r%2Bet%25'));
    expect(body).not.toMatch(/client_id|client_secret/);
  });

  test('a secret and client_secret_post', async () => {
    const { world, outcome } = await run({
      [REGISTER]: answering(() => ({
        client_secret: 'secret-1',
        token_endpoint_auth_method: 'client_secret_post',
      })),
    });
    expect(outcome).toBe('completed');
    const hit = tokenRequest(world);
    expect(hit.headers).not.toHaveProperty('authorization');
    expect(formOf(hit)).toMatchObject({ client_id: 'client-1', client_secret: 'secret-1' });
  });

  test('a secret that need not be used', async () => {
    const { world } = await run({ [REGISTER]: answering(() => ({ client_secret: 'secret-1' })) });
    const hit = tokenRequest(world);
    expect(hit.headers).not.toHaveProperty('authorization');
    expect(formOf(hit)).toMatchObject({ client_id: 'client-1' });
    expect(hit.body).not.toContain('secret-1');
  });

  test('a secret without a word about how, which means client_secret_basic', async () => {
    const { world, notes } = await run({
      [REGISTER]: answering(() => ({
        client_secret: 'secret-1',
        token_endpoint_auth_method: undefined,
      })),
      [ASM]: withMetadata({ token_endpoint_auth_methods_supported: undefined }),
    });
    expect(tokenRequest(world).headers.authorization).toBe(basic('client-1', 'secret-1'));
    expect(notes('registration')).toContain('client_secret_basic');
  });

  test('a secret method without a secret, which cannot be used', async () => {
    const { outcome, crash, world, notes } = await run({
      [REGISTER]: answering(() => ({ token_endpoint_auth_method: 'client_secret_basic' })),
    });
    expect({ outcome, crash }).toEqual({ outcome: 'completed', crash: undefined });
    expect(notes('registration')).toContain('no client_secret');
    expect(formOf(tokenRequest(world))).toMatchObject({ client_id: 'client-1' });
  });

  test('a method that nobody knows', async () => {
    const { crash, notes } = await run({
      [REGISTER]: answering(() => ({ token_endpoint_auth_method: 'tls_client_auth' })),
    });
    expect(crash).toBeUndefined();
    expect(notes('registration')).toContain('tls_client_auth');
  });

  test('a narrower scope', async () => {
    const { world, outcome, notes } = await run({
      [REGISTER]: answering(() => ({ scope: 'read' })),
    });
    expect(outcome).toBe('completed');
    expect(authorizeQuery(world).scope).toBe('read');
    expect(notes('registration')).toContain('"write"');
  });

  test('dropped grants', async () => {
    const { notes } = await run({
      [REGISTER]: answering(() => ({ grant_types: ['authorization_code'] })),
    });
    expect(notes('registration')).toContain('refresh_token');
  });

  test('an id with characters that a URL must escape', async () => {
    const id = 'https://a.test/?x=1&y=ü';
    const { world, outcome } = await run({ [REGISTER]: answering(() => ({ client_id: id })) });
    expect(outcome).toBe('completed');
    expect(authorizeQuery(world).client_id).toBe(id);
    expect(formOf(tokenRequest(world)).client_id).toBe(id);
  });
});

describe('a redirect that the server changed', () => {
  const moved = (change: (uri: URL) => string): Route =>
    answering((hit) => {
      const [uri] = jsonOf(hit).redirect_uris as string[];
      return { redirect_uris: [change(new URL(uri ?? ''))] };
    });

  test('is listened on, another path of the same port', async () => {
    const { world, outcome } = await run({ [REGISTER]: moved((uri) => `${uri.origin}/oauth/cb`) });
    expect(outcome).toBe('completed');
    expect(authorizeQuery(world).redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/cb$/);
  });

  test('is listened on, another path of any port', async () => {
    const { world, outcome, notes } = await run({
      [REGISTER]: moved((uri) => `${uri.origin.replace(uri.port, '0')}/oauth/cb`),
    });
    expect(outcome).toBe('completed');
    expect(notes('registration')).toContain('redirect_uris');
    expect(authorizeQuery(world).redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/cb$/);
  });

  test('is listened on, another port', async () => {
    const port = await freePort();
    const uri = `http://127.0.0.1:${port}/callback`;
    const { world, outcome } = await run({ [REGISTER]: moved(() => uri) });
    expect(outcome).toBe('completed');
    expect(authorizeQuery(world).redirect_uri).toBe(uri);
    expect(formOf(tokenRequest(world)).redirect_uri).toBe(uri);
  });

  test('is used as it was registered, another spelling of the host', async () => {
    const { world, outcome } = await run({
      [REGISTER]: moved((uri) => uri.href.replace('127.0.0.1', 'localhost')),
    });
    expect(outcome).toBe('completed');
    expect(authorizeQuery(world).redirect_uri).toMatch(/^http:\/\/localhost:\d+\/callback$/);
  });

  test('to the same one without its port may carry any port', async () => {
    const { world, outcome } = await run({
      [REGISTER]: moved((uri) => `http://${uri.hostname}${uri.pathname}`),
    });
    expect(outcome).toBe('completed');
    expect(authorizeQuery(world).redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  });

  test('to a port that is taken is noted, and the first one is kept', async () => {
    const port = await takenPort();
    const { world, notes } = await run({
      [REGISTER]: moved(() => `http://127.0.0.1:${port}/callback`),
    });
    expect(notes('registration')).toContain(`port ${port}`);
    expect(authorizeQuery(world).redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(authorizeQuery(world).redirect_uri).not.toContain(String(port));
  });

  test('to another machine is noted, and the first one is kept', async () => {
    const { world, notes } = await run({ [REGISTER]: moved(() => 'https://elsewhere.test/cb') });
    expect(notes('registration')).toContain('elsewhere.test');
    expect(authorizeQuery(world).redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1/);
  });
});

describe('a registration fails the run', () => {
  test('when the metadata names no endpoint, and says what to pass', async () => {
    const { outcome, failedStep, reason } = await run({
      [ASM]: withMetadata({ registration_endpoint: undefined }),
    });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'registration' });
    expect(reason).toContain('--client-id');
  });

  test.each<[string, Route, string]>([
    ['closed', { status: 403, json: { error: 'access_denied' } }, 'access_denied'],
    ['asking for a token', { status: 401 }, '--client-id'],
    [
      'refusing the metadata',
      { status: 400, json: { error: 'invalid_client_metadata', error_description: 'no <b>' } },
      '"invalid_client_metadata": "no <b>"',
    ],
    [
      'answering with a page',
      { headers: { 'content-type': 'text/html' }, body: '<p>' },
      'text/html',
    ],
    ['broken', { status: 500, body: 'oops' }, '500'],
    ['answering without an id', { status: 201, json: { client_name: 'x' } }, 'client_id'],
    ['answering with an empty id', { status: 201, json: { client_id: '' } }, 'client_id'],
    [
      'answering with an id that is no string',
      { status: 201, json: { client_id: 7 } },
      'client_id',
    ],
    ['redirecting', { status: 302, headers: { location: '/elsewhere' } }, '302 to "/elsewhere"'],
    ['cut off', 'reset', 'POST'],
  ])('when it is %s', async (_, route, seen) => {
    const { outcome, failedStep, reason, crash, step } = await run({ [REGISTER]: route });
    expect({ outcome, failedStep, crash }).toEqual({
      outcome: 'failed',
      failedStep: 'registration',
      crash: undefined,
    });
    expect(reason).toContain(seen);
    expect(step('authorization').outcome).toBe('skipped');
  });

  test('when its endpoint is no URL', async () => {
    const { outcome, failedStep } = await run({
      [ASM]: withMetadata({ registration_endpoint: 'javascript:alert(1)' }),
    });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'registration' });
  });

  test('when the callback port is taken', async () => {
    const port = await takenPort();
    const { outcome, failedStep, reason } = await run(
      {},
      { flow: { callback: { host: '127.0.0.1', port, path: '/callback' } } },
    );
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'registration' });
    expect(reason).toContain(`port ${port}`);
  });
});

describe('a client that was registered beforehand', () => {
  test('is used as it is, without a secret', async () => {
    const { world, outcome, wire, step } = await run({}, { flow: { clientId: 'mine' } });
    expect(outcome).toBe('completed');
    expect(wire('registration')).toEqual([]);
    expect(step('registration').notes?.join()).toContain('client id given');
    expect(authorizeQuery(world).client_id).toBe('mine');
    expect(formOf(tokenRequest(world)).client_id).toBe('mine');
    expect(world.hits.map(({ route }) => route)).not.toContain('DELETE /clients/client-1');
  });

  test('authenticates with Basic where the metadata says nothing', async () => {
    const { world } = await run(
      { [ASM]: withMetadata({ token_endpoint_auth_methods_supported: undefined }) },
      { flow: { clientId: 'my id', clientSecret: 'my:secret' } },
    );
    expect(tokenRequest(world).headers.authorization).toBe(basic('my+id', 'my%3Asecret'));
  });

  test('authenticates in the body where the metadata offers only that', async () => {
    const { world } = await run(
      { [ASM]: withMetadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] }) },
      { flow: { clientId: 'mine', clientSecret: 'secret-1' } },
    );
    expect(formOf(tokenRequest(world))).toMatchObject({
      client_id: 'mine',
      client_secret: 'secret-1',
    });
  });

  test('authenticates as the user says', async () => {
    const { world } = await run(
      { [ASM]: withMetadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] }) },
      {
        flow: {
          clientId: 'mine',
          clientSecret: 'secret-1',
          tokenAuthMethod: 'client_secret_basic',
        },
      },
    );
    expect(tokenRequest(world).headers.authorization).toBe(basic('mine', 'secret-1'));
  });

  test('stands in the trace as given', async () => {
    const { trace } = await run({}, { flow: { clientId: 'mine' } });
    expect(trace.metadata.options).toEqual({ client_id_given: true });
    expect(trace.sequence_summary.client_id).toBe('mine');
  });
});

async function listenSomewhere(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function freePort(): Promise<number> {
  const { port, close } = await listenSomewhere();
  await close();
  return port;
}

async function takenPort(): Promise<number> {
  const { port, close } = await listenSomewhere();
  onTestFinished(close);
  return port;
}
