import { describe, expect, test } from 'vitest';
import { findRevision } from '../../src/spec/revisions.ts';
import { runFlow } from './support.ts';
import {
  AUTHORIZE,
  answerRpc,
  callbackOf,
  challenge,
  formOf,
  type Hit,
  MCP,
  PRM,
  REGISTER,
  type Reply,
  type Routes,
  registered,
  resourceMetadata,
  startWorld,
  TOKEN,
  type World,
} from './world.ts';

/** Each token carries the scope that was asked for before it. */
function scopedTokens(): Routes {
  let scope = '';
  let count = 0;
  return {
    [AUTHORIZE]: (hit) => {
      scope = hit.url.searchParams.get('scope') ?? '';
      return callbackOf(hit);
    },
    [TOKEN]: () => {
      count += 1;
      const token = `${count} ${scope}`.replaceAll(' ', '.');
      return { json: { access_token: token, token_type: 'Bearer', scope } };
    },
  };
}

/** Wants these scopes of every token, and names them in the refusal. */
const wanting =
  (scopes: readonly string[]) =>
  (hit: Hit, world: World): Reply => {
    const { authorization } = hit.headers;
    if (!authorization) return challenge(world);
    const granted = authorization.split('.');
    if (scopes.every((scope) => granted.includes(scope))) return answerRpc(hit);
    const value = `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
    return { status: 403, headers: { 'www-authenticate': value } };
  };

/** A revision in which the challenge alone says what to ask for. */
const revision = findRevision('2025-11-25');
const challengeAlone = { ...(revision && { revision }) };

describe('a call that is refused for its scope', () => {
  test('sends the run back to ask for the scope it named', async () => {
    const world = await startWorld({ ...scopedTokens(), [MCP]: wanting(['admin']) });
    const { outcome, reason, trace } = await runFlow(world.mcpUrl, { flow: challengeAlone });
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    const asked = world.hitsOf(AUTHORIZE).map(({ url }) => url.searchParams.get('scope'));
    expect(asked).toEqual(['read write', 'admin']);
    const passes = trace.sequence_summary.steps
      .slice(4, 10)
      .map(({ id, pass, outcome }) => [id, pass, outcome]);
    expect(passes).toEqual([
      ['authorization', 1, 'done'],
      ['token', 1, 'done'],
      ['call', 1, 'again'],
      ['authorization', 2, 'done'],
      ['token', 2, 'done'],
      ['call', 2, 'done'],
    ]);
  });

  test('asks for the union with what it had, in a revision that says so', async () => {
    const newest = findRevision('2026-07-28');
    const world = await startWorld({ ...scopedTokens(), [MCP]: wanting(['admin']) });
    await runFlow(world.mcpUrl, { flow: { ...(newest && { revision: newest }) } });
    const asked = world.hitsOf(AUTHORIZE).map(({ url }) => url.searchParams.get('scope'));
    expect(asked).toEqual(['read write', 'read write admin']);
  });

  test('again and again is given up after a few attempts', async () => {
    let count = 0;
    const world = await startWorld({
      ...scopedTokens(),
      [MCP]: (hit, world) => {
        count += 1;
        return wanting([`s${count}`])(hit, world);
      },
    });
    const { outcome, failedStep } = await runFlow(world.mcpUrl);
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'call' });
    expect(world.hitsOf(AUTHORIZE)).toHaveLength(3);
  });

  test('that it asked for already is not asked for again', async () => {
    const world = await startWorld({
      ...scopedTokens(),
      [MCP]: (hit, world) =>
        hit.headers.authorization
          ? {
              status: 403,
              headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="read"' },
            }
          : challenge(world),
    });
    expect((await runFlow(world.mcpUrl)).outcome).toBe('failed');
    expect(world.hitsOf(AUTHORIZE)).toHaveLength(1);
  });
});

describe('what earlier passes obtained', () => {
  test('is cleaned up too', async () => {
    const world = await startWorld({ ...scopedTokens(), [MCP]: wanting(['admin']) });
    await runFlow(world.mcpUrl, { flow: challengeAlone });
    const revoked = world.hitsOf('POST /revoke').map((hit) => formOf(hit).token);
    expect(revoked).toEqual(['1.read.write', '2.admin']);
    expect(world.hitsOf('DELETE /clients/client-1')).toHaveLength(1);
  });

  test('is cleaned up, and remembered, also when the user refuses the second time', async () => {
    const tokens = scopedTokens();
    let visits = 0;
    const world = await startWorld({
      ...tokens,
      [MCP]: wanting(['admin']),
      [AUTHORIZE]: (hit, world) => {
        visits += 1;
        const route = tokens[AUTHORIZE];
        if (visits > 1) return callbackOf(hit, { code: undefined, error: 'access_denied' });
        return typeof route === 'function' ? route(hit, world) : 'hang';
      },
    });
    const { outcome, failedStep, trace } = await runFlow(world.mcpUrl);
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'authorization' });
    expect(trace.sequence_summary).toMatchObject({
      auth_code_received: true,
      access_token_received: true,
    });
    expect(world.hitsOf('POST /revoke').map((hit) => formOf(hit).token)).toEqual(['1.read.write']);
  });
});

describe('a resource that has come to name another authorization server', () => {
  test('is followed there, with a client of its own, and the first server gets its own back', async () => {
    const other = await startWorld({
      [REGISTER]: (hit, world) => ({
        status: 201,
        json: { ...registered(hit, world), client_id: 'client-2' },
      }),
      [TOKEN]: { json: { access_token: 'other-token', token_type: 'Bearer' } },
      [AUTHORIZE]: (hit) => callbackOf(hit),
    });
    let moved = false;
    const world = await startWorld({
      [MCP]: (hit, world) => {
        if (hit.headers.authorization === 'Bearer other-token') return answerRpc(hit);
        moved ||= hit.headers.authorization !== undefined;
        return challenge(world);
      },
      [PRM]: (_, world) => ({
        json: {
          ...resourceMetadata(world),
          authorization_servers: [moved ? other.origin : world.origin],
        },
      }),
    });
    const { outcome, reason } = await runFlow(world.mcpUrl);
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    expect(world.hitsOf('POST /revoke').map((hit) => formOf(hit).token)).toEqual([
      'refresh-1',
      'access-1',
    ]);
    expect(world.hitsOf('DELETE /clients/client-1')).toHaveLength(1);
    const sentToOther = other.hits.map(({ body, headers }) => body + JSON.stringify(headers));
    expect(sentToOther.join()).not.toMatch(/access-1|refresh-1|client-1"/);
  });
});
