import { describe, expect, test } from 'vitest';
import { runFlow } from '../support.ts';
import { answerRpc, jsonOf, MCP, PRM, ROOT_PRM, type Route, startWorld } from '../world.ts';

const call = { tool: 'echo', arguments: { text: 'hello' } };

/** Asks for a token only when a tool is called. */
const onlyTools: Route = (hit, { origin }) => {
  const protectedTool = jsonOf(hit).method === 'tools/call' && !hit.headers.authorization;
  if (!protectedTool) return answerRpc(hit);
  const pointer = `${origin}/.well-known/oauth-protected-resource/mcp`;
  const value = `Bearer error="invalid_token", resource_metadata="${pointer}", scope="call"`;
  return { status: 401, headers: { 'www-authenticate': value } };
};

describe('a server that asks nobody for a token', () => {
  test('leaves the run open, with a hint', async () => {
    const world = await startWorld({ [MCP]: answerRpc });
    const { outcome, failedStep, reason, step, wire } = await runFlow(world.mcpUrl);
    expect({ outcome, failedStep }).toEqual({ outcome: 'open', failedStep: 'challenge' });
    expect(reason).toContain('--call');
    expect(step('resource-metadata').outcome).toBe('skipped');
    expect(wire('challenge')).toEqual(['POST /mcp -> 200', 'POST /mcp -> 202', 'POST /mcp -> 200']);
  });

  test('is asked for the named tool, and stays open where that is answered', async () => {
    const world = await startWorld({ [MCP]: answerRpc });
    const { outcome, reason, wire } = await runFlow(world.mcpUrl, { flow: { call } });
    expect(outcome).toBe('open');
    expect(reason).toContain('"echo"');
    expect(reason).not.toContain('--call');
    expect(wire('challenge')).toHaveLength(4);
  });

  test('ends the session that it gave', async () => {
    const world = await startWorld({
      [MCP]: (hit) => {
        const reply = answerRpc(hit);
        return typeof reply === 'string' || jsonOf(hit).method !== 'initialize'
          ? reply
          : { ...reply, headers: { 'mcp-session-id': 's-1' } };
      },
    });
    await runFlow(world.mcpUrl);
    expect(world.hitsOf('DELETE /mcp')[0]?.headers['mcp-session-id']).toBe('s-1');
  });

  test('but protects the named tool is gone through with, by the challenge of that tool', async () => {
    const world = await startWorld({ [MCP]: onlyTools });
    const { outcome, reason } = await runFlow(world.mcpUrl, { flow: { call } });
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    expect(world.hitsOf('GET /authorize')[0]?.url.searchParams.get('scope')).toBe('call');
  });

  test('but fails at the named tool fails the run', async () => {
    const world = await startWorld({
      [MCP]: (hit) =>
        jsonOf(hit).method === 'tools/call' ? { status: 500, body: 'broken' } : answerRpc(hit),
    });
    const { outcome, reason } = await runFlow(world.mcpUrl, { flow: { call } });
    expect(outcome).toBe('failed');
    expect(reason).toContain('500');
  });

  test('but refuses what follows the handshake is gone through with', async () => {
    const world = await startWorld({
      [MCP]: (hit, { origin }) => {
        if (jsonOf(hit).method === 'initialize' || hit.headers.authorization) return answerRpc(hit);
        const pointer = `${origin}/.well-known/oauth-protected-resource/mcp`;
        return {
          status: 401,
          headers: { 'www-authenticate': `Bearer resource_metadata="${pointer}"` },
        };
      },
    });
    const { outcome, wire } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(wire('challenge')).toEqual(['POST /mcp -> 200', 'POST /mcp -> 401']);
  });
});

describe('a refusal', () => {
  test('without a challenge is noted, and the well-known places are tried', async () => {
    const world = await startWorld({
      [MCP]: (hit) => (hit.headers.authorization ? answerRpc(hit) : { status: 401 }),
    });
    const { outcome, notes } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(notes('challenge')).toContain('no Bearer challenge');
  });

  test('with several challenges is read by its Bearer one', async () => {
    const world = await startWorld({
      [MCP]: (hit, { origin }) =>
        hit.headers.authorization
          ? answerRpc(hit)
          : {
              status: 401,
              headers: {
                'www-authenticate': [
                  'Basic realm="a, b"',
                  `Digest nonce="x", bearer resource_metadata="${origin}/pointed"`,
                ],
              },
            },
      'GET /pointed': (_, { origin, mcpUrl }) => ({
        json: { resource: mcpUrl, authorization_servers: [origin] },
      }),
    });
    const { outcome, wire } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(wire('resource-metadata')).toEqual(['GET /pointed -> 200']);
  });
});

test.each([404, 405, 501])('a URL that answers %s may not be the MCP endpoint', async (status) => {
  const world = await startWorld({ [MCP]: { status, body: 'nothing here' } });
  const { reason } = await runFlow(world.mcpUrl);
  expect(reason).toMatch(/expected 401 .*; is this the URL of the MCP endpoint\?$/);
});

describe('an anonymous call fails the run when it is answered', () => {
  const text = (status: number, type: string, body: string): Route => ({
    status,
    headers: { 'content-type': type },
    body,
  });

  test.each<[string, Route, string]>([
    ['with a page', text(200, 'text/html', '<!doctype html><title>Log in'), '200 text/html'],
    ['with 403', text(403, 'text/plain', 'Your request was blocked.'), '403'],
    ['with 500', text(500, 'text/plain', 'broken'), '500'],
    ['with 404', text(404, 'text/plain', 'nothing here'), '404'],
    ['with JSON that is no JSON-RPC', { json: { ok: true } }, '200 application/json'],
    ['with nothing', {}, '200'],
    [
      'with a redirect to a login page',
      { status: 302, headers: { location: 'https://idp.test/login?next=x' } },
      '302 to "https://idp.test/login?next=x"',
    ],
  ])('%s, and says what was seen and what was expected', async (_, route, seen) => {
    const world = await startWorld({ [MCP]: route });
    const { outcome, failedStep, reason, step } = await runFlow(world.mcpUrl);
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'challenge' });
    expect(reason).toContain(seen);
    expect(reason).toContain('expected 401');
    expect(step('cleanup').outcome).toBe('skipped');
  });

  test('with a JSON-RPC error and 200', async () => {
    const world = await startWorld({
      [MCP]: (hit) => ({
        json: { jsonrpc: '2.0', id: jsonOf(hit).id, error: { code: -32001, message: 'sign in' } },
      }),
    });
    const { outcome, reason } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('failed');
    expect(reason).toContain('sign in');
  });

  test('with a reset, naming the code', async () => {
    const world = await startWorld({ [MCP]: 'reset' });
    const { outcome, reason, wire } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('failed');
    expect(reason).toMatch(/ECONNRESET|CONNECTION_CLOSED/);
    expect(wire('challenge')).toHaveLength(1);
  });

  test('never', async () => {
    const world = await startWorld({ [MCP]: 'hang' });
    const { outcome, reason } = await runFlow(world.mcpUrl, { timeout: 100 });
    expect(outcome).toBe('failed');
    expect(reason).toContain('TIMEOUT');
  });
});

describe('a lenient run', () => {
  test('goes on after an answer that should have been 401, and says so', async () => {
    const world = await startWorld({
      [MCP]: (hit) => (hit.headers.authorization ? answerRpc(hit) : { status: 403 }),
    });
    const { outcome, notes, trace } = await runFlow(world.mcpUrl, { flow: { lenient: true } });
    expect(outcome).toBe('completed');
    expect(notes('challenge')).toContain('403');
    expect(trace.metadata.lenient).toBe(true);
  });
});

describe('a redirect of the anonymous call', () => {
  const slash: Route = (hit) => ({ status: 307, headers: { location: `${hit.url.pathname}/` } });

  test('that keeps the method and the origin is followed', async () => {
    const world = await startWorld({
      [MCP]: slash,
      'POST /mcp/': (hit, { origin }) => {
        if (hit.headers.authorization) return answerRpc(hit);
        const pointer = `${origin}/.well-known/oauth-protected-resource/mcp`;
        return {
          status: 401,
          headers: { 'www-authenticate': `Bearer resource_metadata="${pointer}"` },
        };
      },
    });
    const { outcome, reason, wire, exchanges } = await runFlow(world.mcpUrl);
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    expect(wire('challenge')).toEqual(['POST /mcp -> 307', 'POST /mcp/ -> 401']);
    expect(exchanges('challenge')[1]?.caused_by).toBe(exchanges('challenge')[0]?.id);
    expect(world.hitsOf(PRM)).toHaveLength(1);
    expect(world.hitsOf(ROOT_PRM)).toHaveLength(0);
  });

  test('to another origin is not followed', async () => {
    const other = await startWorld();
    const world = await startWorld({
      [MCP]: () => ({ status: 307, headers: { location: other.mcpUrl } }),
    });
    const { outcome, reason } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('failed');
    expect(reason).toContain(other.mcpUrl);
    expect(other.hits).toEqual([]);
  });

  test('in a circle ends', async () => {
    const world = await startWorld({ [MCP]: { status: 308, headers: { location: '/mcp' } } });
    const { outcome, wire } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('failed');
    expect(wire('challenge').length).toBeLessThan(10);
  });
});
