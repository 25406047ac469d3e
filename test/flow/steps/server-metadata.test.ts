import { describe, expect, test } from 'vitest';
import { findRevision } from '../../../src/spec/revisions.ts';
import { runFlow } from '../support.ts';
import {
  ASM,
  answerRpc,
  MCP,
  OIDC,
  PRM,
  type Route,
  type Routes,
  resourceMetadata,
  serverMetadata,
  startWorld,
  type World,
} from '../world.ts';

const withMembers =
  (change: (origin: string) => Record<string, unknown>): Route =>
  (_, world) => ({ json: { ...serverMetadata(world), ...change(world.origin) } });

/** Names these authorization servers. */
const naming =
  (...servers: readonly ((origin: string) => string)[]): Route =>
  (_, world) => ({
    json: {
      ...resourceMetadata(world),
      authorization_servers: servers.map((server) => server(world.origin)),
    },
  });

const gone: Route = { status: 404 };

async function run(routes: Routes, flow: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, flow)) };
}

describe('the document is looked for', () => {
  test('as OAuth metadata first, then as OpenID configuration', async () => {
    const { outcome, wire } = await run({ [ASM]: gone, [OIDC]: withMembers(() => ({})) });
    expect(outcome).toBe('completed');
    expect(wire('server-metadata')).toEqual([
      'GET /.well-known/oauth-authorization-server -> 404',
      'GET /.well-known/openid-configuration -> 200',
    ]);
  });

  test('in three forms for an issuer with a path', async () => {
    const tenant = (origin: string): string => `${origin}/tenant`;
    const { outcome, wire } = await run({
      [PRM]: naming(tenant),
      'GET /tenant/.well-known/openid-configuration': withMembers((origin) => ({
        issuer: tenant(origin),
      })),
    });
    expect(outcome).toBe('completed');
    expect(wire('server-metadata')).toEqual([
      'GET /.well-known/oauth-authorization-server/tenant -> 404',
      'GET /.well-known/openid-configuration/tenant -> 404',
      'GET /tenant/.well-known/openid-configuration -> 200',
    ]);
  });

  test('as OAuth metadata only with a revision that knows no other', async () => {
    const revision = findRevision('2025-06-18');
    const { outcome, wire } = await run(
      { [ASM]: gone },
      { flow: { ...(revision && { revision }) } },
    );
    expect(outcome).toBe('failed');
    expect(wire('server-metadata')).toEqual(['GET /.well-known/oauth-authorization-server -> 404']);
  });

  test('at the first authorization server listed, and the others are noted', async () => {
    const { outcome, wire, notes } = await run({
      [PRM]: naming(
        (origin) => origin,
        () => 'https://second.test',
      ),
    });
    expect(outcome).toBe('completed');
    expect(wire('server-metadata')).toHaveLength(1);
    expect(notes('server-metadata')).toContain('2 authorization servers');
  });

  test('at the authorization server the user names', async () => {
    const world = await startWorld({ [PRM]: naming(() => 'https://first.test') });
    const { outcome } = await runFlow(world.mcpUrl, {
      flow: { authorizationServer: world.origin },
    });
    expect(outcome).toBe('completed');
  });

  test('and not finding it fails the run, naming every place and what was there', async () => {
    const { outcome, failedStep, reason } = await run({
      [ASM]: { headers: { 'content-type': 'text/html' }, body: '<!doctype html>' },
      [OIDC]: { status: 403 },
    });
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'server-metadata' });
    expect(reason).toMatch(/oauth-authorization-server: 200 text\/html.*openid-configuration: 403/);
  });

  test.each(['', 'not a url', 'javascript:alert(1)', '/relative'])(
    'nowhere for the issuer %j, which fails the run',
    async (issuer) => {
      const { outcome, failedStep } = await run({ [PRM]: naming(() => issuer) });
      expect(outcome).toBe('failed');
      expect(failedStep).toMatch(/metadata$/);
    },
  );
});

describe('the issuer', () => {
  test.each<[string, (origin: string) => unknown]>([
    ['that is another', () => 'https://elsewhere.test'],
    ['with a slash at the end', (origin) => `${origin}/`],
    ['that is absent', () => undefined],
    ['that is no string', () => 1],
  ])('%s stops the run', async (_, issuer) => {
    const { outcome, failedStep, reason } = await run({
      [ASM]: withMembers((origin) => ({ issuer: issuer(origin) })),
    });
    expect({ outcome, failedStep }).toEqual({ outcome: 'refused', failedStep: 'server-metadata' });
    expect(reason).toMatch(/^issuer is .*, expected /);
  });

  test('that is another is gone on with by a lenient run', async () => {
    const { outcome, notes } = await run(
      { [ASM]: withMembers(() => ({ issuer: 'https://elsewhere.test' })) },
      { flow: { lenient: true } },
    );
    expect(outcome).toBe('completed');
    expect(notes('server-metadata')).toContain('elsewhere.test');
  });
});

describe('the endpoints', () => {
  test.each([
    ['authorization_endpoint', undefined],
    ['authorization_endpoint', 'javascript:alert(1)'],
    ['authorization_endpoint', 'file:///etc/passwd'],
    ['authorization_endpoint', 'customscheme://open'],
    ['authorization_endpoint', '/authorize'],
    ['token_endpoint', undefined],
    ['token_endpoint', 'not a url'],
    ['token_endpoint', 7],
  ])('fail the run when %s is %j', async (name, value) => {
    const { outcome, reason, world } = await run({ [ASM]: withMembers(() => ({ [name]: value })) });
    expect(outcome).toBe('failed');
    expect(reason).toContain(name);
    expect(world.hitsOf('POST /register')).toEqual([]);
  });

  test('stop the run when one of them is plain http elsewhere', async () => {
    const { outcome, reason } = await run({
      [ASM]: withMembers(() => ({ token_endpoint: 'http://elsewhere.test/token' })),
    });
    expect(outcome).toBe('refused');
    expect(reason).toContain('expected https');
  });
});

describe('a server that does not promise S256', () => {
  test.each([[undefined], [[]], [['plain']]])('with %j stops the run', async (methods) => {
    const { outcome, reason } = await run({
      [ASM]: withMembers(() => ({ code_challenge_methods_supported: methods })),
    });
    expect(outcome).toBe('refused');
    expect(reason).toContain('code_challenge_methods_supported');
  });

  test('is gone on with under a revision that does not ask for it, and noted', async () => {
    const revision = findRevision('2025-06-18');
    const { outcome, notes } = await run(
      { [ASM]: withMembers(() => ({ code_challenge_methods_supported: undefined })) },
      { flow: { ...(revision && { revision }) } },
    );
    expect(outcome).toBe('completed');
    expect(notes('server-metadata')).toContain('S256');
  });
});

describe('the layout of the first revision', () => {
  const refusing: Route = (hit) => (hit.headers.authorization ? answerRpc(hit) : { status: 401 });
  const legacy: Routes = { [MCP]: refusing, [PRM]: gone };

  test('takes the metadata at the root of the origin', async () => {
    const { outcome, wire } = await run(legacy);
    expect(outcome).toBe('completed');
    expect(wire('server-metadata')).toEqual(['GET /.well-known/oauth-authorization-server -> 200']);
  });

  test('takes the default endpoints where there is none', async () => {
    const { outcome, notes, world } = await run({ ...legacy, [ASM]: gone });
    expect(outcome).toBe('completed');
    expect(notes('server-metadata')).toContain('default endpoints');
    expect(world.hitsOf('POST /register')).toHaveLength(1);
    expect(world.hitsOf('GET /authorize')).toHaveLength(1);
    expect(world.hitsOf('POST /token')).toHaveLength(2);
  });

  test('notes an issuer that is not the origin, and goes on', async () => {
    const { outcome, notes } = await run({
      ...legacy,
      [ASM]: withMembers(() => ({ issuer: 'https://upstream.test' })),
    });
    expect(outcome).toBe('completed');
    expect(notes('server-metadata')).toContain('upstream.test');
  });

  test('is spoken from beginning to end with the first revision', async () => {
    const revision = findRevision('2025-03-26');
    const { outcome, world } = await run(legacy, { flow: { ...(revision && { revision }) } });
    expect(outcome).toBe('completed');
    const sent = [...world.hitsOf('GET /authorize').map(({ url }) => url.search)];
    expect(sent.join()).not.toContain('resource=');
    expect(
      world
        .hitsOf('POST /token')
        .map(({ body }) => body)
        .join(),
    ).not.toContain('resource=');
    expect(
      world.hitsOf('POST /mcp').every(({ headers }) => !('mcp-protocol-version' in headers)),
    ).toBe(true);
  });
});

test('the protocol version is not sent with metadata requests since the second revision', async () => {
  const { world } = await run({});
  const versions = (seen: World, route: string): readonly unknown[] =>
    seen.hitsOf(route).map(({ headers }) => headers['mcp-protocol-version']);
  expect(versions(world, ASM)).toEqual([undefined]);
  expect(versions(world, PRM)).toEqual([undefined]);
});
