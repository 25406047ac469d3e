/** Which era a server is of, and how a run finds out. */
import { describe, expect, test } from 'vitest';
import { findRevision } from '../../src/spec/revisions.ts';
import { headerValue } from '../../src/trace/headers.ts';
import { answerModern, error, modernRevisionOf, startBoth } from './eras.ts';
import { type Result, runFlow } from './support.ts';
import {
  answerRpc,
  challenge,
  guarded,
  type Hit,
  jsonOf,
  MCP,
  type Reply,
  startWorld,
  type World,
} from './world.ts';

const NEWEST = findRevision('2026-07-28')!;
const LEGACY = findRevision('2025-11-25')!;

/** Refuses every request that is not of the newest revision, and names what it speaks. */
function modernOnly(refusal: (hit: Hit) => Reply): (hit: Hit) => Reply {
  return (hit) => (modernRevisionOf(hit) === undefined ? refusal(hit) : answerModern(hit));
}

const namesItself = (hit: Hit): Reply =>
  error(hit, 400, -32022, 'Unsupported', { supported: ['2026-07-28'] });

/** Methods of the requests with a token, each with the revision that its metadata names. */
function talk(world: World): readonly string[] {
  return world
    .hitsOf(MCP)
    .filter(({ headers }) => headers.authorization)
    .map((hit) => `${jsonOf(hit).method} ${modernRevisionOf(hit) ?? 'legacy'}`);
}

function called(result: Result): readonly string[] {
  return [result.outcome, result.trace.metadata.revision.used ?? 'none'];
}

describe('without a revision asked for', () => {
  test('a server of both eras is spoken to as a client of today does', async () => {
    const world = await startBoth();
    expect(called(await runFlow(world.mcpUrl))).toEqual(['completed', '2025-11-25']);
    expect(talk(world)).not.toContain('server/discover 2026-07-28');
  });

  test.each<[string, (hit: Hit) => Reply]>([
    ['that names what it speaks', namesItself],
    ['that knows no handshake', (hit) => error(hit, 404, -32601, 'Method not found')],
    ['that says so with status 200', (hit) => error(hit, 200, -32601, 'Method not found')],
    ['that misses its headers', (hit) => error(hit, 400, -32020, 'Header mismatch')],
    ['that misses capabilities', (hit) => error(hit, 400, -32021, 'Missing capability')],
  ])('a modern server %s is spoken to in its way', async (_, refusal) => {
    const world = await startWorld({ [MCP]: guarded(modernOnly(refusal)) });
    const result = await runFlow(world.mcpUrl);
    expect(called(result)).toEqual(['completed', '2026-07-28']);
    expect(talk(world).slice(0, 3)).toEqual([
      'initialize legacy',
      'server/discover 2026-07-28',
      'tools/list 2026-07-28',
    ]);
    expect(result.notes('call')).toContain('the server refused 2025-11-25 and names 2026-07-28');
  });

  test('a server is asked once what it is: the refresh goes on in the revision that the call found', async () => {
    const world = await startWorld({ [MCP]: guarded(modernOnly(namesItself)) });
    const { step } = await runFlow(world.mcpUrl);
    expect(step('refresh').outcome).toBe('done');
    expect(talk(world).filter((line) => line === 'initialize legacy')).toHaveLength(1);
  });

  test('a modern server that checks the version before the token is found out anonymously', async () => {
    const world = await startWorld({
      [MCP]: (hit, here) => {
        if (modernRevisionOf(hit) === undefined) return namesItself(hit);
        return hit.headers.authorization ? answerModern(hit) : challenge(here);
      },
    });
    const result = await runFlow(world.mcpUrl);
    expect(called(result)).toEqual(['completed', '2026-07-28']);
    expect(result.wire('challenge')).toEqual(['POST /mcp -> 400', 'POST /mcp -> 401']);
    expect(talk(world)).not.toContain('initialize legacy');
  });

  test('a modern server that asks nobody for a token is open, not broken', async () => {
    const world = await startWorld({ [MCP]: modernOnly(namesItself) });
    expect((await runFlow(world.mcpUrl)).outcome).toBe('open');
  });

  test('an error without a list of versions is no sign of another era', async () => {
    const world = await startWorld({
      [MCP]: guarded((hit) => error(hit, 400, -32600, 'Missing session ID')),
    });
    const { outcome } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('failed');
    expect(talk(world).every((line) => line === 'initialize legacy')).toBe(true);
  });
});

describe('with a revision asked for', () => {
  test('the newest one is spoken from the first request on', async () => {
    const world = await startBoth();
    const result = await runFlow(world.mcpUrl, { flow: { revision: NEWEST } });
    expect(called(result)).toEqual(['completed', '2026-07-28']);
    expect(talk(world)[0]).toBe('server/discover 2026-07-28');
    expect(world.hitsOf(MCP).every((hit) => modernRevisionOf(hit) === '2026-07-28')).toBe(true);
    expect(world.hitsOf('DELETE /mcp')).toEqual([]);
  });

  test('a server that speaks none of it fails the run, and no other is tried', async () => {
    const world = await startWorld({ [MCP]: guarded(modernOnly(namesItself)) });
    const { outcome, reason } = await runFlow(world.mcpUrl, { flow: { revision: LEGACY } });
    expect(outcome).toBe('failed');
    expect(reason).toContain('-32022');
    expect(new Set(talk(world))).toEqual(new Set(['initialize legacy']));
  });

  test('a server that refuses the version while naming it is asked once more', async () => {
    let refused = 0;
    const world = await startWorld({
      [MCP]: guarded((hit) => {
        if (jsonOf(hit).method !== 'server/discover' || refused > 0) return answerModern(hit);
        refused += 1;
        return namesItself(hit);
      }),
    });
    const result = await runFlow(world.mcpUrl, { flow: { revision: NEWEST } });
    expect(called(result)).toEqual(['completed', '2026-07-28']);
  });

  test('a legacy server whose handshake asks for the token is found out through it', async () => {
    const world = await startWorld({
      [MCP]: (hit, here) =>
        modernRevisionOf(hit) === undefined
          ? challenge(here)
          : error(hit, 400, -32000, 'Server not initialized'),
    });
    const { wire } = await runFlow(world.mcpUrl, { flow: { revision: NEWEST } });
    expect(wire('challenge')).toEqual(['POST /mcp -> 400', 'POST /mcp -> 401']);
  });
});

describe('a modern call', () => {
  const call = { tool: 'größe', arguments: { region: 'eu', q: 'hat' } };
  const schema = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, q: { type: 'string' } },
  };

  const listing =
    (inputSchema: unknown): ((hit: Hit) => Reply) =>
    (hit) =>
      jsonOf(hit).method === 'tools/list'
        ? {
            json: {
              jsonrpc: '2.0',
              id: jsonOf(hit).id,
              result: { tools: [{ name: 'größe', inputSchema }] },
            },
          }
        : answerModern(hit);

  test('repeats method, name and annotated arguments in headers', async () => {
    const world = await startWorld({ [MCP]: guarded(listing(schema)) });
    const { outcome } = await runFlow(world.mcpUrl, { flow: { revision: NEWEST, call } });
    expect(outcome).toBe('completed');
    const sent = world.hitsOf(MCP).find((hit) => jsonOf(hit).method === 'tools/call');
    expect(sent?.headers).toMatchObject({
      'mcp-method': 'tools/call',
      'mcp-name': `=?base64?${Buffer.from('größe').toString('base64')}?=`,
      'mcp-param-region': 'eu',
      'mcp-protocol-version': '2026-07-28',
    });
  });

  test('of a tool whose annotation no header can carry is not made', async () => {
    const broken = { properties: { region: { type: 'string', 'x-mcp-header': 'My Region' } } };
    const world = await startWorld({ [MCP]: guarded(listing(broken)) });
    const { outcome, reason } = await runFlow(world.mcpUrl, { flow: { revision: NEWEST, call } });
    expect(outcome).toBe('failed');
    expect(reason).toContain('x-mcp-header');
    expect(world.hitsOf(MCP).map((hit) => jsonOf(hit).method)).not.toContain('tools/call');
  });

  test('is what an annotation is for: an older revision calls the tool all the same', async () => {
    const broken = { properties: { region: { type: 'string', 'x-mcp-header': 'My Region' } } };
    const world = await startWorld({
      [MCP]: guarded((hit) =>
        jsonOf(hit).method === 'tools/list' ? listing(broken)(hit) : answerRpc(hit),
      ),
    });
    const { outcome } = await runFlow(world.mcpUrl, { flow: { call } });
    expect(outcome).toBe('completed');
    expect(world.hitsOf(MCP).map((hit) => jsonOf(hit).method)).toContain('tools/call');
  });

  test('that asks for input is told, and not answered without answers', async () => {
    const world = await startWorld({
      [MCP]: guarded((hit) =>
        jsonOf(hit).method === 'tools/call'
          ? {
              json: {
                jsonrpc: '2.0',
                id: jsonOf(hit).id,
                result: { resultType: 'input_required', inputRequests: {} },
              },
            }
          : answerModern(hit),
      ),
    });
    const flow = { revision: NEWEST, call: { tool: 'echo', arguments: {} } };
    const { outcome, notes } = await runFlow(world.mcpUrl, { flow });
    expect(outcome).toBe('completed');
    expect(notes('call')).toContain('input_required');
    const calls = world.hitsOf(MCP).filter((hit) => jsonOf(hit).method === 'tools/call');
    expect(calls).toHaveLength(1);
  });
});

test('a handshake names no version before it, a modern request always does', async () => {
  const world = await startBoth();
  const { exchanges } = await runFlow(world.mcpUrl);
  const [handshake] = exchanges('call');
  expect(headerValue(handshake?.request.headers ?? [], 'mcp-protocol-version')).toBeUndefined();
  expect(jsonOf(world.hitsOf(MCP)[0]!).method).toBe('initialize');
  const modern = await startBoth();
  const run = await runFlow(modern.mcpUrl, { flow: { revision: NEWEST } });
  const versions = run
    .exchanges('call')
    .map(({ request }) => headerValue(request.headers, 'mcp-protocol-version'));
  expect(new Set(versions)).toEqual(new Set(['2026-07-28']));
});

test('a legacy server that would answer a bare tool list is not taken for a modern one', async () => {
  const world = await startWorld({ [MCP]: guarded(answerRpc) });
  const { outcome, reason } = await runFlow(world.mcpUrl, { flow: { revision: NEWEST } });
  expect(outcome).toBe('failed');
  expect(reason).toContain('-32601');
});
