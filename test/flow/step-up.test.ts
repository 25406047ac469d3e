import { describe, expect, test } from 'vitest';
import type { FlowOptions } from '../../src/flow/options.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { answerEither, metadataWith, modernRevisionOf, startBoth } from './eras.ts';
import { runFlow } from './support.ts';
import {
  AUTHORIZE,
  challenge,
  formOf,
  guarded,
  type Hit,
  jsonOf,
  MCP,
  PRM,
  REGISTER,
  type Reply,
  type Route,
  resourceMetadata,
  serverMetadata,
  startWorld,
  TOKEN,
  type World,
} from './world.ts';

const CALL: Partial<FlowOptions> = { call: { tool: 'echo', arguments: {} } };

/** The refusal for lack of scope. */
function insufficient(scope: string): Reply {
  const value = `Bearer error="insufficient_scope", scope="${scope}"`;
  return { status: 403, headers: { 'www-authenticate': value } };
}

/** Refuses calls of tools, the first `times` of them. */
function refusing(times: number, refusal: (time: number) => Reply): Route {
  let refused = 0;
  return guarded((hit) => {
    if (jsonOf(hit).method !== 'tools/call' || refused >= times) return answerEither(hit);
    refused += 1;
    return refusal(refused);
  });
}

function scopesAsked(world: World): readonly (string | null)[] {
  return world.hitsOf(AUTHORIZE).map(({ url }) => url.searchParams.get('scope'));
}

/** Methods of the requests with a token. */
function methodsWithToken(world: World): readonly string[] {
  const sent = world.hitsOf(MCP).filter(({ headers }) => headers.authorization);
  return sent.map((hit) => String(jsonOf(hit).method));
}

describe('a call refused for lack of scope', () => {
  test('is made again with the earlier scope and the one it lacked', async () => {
    const world = await startBoth({ [MCP]: refusing(1, () => insufficient('admin')) });
    const { outcome, trace } = await runFlow(world.mcpUrl, { flow: CALL });
    expect(outcome).toBe('completed');
    expect(scopesAsked(world)).toEqual(['read write', 'read write admin']);
    const passes = trace.sequence_summary.steps.map(({ id, outcome, pass }) => [id, outcome, pass]);
    expect(passes.slice(4, 10)).toEqual([
      ['authorization', 'done', 1],
      ['token', 'done', 1],
      ['call', 'again', 1],
      ['authorization', 'done', 2],
      ['token', 'done', 2],
      ['call', 'done', 2],
    ]);
  });

  test('is made again alone in a revision where the challenge stands alone', async () => {
    const world = await startBoth({ [MCP]: refusing(1, () => insufficient('admin')) });
    const revision = findRevision('2025-11-25')!;
    const { outcome } = await runFlow(world.mcpUrl, { flow: { ...CALL, revision } });
    expect(outcome).toBe('completed');
    expect(scopesAsked(world)).toEqual(['read write', 'admin']);
    const [first, second] = methodsWithToken(world).join(' ').split('tools/call');
    expect(first).toContain('tools/list');
    expect(second).not.toContain('tools/list');
  });

  test('registers no second client', async () => {
    const world = await startBoth({ [MCP]: refusing(1, () => insufficient('admin')) });
    await runFlow(world.mcpUrl, { flow: CALL });
    expect(world.hitsOf(REGISTER)).toHaveLength(1);
  });

  test('is attempted three times at most', async () => {
    const world = await startBoth({ [MCP]: refusing(99, (time) => insufficient(`more-${time}`)) });
    const { outcome, reason } = await runFlow(world.mcpUrl, { flow: CALL });
    expect(outcome).toBe('failed');
    expect(reason).toContain('no further attempt is made');
    expect(world.hitsOf(AUTHORIZE)).toHaveLength(3);
  });

  test('is given up at once where the scope was asked for before', async () => {
    const world = await startBoth({ [MCP]: refusing(99, () => insufficient('write read')) });
    const { outcome } = await runFlow(world.mcpUrl, { flow: CALL });
    expect(outcome).toBe('failed');
    expect(world.hitsOf(AUTHORIZE)).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['without a challenge', { status: 403, body: 'blocked by a firewall' }],
    [
      'with another error',
      {
        status: 403,
        headers: { 'www-authenticate': 'Bearer error="invalid_token", scope="admin"' },
      },
    ],
    [
      'without a scope',
      { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } },
    ],
    [
      'under another scheme',
      {
        status: 403,
        headers: { 'www-authenticate': 'Basic error="insufficient_scope", scope="admin"' },
      },
    ],
  ])('%s is no step-up', async (_, reply) => {
    const world = await startBoth({ [MCP]: refusing(99, () => reply) });
    const { outcome } = await runFlow(world.mcpUrl, { flow: CALL });
    expect(outcome).toBe('failed');
    expect(world.hitsOf(AUTHORIZE)).toHaveLength(1);
  });

  test('is made again in the newest revision too, with the union', async () => {
    const world = await startBoth({ [MCP]: refusing(1, () => insufficient('admin')) });
    const revision = findRevision('2026-07-28')!;
    const { outcome } = await runFlow(world.mcpUrl, { flow: { ...CALL, revision } });
    expect(outcome).toBe('completed');
    expect(scopesAsked(world)).toEqual(['read write', 'read write admin']);
    const sent = world.hitsOf(MCP).filter((hit) => hit.headers.authorization);
    expect(new Set(sent.map(modernRevisionOf))).toEqual(new Set(['2026-07-28']));
  });
});

describe('offline_access', () => {
  test.each([
    ['is asked for where the authorization server lists it', ['read', 'offline_access'], true],
    ['is not asked for where it does not', ['read'], false],
  ])('%s', async (_, scopes, asked) => {
    const world = await startBoth(metadataWith({ scopes_supported: scopes }));
    await runFlow(world.mcpUrl);
    expect(scopesAsked(world)[0]?.split(' ').includes('offline_access')).toBe(asked);
    const prompt = world.hitsOf(AUTHORIZE)[0]?.url.searchParams.get('prompt');
    expect(prompt).toBe(asked ? 'consent' : null);
  });

  test('is not asked for alone', async () => {
    const world = await startBoth(
      metadataWith({ scopes_supported: ['offline_access'] }, { scopes_supported: undefined }),
    );
    await runFlow(world.mcpUrl);
    expect(scopesAsked(world)).toEqual([null]);
  });
});

describe('a scope of the challenge', () => {
  test('comes before the scopes of the metadata', async () => {
    const world = await startBoth({
      [MCP]: (hit, here) =>
        hit.headers.authorization ? answerEither(hit) : challenge(here, ', scope="only this"'),
    });
    await runFlow(world.mcpUrl);
    expect(scopesAsked(world)).toEqual(['only this']);
  });
});

/** Protected by one authorization server first, and by another once a token of the first was used. */
async function migrating(): Promise<{ readonly front: World; readonly next: World }> {
  const next = await startWorld({
    [TOKEN]: { json: { access_token: 'from-next', token_type: 'Bearer' } },
    [REGISTER]: { status: 201, json: { client_id: 'client-of-next' } },
  });
  let accepted = 0;
  const hasMoved = (): boolean => accepted >= 2;
  const answer = (hit: Hit, world: World): Reply => {
    const token = hit.headers.authorization?.replace('Bearer ', '');
    if (token === (hasMoved() ? 'from-next' : 'access-1')) {
      accepted += 1;
      return answerEither(hit);
    }
    return challenge(world);
  };
  const front = await startWorld({
    [MCP]: answer,
    [PRM]: (_, world) => ({
      json: {
        ...resourceMetadata(world),
        authorization_servers: [hasMoved() ? next.origin : world.origin],
      },
    }),
    'GET /.well-known/oauth-authorization-server': (_, world) => ({ json: serverMetadata(world) }),
  });
  return { front, next };
}

describe('a resource that moves to another authorization server', () => {
  test('is followed: discovered, registered and authorized anew', async () => {
    const { front, next } = await migrating();
    const { outcome, trace } = await runFlow(front.mcpUrl, { flow: CALL });
    expect(outcome).toBe('completed');
    expect(next.hitsOf(REGISTER)).toHaveLength(1);
    expect(trace.sequence_summary.client_id).toBe('client-of-next');
    const again = trace.sequence_summary.steps.find((step) => step.outcome === 'again');
    expect(again?.reason).toContain(`the metadata now names ${JSON.stringify(next.origin)}`);
  });

  test('gets nothing of what the first server gave', async () => {
    const { front, next } = await migrating();
    await runFlow(front.mcpUrl, { flow: CALL });
    const told = next.hits.map(
      ({ url, body, headers }) => `${url} ${body} ${headers.authorization}`,
    );
    expect(told.join('\n')).not.toMatch(/client-1|access-1|refresh-1/);
    expect(next.hitsOf(TOKEN).map((hit) => formOf(hit).client_id)).toEqual(['client-of-next']);
  });

  test.each<[string, Partial<FlowOptions>]>([
    ['a client', { clientId: 'mine', clientSecret: 'secret-of-mine' }],
    ['an assertion', { grant: 'jwt_bearer', assertion: 'aaa.bbb.ccc' }],
  ])('does not get %s that the user gave for the first', async (_, given) => {
    const { front, next } = await migrating();
    const { outcome, reason } = await runFlow(front.mcpUrl, { flow: { ...CALL, ...given } });
    expect(outcome).toBe('refused');
    expect(reason).toContain('it is not sent elsewhere; pass --authorization-server');
    expect(next.hits).toEqual([]);
  });

  test('is not followed with an authorization server that the user named', async () => {
    const { front, next } = await migrating();
    const { outcome } = await runFlow(front.mcpUrl, {
      flow: { ...CALL, authorizationServer: front.origin },
    });
    expect(outcome).toBe('failed');
    expect(next.hits).toEqual([]);
  });
});
