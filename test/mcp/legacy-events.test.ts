import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { bearer } from '../../src/mcp/credentials.ts';
import { type LegacyTransport, openLegacyTransport } from '../../src/mcp/legacy-events.ts';
import { NEWEST_LEGACY } from '../../src/spec/revisions.ts';
import { client, serve } from '../http/support.ts';
import { beginEvents, errorOf, event } from './support.ts';

interface Seen {
  readonly route: string;
  readonly token: string | undefined;
  readonly message: { readonly id?: number; readonly method?: string };
}

/** A server of the old transport; `answers` puts a message on the stream. */
async function oldServer(
  endpoint: string | undefined,
  answers: (seen: Seen, stream: ServerResponse) => void = () => {},
) {
  const requests: Seen[] = [];
  let stream: ServerResponse | undefined;
  const origin = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    const message = body === '' ? {} : JSON.parse(body);
    const seen = { route: `${method} ${url}`, token: headers.authorization, message };
    requests.push(seen);
    if (method === 'GET' && endpoint !== undefined) {
      beginEvents(response);
      stream = response;
      return void response.write(`event: endpoint\ndata: ${endpoint}\n\n`);
    }
    response.writeHead(method === 'POST' ? 202 : 405).end();
    if (stream) answers(seen, stream);
  });
  const { http, log } = client();
  const line = { http, url: `${origin}/sse`, credentials: bearer('token-1') };
  return { line, requests, log };
}

const context = { revision: NEWEST_LEGACY, clientInfo: { name: 'test', version: '1' } };

async function opened(line: Parameters<typeof openLegacyTransport>[0]): Promise<LegacyTransport> {
  const transport = await openLegacyTransport(line);
  if ('answer' in transport) throw new Error('no stream');
  return transport;
}

describe('the deprecated transport', () => {
  test('posts to the endpoint that the stream names, and reads the answer from the stream', async () => {
    const { line, requests } = await oldServer('/messages?session=1', ({ message }, stream) => {
      stream.write(event({ id: 99, result: {} }));
      stream.write(event({ id: message.id, result: { n: 1 } }));
    });
    const transport = await opened(line);
    const { messages } = await transport.send({ id: 7, method: 'tools/list' }, context);
    await transport.close();
    expect(messages).toMatchObject([{ id: 7, result: { n: 1 } }]);
    expect(requests).toMatchObject([
      { route: 'GET /sse', token: 'Bearer token-1' },
      { route: 'POST /messages?session=1', token: 'Bearer token-1' },
    ]);
  });

  test('leaves the stream without a failure', async () => {
    const { line, log } = await oldServer('/messages');
    const transport = await opened(line);
    await transport.close();
    expect(log()[0]).toMatchObject({ response: { status: 200 }, failure: null });
  });

  test('sends a notification without waiting for anything', async () => {
    const { line } = await oldServer('/messages');
    const transport = await opened(line);
    const { answer } = await transport.send({ method: 'notifications/initialized' }, context);
    await transport.close();
    expect(answer.status).toBe(202);
  });

  test('gives up waiting when the stream ends', async () => {
    const { line } = await oldServer('/messages', (_, stream) => stream.end());
    const transport = await opened(line);
    const { messages } = await transport.send({ id: 1, method: 'ping' }, context);
    expect(messages).toEqual([]);
  });

  test('is not there where the GET brings something else', async () => {
    const { line } = await oldServer(undefined);
    expect(await openLegacyTransport(line)).toMatchObject({ answer: { status: 405 } });
  });

  test.each([
    'http://127.0.0.1:9/messages',
    '//127.0.0.1:9/messages',
    'http://',
    'javascript:alert(1)',
  ])('never sends a message, and so the token, to %s', async (endpoint) => {
    const { line, requests } = await oldServer(endpoint);
    const error = await errorOf(openLegacyTransport(line));
    expect(error.message).toContain(endpoint);
    expect(requests.map(({ route }) => route)).toEqual(['GET /sse']);
  });
});
