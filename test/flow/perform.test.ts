import { describe, expect, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import { STEP_IDS, traceSchema } from '../../src/trace/schema.ts';
import { createAuthority } from '../http/certificates.ts';
import { startProxy } from '../http/proxy-server.ts';
import { fillForms, runFlow } from './support.ts';
import { jsonOf, startWorld } from './world.ts';

describe('a whole run', () => {
  test('against a healthy server is complete', async () => {
    const world = await startWorld();
    const { outcome, trace, wire, step } = await runFlow(world.mcpUrl);
    expect(outcome).toBe('completed');
    expect(trace.sequence_summary).toMatchObject({
      failed_step: null,
      reason: null,
      client_id: 'client-1',
      auth_code_received: true,
      access_token_received: true,
      refresh_token_received: true,
    });
    expect(STEP_IDS.map((id) => step(id).outcome)).toEqual(STEP_IDS.map(() => 'done'));
    expect(STEP_IDS.map((id) => wire(id))).toEqual([
      ['POST /mcp -> 401'],
      ['GET /.well-known/oauth-protected-resource/mcp -> 200'],
      ['GET /.well-known/oauth-authorization-server -> 200'],
      ['POST /register -> 201'],
      ['GET /authorize -> 302', 'GET /callback -> 200'],
      ['POST /token -> 200'],
      ['POST /mcp -> 200', 'POST /mcp -> 202', 'POST /mcp -> 200'],
      ['POST /token -> 200', 'POST /mcp -> 200', 'POST /mcp -> 202', 'POST /mcp -> 200'],
      ['POST /revoke -> 200', 'POST /revoke -> 200', 'DELETE /clients/client-1 -> 204'],
    ]);
  });

  test('holds every request that the server saw, and no more, besides the callback', async () => {
    const world = await startWorld();
    const { trace } = await runFlow(world.mcpUrl);
    const sent = trace.trace_log
      .filter(({ channel }) => channel !== 'loopback')
      .map(({ request }) => `${request.method} ${new URL(request.url).pathname}`);
    expect(sent).toEqual(world.hits.map(({ route }) => route));
  });

  test('is a trace by the schema', async () => {
    const world = await startWorld();
    const { trace } = await runFlow(world.mcpUrl, { username: 'someone' });
    expect(traceSchema.parse(trace)).toEqual(trace);
    expect(trace.metadata).toMatchObject({
      server_url: world.mcpUrl,
      total_requests: trace.trace_log.length,
      username: 'someone',
      client: 'claude-desktop',
      revision: { asked: 'auto', used: '2025-11-25' },
      consent: 'form',
      source: 'trace',
    });
  });

  test.each([{}, { split: true }, { tokens: 'opaque' }, { answers: 'sse' }] as const)(
    'against the reference server with %j is complete, through its forms',
    async (options) => {
      const server = await startServer(options);
      try {
        const { outcome, reason } = await runFlow(server.mcpUrl, {
          consent: fillForms(),
          flow: { call: { tool: 'echo', arguments: { text: 'hello' } } },
        });
        expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
      } finally {
        await server.close();
      }
    },
  );

  test('over TLS with a private authority verifies every leg but the callback', async () => {
    const { ca, issue, dispose } = createAuthority();
    const server = await startServer({ tls: issue(['IP:127.0.0.1']), split: true });
    try {
      const { outcome, reason, trace } = await runFlow(server.mcpUrl, {
        consent: fillForms(),
        connection: { ca },
      });
      expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
      for (const { channel, connection } of trace.trace_log)
        expect(connection.tls?.authorized).toBe(channel === 'loopback' ? undefined : true);
      expect(trace.metadata).not.toHaveProperty('insecure');
    } finally {
      await server.close();
      dispose();
    }
  });

  test('over TLS with an unknown authority ends at the first request, and says whose it was', async () => {
    const { issue, dispose } = createAuthority();
    const server = await startServer({ tls: issue(['IP:127.0.0.1']) });
    try {
      const { outcome, reason, trace } = await runFlow(server.mcpUrl, { consent: fillForms() });
      expect(outcome).toBe('failed');
      expect(reason).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      expect(trace.trace_log).toHaveLength(1);
      const lenient = await runFlow(server.mcpUrl, {
        consent: fillForms(),
        connection: { insecure: true },
      });
      expect(lenient.outcome).toBe('completed');
      expect(lenient.trace.metadata.insecure).toBe(true);
    } finally {
      await server.close();
      dispose();
    }
  });

  test('through a proxy names it on every leg but the callback', async () => {
    const proxy = await startProxy();
    const world = await startWorld();
    const { outcome, trace } = await runFlow(world.mcpUrl, {
      connection: { proxy: { http: proxy.url } },
    });
    expect(outcome).toBe('completed');
    for (const { channel, connection } of trace.trace_log)
      expect(connection.proxy).toBe(channel === 'loopback' ? undefined : proxy.url);
    expect(proxy.asked.length).toBeGreaterThan(0);
    expect(new Set(proxy.asked.map(({ url }) => url))).toEqual(
      new Set([new URL(world.origin).host]),
    );
  });

  test('with credentials that cannot be used does not begin', async () => {
    const world = await startWorld();
    const run = runFlow(world.mcpUrl, { connection: { ca: 'no PEM' } });
    await expect(run).rejects.toMatchObject({ name: 'CredentialsError' });
    expect(world.hits).toEqual([]);
  });

  test('tells each request to the observer once, and each step twice', async () => {
    const world = await startWorld();
    const heard: string[] = [];
    const { trace } = await runFlow(world.mcpUrl, {
      observer: {
        stepStarted: ({ id }) => heard.push(`begin ${id}`),
        stepEnded: ({ id }) => heard.push(`end ${id}`),
        exchange: ({ id }) => heard.push(`exchange ${id}`),
      },
    });
    const exchanges = heard.filter((line) => line.startsWith('exchange'));
    expect(new Set(exchanges).size).toBe(trace.trace_log.length);
    expect(exchanges).toHaveLength(trace.trace_log.length);
    expect(heard.filter((line) => !line.startsWith('exchange'))).toEqual(
      STEP_IDS.flatMap((id) => [`begin ${id}`, `end ${id}`]),
    );
  });

  test('plays the client profile on the wire', async () => {
    const world = await startWorld();
    await runFlow(world.mcpUrl);
    const [initialize] = world.hitsOf('POST /mcp');
    expect(initialize && jsonOf(initialize)).toMatchObject({
      method: 'initialize',
      params: { clientInfo: { name: 'claude-ai', version: '0.1.0' } },
    });
    expect(new Set(world.hits.map(({ headers }) => headers['user-agent']))).toEqual(
      new Set(['test/1']),
    );
  });
});
