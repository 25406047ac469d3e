import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/http/http.ts';
import { createMessageReader } from '../../src/mcp/events.ts';
import { stopTime } from '../time.ts';
import { beginEvents, converse, errorOf, event, healthy, result } from './support.ts';

const streamed: Answer = {
  exchange: 1,
  url: 'http://127.0.0.1/',
  status: 200,
  headers: [['Content-Type', 'text/event-stream; charset=utf-8']],
  text: '',
  truncated: false,
};

describe('an event stream', () => {
  test.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
  ])('with %s is read, comments and priming event included', async (_, end) => {
    const { session } = await converse(({ message }, response) => {
      beginEvents(response);
      response.write(`: comment${end}${end}id: 0${end}retry: 10${end}data:${end}${end}`);
      response.write(event({ method: 'notifications/progress' }, end));
      response.end(event({ id: message.id, result: { found: true } }, end));
    });
    expect((await session.request('ping')).result).toEqual({ found: true });
  });

  test('joins the lines of one event', async () => {
    const { session } = await converse(({ message }, response) => {
      beginEvents(response);
      response.end(
        `data: {"jsonrpc":"2.0","id":${message.id},\ndata: "result":{"found":true}}\n\n`,
      );
    });
    expect((await session.request('ping')).result).toEqual({ found: true });
  });

  test('takes a batch as one event', async () => {
    const { session } = await converse(({ message }, response) => {
      beginEvents(response);
      const batch = [{ method: 'notifications/message' }, { id: message.id, result: { n: 1 } }];
      response.end(`data: ${JSON.stringify(batch)}\n\n`);
    });
    expect((await session.request('ping')).result).toEqual({ n: 1 });
  });

  test('that is not ended after the response is left, and that is no failure', async () => {
    const { session, log } = await converse(({ message }, response) => {
      beginEvents(response);
      response.write(event({ id: message.id, result: { n: 1 } }));
    });
    expect((await session.request('ping')).result).toEqual({ n: 1 });
    expect(log()[0]).toMatchObject({ failure: null, response: { status: 200 } });
    expect(log()[0]?.response?.body?.text).toContain('"n":1');
  });

  test('that answers a notification and never ends is left', async () => {
    const { session } = await converse((one, response) => {
      if (one.message.id === undefined) beginEvents(response);
      else healthy(one, response);
    });
    await session.open();
  });

  test('that ends without the response is no result', async () => {
    const { session } = await converse((_, response) => {
      beginEvents(response);
      response.end(event({ method: 'notifications/message' }));
    });
    expect((await errorOf(session.request('ping'))).code).toBe('no-result');
  });

  test('that holds nothing readable is no JSON-RPC', async () => {
    const { session } = await converse((_, response) => {
      beginEvents(response);
      response.end('data: {broken\n\nevent: x\n\n');
    });
    expect((await errorOf(session.request('ping'))).code).toBe('not-json-rpc');
  });

  test('that stays silent runs into the time limit', async () => {
    const passes = stopTime();
    const { session, log } = await converse(
      (_, response) => beginEvents(response),
      {},
      { timeout: 2_000 },
    );
    const failed = expect(session.request('ping')).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect.poll(() => log()[0]?.response).toBeTruthy();
    passes(2_000);
    await failed;
    expect(log()[0]?.failure).toMatchObject({ code: 'TIMEOUT', phase: 'receive' });
  });
});

describe('a request of the server on the stream', () => {
  test('is answered by a request of its own while the stream is open', async () => {
    let finish = (): void => {};
    const { session, asked } = await converse((one, response) => {
      if (one.message.method === 'tools/call') {
        beginEvents(response);
        response.write(event({ id: 'p', method: 'ping' }));
        response.write(event({ id: 's', method: 'sampling/createMessage', params: {} }));
        let replies = 0;
        finish = () => {
          replies += 1;
          // Only both replies let the server go on.
          if (replies === 2) response.end(event({ id: one.message.id, result: { n: 1 } }));
        };
        return;
      }
      response.writeHead(202).end();
      finish();
    });
    expect((await session.request('tools/call', { name: 'a' })).result).toEqual({ n: 1 });
    expect(asked.slice(1).map(({ message }) => message)).toEqual([
      { jsonrpc: '2.0', id: 'p', result: {} },
      { jsonrpc: '2.0', id: 's', error: { code: -32601, message: 'Method not found' } },
    ]);
  });

  test('is answered in the session', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method === 'initialize') response.setHeader('mcp-session-id', 's-1');
      if (one.message.method !== 'tools/call') return healthy(one, response);
      beginEvents(response);
      response.write(event({ id: 1, method: 'ping' }));
      response.end(event({ id: one.message.id, result: {} }));
    });
    await session.open();
    await session.request('tools/call', { name: 'a' });
    expect(asked.at(-1)).toMatchObject({
      message: { id: 1, result: {} },
      headers: { 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-11-25' },
    });
  });

  test('whose answer is refused does not spoil the response', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method === undefined) return void response.socket?.resetAndDestroy();
      beginEvents(response);
      response.write(event({ id: 1, method: 'ping' }));
      response.end(event({ id: one.message.id, result: { n: 1 } }));
    });
    expect((await session.request('tools/list')).result).toEqual({ n: 1 });
    expect(asked).toHaveLength(2);
  });

  test('is answered a few times only', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method !== 'tools/list') return void response.writeHead(202).end();
      beginEvents(response);
      for (let id = 100; id < 1100; id += 1) response.write(event({ id, method: 'ping' }));
      response.end(event({ id: one.message.id, result: { n: 1 } }));
    });
    expect((await session.request('tools/list')).result).toEqual({ n: 1 });
    expect(asked.length).toBeLessThan(50);
  });
});

test('an event stream may arrive in any pieces', () => {
  const message = { jsonrpc: '2.0', id: 1, result: { text: 'a\nb: c\r\n€' } };
  const text = `: hi\r\n\r\nid: 1\ndata:\n\ndata: ${JSON.stringify(message)}\n\n`;
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const reader = createMessageReader(1, () => {});
      const read = reader.readAs(streamed.headers);
      const places = [...new Set([0, ...cuts])].sort((a, b) => a - b);
      const states = places.map((place, index) => read?.(text.slice(place, places[index + 1])));
      expect(reader.messages(streamed)).toEqual([message]);
      expect(states.at(-1)).toBe('done');
    }),
  );
});

test('any text in an event stream is read without an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (pieces) => {
      const reader = createMessageReader(1, () => {});
      const read = reader.readAs(streamed.headers);
      for (const piece of pieces) read?.(`data: ${piece}\n\n`);
      return reader.messages(streamed).every((message) => typeof message === 'object');
    }),
  );
});

test('an endless stream is given up at some point', () => {
  const reader = createMessageReader(1, () => {});
  const read = reader.readAs(streamed.headers);
  const piece = `: ${'x'.repeat(8 * 1024 * 1024)}\n`;
  const states = Array.from({ length: 9 }, () => read?.(piece));
  expect(states.at(0)).toBe('more');
  expect(states.at(-1)).toBe('too-long');
});

test('JSON is not read piece by piece', async () => {
  const reader = createMessageReader(1, () => {});
  expect(reader.readAs([['content-type', 'application/json']])).toBeUndefined();
  const { session } = await converse((one, response) => result(one, response, { n: 1 }));
  expect((await session.request('ping')).result).toEqual({ n: 1 });
});
