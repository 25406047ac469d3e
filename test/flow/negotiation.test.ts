import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findRevision } from '../../src/spec/revisions.ts';
import { runFlow } from './support.ts';
import { answerRpc, challenge, guarded, jsonOf, MCP, PRM, startWorld } from './world.ts';

const modernAnswer = guarded((hit) => {
  const { id, method } = jsonOf(hit);
  const results: Readonly<Record<string, unknown>> = {
    'server/discover': { supportedVersions: ['2026-07-28'], capabilities: {} },
    'tools/list': { tools: [{ name: 'echo' }] },
  };
  const result = results[String(method)];
  if (result) return { json: { jsonrpc: '2.0', id, result } };
  const error = {
    code: -32022,
    message: 'unsupported',
    data: { supported: ['2026-07-28'] },
  };
  return { status: 400, json: { jsonrpc: '2.0', id, error } };
});

describe('a server of the newest revision', () => {
  test('is spoken to as it wants, once it has said what it is', async () => {
    const world = await startWorld({ [MCP]: modernAnswer });
    const { outcome, reason, trace, notes } = await runFlow(world.mcpUrl);
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    expect(trace.metadata.revision).toEqual({ asked: 'auto', used: '2026-07-28' });
    expect(notes('call')).toContain('2026-07-28');
    expect(world.hitsOf(MCP).map((hit) => jsonOf(hit).method)).toContain('server/discover');
  });

  test('is spoken to that way at once where the user says so', async () => {
    const revision = findRevision('2026-07-28');
    const world = await startWorld({ [MCP]: modernAnswer });
    const { outcome } = await runFlow(world.mcpUrl, { flow: { ...(revision && { revision }) } });
    expect(outcome).toBe('completed');
    expect(world.hitsOf(MCP).map((hit) => jsonOf(hit).method)).not.toContain('initialize');
  });
});

describe('a server of an older revision', () => {
  test('never hears of the newest one', async () => {
    const world = await startWorld();
    await runFlow(world.mcpUrl);
    expect(world.hitsOf(MCP).map((hit) => jsonOf(hit).method)).not.toContain('server/discover');
  });
});

describe('a server of the deprecated transport', () => {
  test('is driven through it after Streamable HTTP was refused', async () => {
    const world = await startWorld({ [MCP]: guarded(() => ({ status: 405 })) });
    const old = await oldServer(world.origin);
    const { outcome, reason, notes } = await runFlow(old);
    expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
    expect(notes('call')).toContain('HTTP+SSE');
  });
});

/** An endpoint that takes no POST, and answers on the stream of its GET; protected by a world's server. */
async function oldServer(authorizationServer: string): Promise<string> {
  let write = (_: string): void => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url = '', headers } = request;
    if (`${method} ${url}` === PRM)
      return void response.end(
        JSON.stringify({ resource: mcpUrl(), authorization_servers: [authorizationServer] }),
      );
    if (!headers.authorization) return void response.writeHead(401).end();
    if (url === '/mcp' && method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write = (text) => void response.write(text);
      return write('event: endpoint\ndata: /messages\n\n');
    }
    if (url !== '/messages') return void response.writeHead(405).end();
    response.writeHead(202).end();
    const reply = answerRpc({ route: MCP, url: new URL(mcpUrl()), headers, body });
    if (typeof reply !== 'string' && reply.json)
      write(`event: message\ndata: ${JSON.stringify(reply.json)}\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mcpUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return mcpUrl();
}

test('the anonymous refusal of a GET counts where no POST is taken at all', async () => {
  const world = await startWorld({
    [MCP]: (hit) => (hit.headers.authorization ? answerRpc(hit) : { status: 405 }),
    'GET /mcp': (_, world) => challenge(world),
  });
  const { outcome, wire } = await runFlow(world.mcpUrl);
  expect(outcome).toBe('completed');
  expect(wire('challenge')).toEqual(['POST /mcp -> 405', 'GET /mcp -> 401']);
});
