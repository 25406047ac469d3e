import { describe, expect, test } from 'vitest';
import { runFlow } from '../support.ts';
import {
  answerRpc,
  guarded,
  type Hit,
  jsonOf,
  MCP,
  type Reply,
  type Route,
  type Routes,
  startWorld,
} from '../world.ts';

async function run(routes: Routes, options: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld(routes);
  return { world, ...(await runFlow(world.mcpUrl, options)) };
}

/** A protected server that answers one method otherwise. */
const answering = (method: string, route: (hit: Hit) => Reply): Routes => ({
  [MCP]: guarded((hit) => (jsonOf(hit).method === method ? route(hit) : answerRpc(hit))),
});

const result = (hit: Hit, value: unknown): Reply => ({
  json: { jsonrpc: '2.0', id: jsonOf(hit).id, result: value },
});

const call = { tool: 'echo', arguments: { text: 'hello' } };

describe('a call', () => {
  test('shakes hands, lists every tool and calls the one the user named', async () => {
    const pages: Readonly<Record<string, string | undefined>> = { '': 'a', a: 'b', b: undefined };
    const { outcome, notes, world } = await run(
      answering('tools/list', (hit) => {
        const { cursor = '' } = jsonOf(hit).params as { cursor?: string };
        return result(hit, { tools: [{ name: `t${cursor}` }], nextCursor: pages[cursor] });
      }),
      { flow: { call } },
    );
    expect(outcome).toBe('completed');
    expect(notes('call')).toContain('3 tools');
    const called = world.hitsOf(MCP).map((hit) => jsonOf(hit).method);
    expect(called.slice(1, 7)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/list',
      'tools/list',
      'tools/call',
    ]);
  });

  test('names version and session with every request after the handshake', async () => {
    const { world } = await run(
      answering('initialize', (hit) => {
        const reply = answerRpc(hit);
        return typeof reply === 'string' ? reply : { ...reply, headers: { 'mcp-session-id': 's' } };
      }),
    );
    const sent = world.hits.filter(
      ({ url, headers }) => url.pathname === '/mcp' && headers.authorization,
    );
    for (const { route, body, headers } of sent) {
      const first = route === MCP && JSON.parse(body).method === 'initialize';
      expect(headers['mcp-session-id']).toBe(first ? undefined : 's');
      expect(headers['mcp-protocol-version']).toBe(first ? undefined : '2025-11-25');
    }
    expect(sent.map(({ route }) => route)).toContain('DELETE /mcp');
  });

  test('goes on in an older version that the server chose', async () => {
    const { outcome, trace, world } = await run(
      answering('initialize', (hit) => result(hit, { protocolVersion: '2025-06-18' })),
    );
    expect(outcome).toBe('completed');
    expect(trace.metadata.revision).toEqual({ asked: 'auto', used: '2025-06-18' });
    expect(world.hitsOf(MCP)[2]?.headers['mcp-protocol-version']).toBe('2025-06-18');
  });

  test('goes on in the version before there was authorization', async () => {
    const { outcome, trace } = await run(
      answering('initialize', (hit) => result(hit, { protocolVersion: '2024-11-05' })),
    );
    expect(outcome).toBe('completed');
    expect(trace.metadata.revision.used).toBe('2024-11-05');
  });

  test('does not fail where the session cannot be ended', async () => {
    const { outcome } = await run({
      ...answering('initialize', (hit) => {
        const reply = answerRpc(hit);
        return typeof reply === 'string' ? reply : { ...reply, headers: { 'mcp-session-id': 's' } };
      }),
      'DELETE /mcp': 'reset',
    });
    expect(outcome).toBe('completed');
  });

  test('answers through events as well as through JSON', async () => {
    const { outcome } = await run({
      [MCP]: guarded((hit) => {
        const reply = answerRpc(hit);
        if (typeof reply === 'string' || reply.json === undefined) return reply;
        return {
          headers: { 'content-type': 'text/event-stream' },
          body: `: hello\r\nid: 1\r\ndata:\r\n\r\nevent: message\r\ndata: ${JSON.stringify(reply.json)}\r\n\r\n`,
        };
      }),
    });
    expect(outcome).toBe('completed');
  });
});

describe('a call fails, and the refresh is tried all the same, when', () => {
  const refusing =
    (reply: Reply): Route =>
    (hit, world) => {
      const route = guarded(() => reply);
      return typeof route === 'function' ? route(hit, world) : route;
    };

  test.each<[string, Reply, string]>([
    [
      'the token is refused',
      { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
      '401',
    ],
    ['it is forbidden', { status: 403, body: 'blocked' }, '403'],
    ['the server breaks', { status: 500, body: 'oops' }, '500'],
    ['a page comes', { headers: { 'content-type': 'text/html' }, body: '<p>' }, 'text/html'],
    ['nothing comes', {}, 'an empty body'],
    ['another JSON comes', { json: { hello: 1 } }, 'expected'],
    ['a list of nothing comes', { json: [] }, 'expected'],
    ['it leads elsewhere', { status: 302, headers: { location: 'https://idp.test/' } }, '302'],
    ['the connection breaks', 'reset', 'POST'],
  ])('%s', async (_, reply, seen) => {
    const { outcome, failedStep, reason, step, crash, wire } = await run({
      [MCP]: refusing(reply),
    });
    expect({ outcome, failedStep, crash }).toEqual({
      outcome: 'failed',
      failedStep: 'call',
      crash: undefined,
    });
    expect(reason).toContain(seen);
    expect(wire('refresh')[0]).toBe('POST /token -> 200');
    expect(step('cleanup').outcome).toBe('done');
  });

  test.each<[string, (hit: Hit) => Reply, string]>([
    [
      'the list of tools never ends',
      (hit) => result(hit, { tools: [], nextCursor: String(Math.random()) }),
      'pages',
    ],
    [
      'the list of tools goes in a circle',
      (hit) => result(hit, { tools: [], nextCursor: 'x' }),
      'names the cursor it was sent',
    ],
    [
      'the list of tools has no end',
      (hit) => result(hit, { tools: [], nextCursor: String(jsonOf(hit).id) }),
      'pages',
    ],
    [
      'a JSON-RPC error comes',
      (hit) => ({
        json: { jsonrpc: '2.0', id: jsonOf(hit).id, error: { code: -32603, message: 'no\u001b' } },
      }),
      '-32603 "no\\u001b"',
    ],
    [
      'the answer is for another id',
      () => ({ json: { jsonrpc: '2.0', id: 99, result: {} } }),
      'id',
    ],
    ['the result is no object', (hit) => result(hit, 'done'), 'expected'],
  ])('%s', async (_, route, seen) => {
    const { outcome, failedStep, reason } = await run(answering('tools/list', route));
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'call' });
    expect(reason).toContain(seen);
  });

  test('the server chose a version that nobody published', async () => {
    const { outcome, reason, world } = await run(
      answering('initialize', (hit) => result(hit, { protocolVersion: '1999-12-31' })),
    );
    expect(outcome).toBe('failed');
    expect(reason).toContain('"1999-12-31"');
    expect(world.hitsOf(MCP).map((hit) => jsonOf(hit).method)).not.toContain('tools/list');
  });

  test('the tool the user named is refused', async () => {
    const { outcome, reason } = await run(
      answering('tools/call', () => ({ status: 403, body: 'not this one' })),
      { flow: { call } },
    );
    expect(outcome).toBe('failed');
    expect(reason).toContain('tools/call was answered with 403');
  });
});

describe('hostile values in an answer do not crash the program:', () => {
  const hostile = { toString: 1, valueOf: { a: 1 } };

  test.each<[string, Routes]>([
    [
      'a name of a tool',
      answering('tools/list', (hit) => result(hit, { tools: [{ name: hostile }] })),
    ],
    ['a cursor', answering('tools/list', (hit) => result(hit, { nextCursor: hostile }))],
    [
      'an error',
      answering('tools/list', (hit) => ({
        json: { jsonrpc: '2.0', id: jsonOf(hit).id, error: { code: hostile, message: hostile } },
      })),
    ],
    ['a version', answering('initialize', (hit) => result(hit, { protocolVersion: hostile }))],
    [
      'versions',
      answering('initialize', (hit) => ({
        status: 400,
        json: {
          jsonrpc: '2.0',
          id: jsonOf(hit).id,
          error: { code: -32022, message: 'no', data: { supported: [hostile] } },
        },
      })),
    ],
    [
      'nesting',
      answering('tools/list', (hit) => ({
        body: `{"jsonrpc":"2.0","id":${jsonOf(hit).id},"error":{"code":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
      })),
    ],
    [
      'an id',
      answering('tools/list', () => ({ json: { jsonrpc: '2.0', id: hostile, result: {} } })),
    ],
    [
      'a prototype',
      answering('tools/list', (hit) => ({
        body: `{"jsonrpc":"2.0","id":${jsonOf(hit).id},"result":{"__proto__":{"tools":1},"tools":[{"__proto__":null}]}}`,
      })),
    ],
  ])('%s', async (_, routes) => {
    const { crash, outcome } = await run(routes, { flow: { call } });
    expect(crash).toBeUndefined();
    expect(['completed', 'failed']).toContain(outcome);
  });
});
