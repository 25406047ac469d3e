import { describe, expect, test } from 'vitest';
import { runFlow } from '../support.ts';
import {
  ASM,
  answerRpc,
  MCP,
  PRM,
  ROOT_PRM,
  type Route,
  type Routes,
  resourceMetadata,
  startWorld,
} from '../world.ts';

/** Refuses with a challenge that holds this pointer. */
const pointingTo =
  (pointer: (origin: string) => string): Route =>
  (hit, { origin }) =>
    hit.headers.authorization
      ? answerRpc(hit)
      : {
          status: 401,
          headers: { 'www-authenticate': `Bearer resource_metadata="${pointer(origin)}"` },
        };

const refusing: Route = (hit) => (hit.headers.authorization ? answerRpc(hit) : { status: 401 });

/** Metadata with members replaced; undefined leaves one out. */
const withMembers =
  (change: (origin: string) => Record<string, unknown>): Route =>
  (_, world) => ({ json: { ...resourceMetadata(world), ...change(world.origin) } });

async function wireOf(routes: Routes, path = '/mcp'): Promise<readonly string[]> {
  const world = await startWorld(routes);
  const { wire } = await runFlow(world.origin + path);
  return wire('resource-metadata');
}

const DOCUMENT = '/.well-known/oauth-protected-resource';

describe('the document is looked for', () => {
  test("at the header's pointer alone, once that answered", async () => {
    expect(
      await wireOf({
        [MCP]: pointingTo((origin) => `${origin}/pointed`),
        'GET /pointed': (_, world) => ({ json: resourceMetadata(world) }),
      }),
    ).toEqual(['GET /pointed -> 200']);
  });

  test('at the well-known places where the pointer leads nowhere', async () => {
    expect(await wireOf({ [MCP]: pointingTo((origin) => `${origin}/gone`) })).toEqual([
      'GET /gone -> 404',
      `GET ${DOCUMENT}/mcp -> 200`,
    ]);
  });

  test('under the path, and not at the root once that answered', async () => {
    expect(await wireOf({ [MCP]: refusing })).toEqual([`GET ${DOCUMENT}/mcp -> 200`]);
  });

  test('at the root where the path has none', async () => {
    const root: Route = (_, { origin }) => ({
      json: { resource: origin, authorization_servers: [origin] },
    });
    expect(await wireOf({ [MCP]: refusing, [PRM]: { status: 404 }, [ROOT_PRM]: root })).toEqual([
      `GET ${DOCUMENT}/mcp -> 404`,
      `GET ${DOCUMENT} -> 200`,
    ]);
  });

  test('at the root where the path answers with a page', async () => {
    const page: Route = { headers: { 'content-type': 'text/html' }, body: '<!doctype html>' };
    expect(await wireOf({ [MCP]: refusing, [PRM]: page, [ROOT_PRM]: page })).toEqual([
      `GET ${DOCUMENT}/mcp -> 200`,
      `GET ${DOCUMENT} -> 200`,
    ]);
  });

  test('once per URL, also where the pointer names the well-known place', async () => {
    expect(
      await wireOf({ [MCP]: pointingTo((origin) => `${origin}${DOCUMENT}/mcp`), [PRM]: {} }),
    ).toEqual([`GET ${DOCUMENT}/mcp -> 200`, `GET ${DOCUMENT} -> 404`]);
  });

  test('through redirects', async () => {
    expect(
      await wireOf({
        [MCP]: pointingTo((origin) => `${origin}/moved`),
        'GET /moved': { status: 301, headers: { location: `${DOCUMENT}/mcp` } },
      }),
    ).toEqual(['GET /moved -> 301', `GET ${DOCUMENT}/mcp -> 200`]);
  });

  test('through a few redirects only', async () => {
    const wire = await wireOf({
      [MCP]: pointingTo((origin) => `${origin}/round`),
      'GET /round': { status: 302, headers: { location: '/round' } },
    });
    expect(wire.filter((line) => line.includes('/round')).length).toBeLessThan(10);
    expect(wire.at(-1)).toBe(`GET ${DOCUMENT}/mcp -> 200`);
  });

  test.each(['/pointed', 'javascript:alert(1)', 'not a url', 'file:///etc/passwd'])(
    'at the well-known places where the pointer is %j, which is noted',
    async (pointer) => {
      const world = await startWorld({ [MCP]: pointingTo(() => pointer) });
      const { outcome, wire, notes } = await runFlow(world.mcpUrl);
      expect(outcome).toBe('completed');
      expect(wire('resource-metadata')).toEqual([`GET ${DOCUMENT}/mcp -> 200`]);
      expect(notes('resource-metadata')).toContain(pointer);
    },
  );

  test('nowhere with a revision that has none', async () => {
    const { findRevision } = await import('../../../src/spec/revisions.ts');
    const revision = findRevision('2025-03-26');
    const world = await startWorld({ [MCP]: refusing });
    const { wire } = await runFlow(world.mcpUrl, { flow: { ...(revision && { revision }) } });
    expect(wire('resource-metadata')).toEqual([]);
  });
});

describe('the resource', () => {
  const runWith = async (change: (origin: string) => Record<string, unknown>, lenient = false) => {
    const world = await startWorld({ [PRM]: withMembers(change) });
    return { world, ...(await runFlow(world.mcpUrl, { flow: { lenient } })) };
  };

  test.each<[string, (origin: string) => unknown]>([
    ['of another origin', () => 'https://elsewhere.test/mcp'],
    ['of another scheme', (origin) => `${origin.replace('http:', 'https:')}/mcp`],
    ['of another path', (origin) => `${origin}/other`],
    ['of a longer path', (origin) => `${origin}/mcp/more`],
    ['that is absent', () => undefined],
    ['that is no string', () => ['a']],
    ['that is no URL', () => 'mcp'],
  ])('%s stops the run, as a client must', async (_, resource) => {
    const { outcome, failedStep, reason, step } = await runWith((origin) => ({
      resource: resource(origin),
    }));
    expect({ outcome, failedStep }).toEqual({
      outcome: 'refused',
      failedStep: 'resource-metadata',
    });
    expect(reason).toContain('expected');
    expect(step('server-metadata').outcome).toBe('skipped');
  });

  test('of another origin is gone on with by a lenient run, which says so', async () => {
    const { outcome, notes } = await runWith(() => ({ resource: 'https://elsewhere.test' }), true);
    expect(outcome).toBe('completed');
    expect(notes('resource-metadata')).toMatch(/lenient.*elsewhere\.test/);
  });

  test.each<[string, (origin: string) => string]>([
    ['with a slash at the end', (origin) => `${origin}/mcp/`],
    ['that is the origin alone', (origin) => origin],
  ])('%s is noted, gone on with, and asked for as it is spelled', async (_, resource) => {
    const { world, outcome, notes } = await runWith((origin) => ({ resource: resource(origin) }));
    expect(outcome).toBe('completed');
    expect(notes('resource-metadata')).toContain(JSON.stringify(resource(world.origin)));
    const [authorize] = world.hitsOf('GET /authorize');
    expect(authorize?.url.searchParams.get('resource')).toBe(resource(world.origin));
  });

  test('of a root document may be the MCP server itself', async () => {
    const world = await startWorld({
      [MCP]: refusing,
      [PRM]: { status: 404 },
      [ROOT_PRM]: (_, world) => ({ json: resourceMetadata(world) }),
    });
    const { outcome, notes } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(notes('resource-metadata')).toContain('expected');
  });
});

describe('a document', () => {
  test.each([[undefined], [[]], [[1]], ['https://a.test']])(
    'whose authorization_servers is %j fails the run',
    async (authorization_servers) => {
      const world = await startWorld({ [PRM]: withMembers(() => ({ authorization_servers })) });
      const { outcome, failedStep, reason } = await runFlow(world.mcpUrl);
      expect({ outcome, failedStep }).toEqual({
        outcome: 'failed',
        failedStep: 'resource-metadata',
      });
      expect(reason).toContain('authorization_servers');
    },
  );

  test('without authorization_servers is enough where the user names one', async () => {
    const world = await startWorld({
      [PRM]: withMembers(() => ({ authorization_servers: undefined })),
    });
    const { outcome } = await runFlow(world.mcpUrl, {
      flow: { authorizationServer: world.origin },
    });
    expect(outcome).toBe('completed');
  });

  test('with members of wrong types is used as far as it goes, and they are noted', async () => {
    const world = await startWorld({ [PRM]: withMembers(() => ({ scopes_supported: 'a b' })) });
    const { outcome, notes } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(notes('resource-metadata')).toContain('scopes_supported');
  });

  test('nested beyond any depth is no document', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const world = await startWorld({
      [PRM]: { body: `{"resource":${deep},"authorization_servers":${deep}}` },
    });
    const result = await runFlow(world.mcpUrl);
    expect(result).not.toHaveProperty('crash');
    expect(result.notes('resource-metadata')).toContain('no JSON object');
  });

  test('of megabytes is no document', async () => {
    const world = await startWorld({
      [PRM]: (_, world) => ({
        json: { ...resourceMetadata(world), filler: 'x'.repeat(2 * 1024 * 1024) },
      }),
    });
    const { notes } = await runFlow(world.mcpUrl);
    expect(notes('resource-metadata')).toContain('1048576');
  });
});

describe('without any document', () => {
  const none: Routes = { [MCP]: refusing, [PRM]: { status: 404 } };

  test('the layout of the first revision is tried, and the step says so', async () => {
    const world = await startWorld(none);
    const { outcome, notes, wire } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(notes('resource-metadata')).toContain('2025-03-26');
    expect(wire('server-metadata')).toEqual(['GET /.well-known/oauth-authorization-server -> 200']);
    expect(world.hitsOf(ASM)[0]?.headers['mcp-protocol-version']).toBe('2025-03-26');
  });

  test('because the server is not reached, the next places are tried all the same', async () => {
    const world = await startWorld({ ...none, [PRM]: 'reset' });
    const { wire, notes } = await runFlow(world.mcpUrl);
    expect(wire('resource-metadata')).toHaveLength(2);
    expect(notes('resource-metadata')).toMatch(/ECONNRESET|CONNECTION_CLOSED/);
  });
});
