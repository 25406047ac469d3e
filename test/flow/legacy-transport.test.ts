/** A run against a server of the deprecated HTTP+SSE transport, which answers on one long stream. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { FlowOptions } from '../../src/flow/options.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { headerValue } from '../../src/trace/headers.ts';
import { serve } from '../http/support.ts';
import { type Result, runFlow } from './support.ts';
import { startWorld } from './world.ts';

interface OldServer {
  readonly url: string;
  /** `METHOD /path` of everything that came with a token. */
  readonly withToken: readonly string[];
  /** Streams that are still open. */
  readonly open: () => number;
}

interface Oddities {
  /** The status of a POST where there is none. */
  readonly refusal?: number;
  /** True where the handshake needs no token. */
  readonly isOpen?: boolean;
  /** What the stream brings instead of answers. */
  readonly answer?: (message: Message, stream: ServerResponse) => void;
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string };
}

const RESULTS: Readonly<Record<string, unknown>> = {
  initialize: { protocolVersion: '2024-11-05', capabilities: {}, serverInfo: { name: 'old' } },
  'tools/list': { tools: [{ name: 'echo' }] },
  'tools/call': { content: [] },
};

function answerOn({ id, method }: Message, stream: ServerResponse): void {
  if (id === undefined) return;
  const message = JSON.stringify({ jsonrpc: '2.0', id, result: RESULTS[method] ?? {} });
  stream.write(`event: message\ndata: ${message}\n\n`);
}

/** An old server behind an authorization server of its own. */
async function startOld({
  refusal = 405,
  isOpen,
  answer = answerOn,
}: Oddities = {}): Promise<OldServer> {
  const authorization = await startWorld();
  const withToken: string[] = [];
  const streams = new Map<string, ServerResponse>();
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '', headers } = request;
    const path = new URL(url, 'http://host');
    if (path.pathname === '/.well-known/oauth-protected-resource/sse') {
      const document = { resource: `${origin}/sse`, authorization_servers: [authorization.origin] };
      return void response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(document));
    }
    if (path.pathname === '/sse' && method === 'POST')
      return void response.writeHead(refusal).end();
    if (
      !isOpen &&
      headers.authorization !== 'Bearer access-1' &&
      headers.authorization !== 'Bearer access-2'
    )
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    withToken.push(`${method} ${path.pathname}`);
    if (method === 'GET') {
      const session = String(streams.size + 1);
      streams.set(session, response);
      response.once('close', () => streams.delete(session));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write(`event: endpoint\ndata: /messages?session=${session}\n\n`);
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(202).end();
    const stream = streams.get(path.searchParams.get('session') ?? '');
    if (stream) answer(JSON.parse(body) as Message, stream);
  };
  const origin = await serve((request, response) => void respond(request, response));
  return { url: `${origin}/sse`, withToken, open: () => streams.size };
}

function run(server: OldServer, flow: Partial<FlowOptions> = {}): Promise<Result> {
  return runFlow(server.url, { flow: { call: { tool: 'echo', arguments: {} }, ...flow } });
}

describe('a server of the deprecated transport', () => {
  test.each([400, 404, 405])(
    'that answers a POST with %i is recognised and driven',
    async (refusal) => {
      const server = await startOld({ refusal });
      const { outcome, reason, trace, notes } = await run(server);
      expect({ outcome, reason }).toEqual({ outcome: 'completed', reason: null });
      expect(trace.metadata.revision.used).toBe('2024-11-05');
      expect(notes('call')).toContain('the deprecated HTTP+SSE transport answered');
      expect(server.withToken.slice(0, 5)).toEqual([
        'GET /sse',
        'POST /messages',
        'POST /messages',
        'POST /messages',
        'POST /messages',
      ]);
    },
  );

  test('asks for the token at the stream, which is where its challenge is found', async () => {
    const server = await startOld();
    const { wire } = await run(server);
    expect(wire('challenge')).toEqual(['POST /sse -> 405', 'GET /sse -> 401']);
  });

  test('has its streams left on purpose: they stand in the log without a failure', async () => {
    const server = await startOld();
    const { exchanges } = await run(server);
    const streams = [...exchanges('call'), ...exchanges('refresh')].filter(
      ({ request }) => request.method === 'GET',
    );
    expect(streams).toHaveLength(2);
    for (const { response, failure } of streams) {
      expect(failure).toBeNull();
      expect(response?.status).toBe(200);
      expect(headerValue(response?.headers ?? [], 'content-type')).toBe('text/event-stream');
      expect(response?.body?.text).toContain('event: endpoint');
      expect(response?.body?.text).toContain('"tools":[{"name":"echo"}]');
    }
    await expect.poll(server.open).toBe(0);
  });

  test('that asks nobody for a token is open, and its stream is left', async () => {
    const server = await startOld({ isOpen: true });
    const { outcome } = await run(server);
    expect(outcome).toBe('open');
    await expect.poll(server.open).toBe(0);
  });

  test('is spoken to with an older revision asked for as well', async () => {
    const server = await startOld();
    const { outcome } = await run(server, { revision: findRevision('2025-06-18')! });
    expect(outcome).toBe('completed');
  });

  test('is not looked for in the newest revision', async () => {
    const server = await startOld();
    const { outcome, wire } = await run(server, { revision: findRevision('2026-07-28')! });
    expect(outcome).toBe('failed');
    expect(wire('challenge')).not.toContain('GET /sse -> 401');
  });

  test('whose stream ends before the answer fails the call', async () => {
    const server = await startOld({ answer: (_, stream) => void stream.end() });
    const { outcome, failedStep, reason } = await run(server);
    expect({ outcome, failedStep }).toEqual({ outcome: 'failed', failedStep: 'call' });
    expect(reason).toContain('initialize');
    await expect.poll(server.open).toBe(0);
  });

  test('whose stream brings an error fails the call with it', async () => {
    const error = { code: -32000, message: 'no such tool' };
    const server = await startOld({
      answer: (message, stream) =>
        message.method === 'tools/call'
          ? void stream.write(
              `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, error })}\n\n`,
            )
          : answerOn(message, stream),
    });
    const { reason } = await run(server);
    expect(reason).toContain('no such tool');
    await expect.poll(server.open).toBe(0);
  });
});
