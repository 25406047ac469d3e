import { describe, expect, test } from 'vitest';
import { bearer } from '../../src/mcp/credentials.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { converse, errorOf, healthy, json, result } from './support.ts';

describe('a handshake', () => {
  test('offers the revision, then says that it is done', async () => {
    const { session, asked } = await converse(healthy);
    expect(await session.open()).toMatchObject({ revision: '2025-11-25', answer: { status: 200 } });
    expect(asked.map(({ message }) => message)).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-11-25',
          capabilities: {},
          clientInfo: { name: 'test', version: '1' },
        },
      },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ]);
  });

  test('takes the version that the server chose', async () => {
    const { session, asked } = await converse((one, response) =>
      one.message.method === 'initialize'
        ? result(one, response, { protocolVersion: '2025-06-18' })
        : healthy(one, response),
    );
    expect((await session.open()).revision).toBe('2025-06-18');
    expect(asked[1]?.headers['mcp-protocol-version']).toBe('2025-06-18');
  });

  test('with a server that names no version keeps its own', async () => {
    const { session } = await converse((one, response) =>
      one.message.method === 'initialize' ? result(one, response) : healthy(one, response),
    );
    expect((await session.open()).revision).toBe('2025-11-25');
  });

  test.each([200, 202, 204])('takes %i for an accepted notification', async (status) => {
    const { session } = await converse((one, response) =>
      one.message.id === undefined ? void response.writeHead(status).end() : healthy(one, response),
    );
    await session.open();
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [400, 'http-status'],
    [500, 'http-status'],
  ])('heeds a notification that is answered with %i', async (status, code) => {
    const { session } = await converse((one, response) =>
      one.message.id === undefined ? void response.writeHead(status).end() : healthy(one, response),
    );
    const error = await errorOf(session.open());
    expect(error).toMatchObject({ code, answer: { status } });
    expect(error.message).toContain('notifications/initialized');
  });
});

describe('every request', () => {
  test('after the handshake names version and session, and the one that ends it does too', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method === 'initialize') response.setHeader('Mcp-Session-Id', 's-1');
      healthy(one, response);
    });
    await session.open();
    await session.request('tools/call', { name: 'a' });
    expect(await session.close()).toMatchObject({ status: 200 });
    expect(asked.map(({ httpMethod }) => httpMethod)).toEqual(['POST', 'POST', 'POST', 'DELETE']);
    const named = asked.map(({ headers }) => [
      headers['mcp-session-id'],
      headers['mcp-protocol-version'],
    ]);
    expect(named).toEqual([
      [undefined, undefined],
      ['s-1', '2025-11-25'],
      ['s-1', '2025-11-25'],
      ['s-1', '2025-11-25'],
    ]);
  });

  test('accepts JSON and events, and carries the token', async () => {
    const { session, asked } = await converse(healthy, { credentials: bearer('token-1') });
    await session.open();
    await session.tools();
    for (const { headers } of asked)
      expect(headers).toMatchObject({
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        authorization: 'Bearer token-1',
      });
  });

  test('carries the token also where the session is ended', async () => {
    const { session, asked } = await converse(
      (one, response) => {
        if (one.message.method === 'initialize') response.setHeader('mcp-session-id', 's-1');
        healthy(one, response);
      },
      { credentials: bearer('token-1') },
    );
    await session.open();
    await session.close();
    expect(asked.at(-1)?.headers.authorization).toBe('Bearer token-1');
  });

  test('of the first revision names no version', async () => {
    const revision = findRevision('2025-03-26');
    const { session, asked } = await converse(healthy, { ...(revision && { revision }) });
    await session.open();
    await session.tools();
    expect(asked.every(({ headers }) => !('mcp-protocol-version' in headers))).toBe(true);
  });

  test('has an id of its own', async () => {
    const { session, asked } = await converse(healthy);
    await session.open();
    await session.tools();
    const ids = asked.flatMap(({ message }) => (message.id === undefined ? [] : [message.id]));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('a session that the server gave no id is not ended', async () => {
  const { session, asked } = await converse(healthy);
  await session.open();
  expect(await session.close()).toBeUndefined();
  expect(asked.map(({ httpMethod }) => httpMethod)).not.toContain('DELETE');
});

describe('a session that the server has lost', () => {
  /** Knows sessions by number, and forgets those that `forgets` names. */
  const forgetting = (forgets: (session: string) => boolean): Parameters<typeof converse>[0] =>
    (() => {
      let count = 0;
      return (one, response) => {
        if (one.message.method === 'initialize') {
          count += 1;
          response.setHeader('mcp-session-id', `s-${count}`);
        } else if (one.message.id !== undefined && forgets(`${one.headers['mcp-session-id']}`))
          return json(response, { jsonrpc: '2.0', error: { code: -32001, message: 'lost' } }, 404);
        healthy(one, response);
      };
    })();

  test('is begun anew, without its id, and the request repeated', async () => {
    const { session, asked } = await converse(forgetting((id) => id === 's-1'));
    await session.open();
    expect((await session.request('ping')).result).toEqual({ done: 'ping' });
    expect(asked.map(({ message }) => message.method)).toEqual([
      'initialize',
      'notifications/initialized',
      'ping',
      'initialize',
      'notifications/initialized',
      'ping',
    ]);
    expect(asked[3]?.headers).not.toHaveProperty('mcp-session-id');
    expect(asked[3]?.headers).not.toHaveProperty('mcp-protocol-version');
    expect(asked[5]?.headers['mcp-session-id']).toBe('s-2');
  });

  test('again is told', async () => {
    const { session } = await converse(forgetting(() => true));
    await session.open();
    const error = await errorOf(session.request('ping'));
    expect(error).toMatchObject({ code: 'http-status', answer: { status: 404 } });
    expect(error.message).toContain('-32001 "lost"');
  });

  test('is not looked for where there was none', async () => {
    const { session, asked } = await converse((_, response) => void response.writeHead(404).end());
    expect(await errorOf(session.request('ping'))).toMatchObject({ code: 'http-status' });
    expect(asked).toHaveLength(1);
  });
});

describe('the list of tools', () => {
  test('is read page by page', async () => {
    const { session, asked } = await converse(healthy);
    expect((await session.tools()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(asked.map(({ message }) => message.params)).toEqual([{}, { cursor: 'more' }]);
  });

  test('leaves out what has no name', async () => {
    const { session } = await converse((one, response) =>
      result(one, response, { tools: [{ name: 'a' }, { name: 7 }, null, 'b', { name: {} }] }),
    );
    expect((await session.tools()).map(({ name }) => name)).toEqual(['a']);
  });

  test.each([[undefined], [null], ['x'], [{ a: 1 }]])('that is %j is empty', async (tools) => {
    const { session } = await converse((one, response) => result(one, response, { tools }));
    expect(await session.tools()).toEqual([]);
  });

  test('that never ends is given up', async () => {
    let page = 0;
    const { session, asked } = await converse((one, response) => {
      page += 1;
      result(one, response, { tools: [], nextCursor: String(page) });
    });
    expect((await errorOf(session.tools())).code).toBe('endless-list');
    expect(asked).toHaveLength(100);
  });

  test('that goes in a circle is given up at once', async () => {
    const { session, asked } = await converse((one, response) =>
      result(one, response, { tools: [], nextCursor: 'x' }),
    );
    expect((await errorOf(session.tools())).code).toBe('endless-list');
    expect(asked).toHaveLength(2);
  });
});

describe('an answer that is no result', () => {
  test.each<[string, Parameters<typeof converse>[0], string, RegExp]>([
    [
      'a refusal',
      (_, response) =>
        void response.writeHead(401, { 'www-authenticate': 'Bearer error="x\u0085"' }).end(),
      'unauthorized',
      /401 and WWW-Authenticate "Bearer error=\\"x\\u0085\\""/,
    ],
    ['a ban', (_, response) => void response.writeHead(403).end(), 'forbidden', /403/],
    ['another status', (_, response) => void response.writeHead(302).end(), 'http-status', /302/],
    [
      'a status with an error in its body',
      ({ message }, response) =>
        json(response, { jsonrpc: '2.0', id: message.id, error: { code: 1, message: 'm' } }, 500),
      'http-status',
      /500 with JSON-RPC error 1 "m"/,
    ],
    [
      'a page',
      (_, response) => void response.setHeader('content-type', 'text/html').end('<h1>\u001b[31m'),
      'not-json-rpc',
      /200 text\/html: "<h1>\\u001b\[31m"/,
    ],
    ['nothing', (_, response) => void response.end(), 'not-json-rpc', /an empty body/],
    ['a number', (_, response) => json(response, 7), 'not-json-rpc', /JSON-RPC/],
    [
      'an answer to somebody else',
      (_, response) => json(response, { jsonrpc: '2.0', id: 'other', result: {} }),
      'no-result',
      /no response to its id/,
    ],
    [
      'a request instead of a response',
      ({ message }, response) => json(response, { jsonrpc: '2.0', id: message.id, method: 'ping' }),
      'no-result',
      /no response to its id/,
    ],
    [
      'an error',
      ({ message }, response) =>
        json(response, {
          jsonrpc: '2.0',
          id: message.id,
          error: { code: -32602, message: 'bad', data: { a: 1 } },
        }),
      'rpc-error',
      /-32602 "bad"/,
    ],
    [
      'an error without anything in it',
      ({ message }, response) => json(response, { jsonrpc: '2.0', id: message.id, error: null }),
      'rpc-error',
      /without code/,
    ],
    [
      'a result that is no object',
      (one, response) => result(one, response, ['a']),
      'rpc-error',
      /expected a result/,
    ],
  ])('%s says what was seen', async (_, script, code, seen) => {
    const { session } = await converse(script);
    const error = await errorOf(session.request('ping'));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(seen);
    expect(error.message).toMatch(/^(ping|the answer to ping) /);
  });

  test('carries the JSON-RPC error for those who want to go by it', async () => {
    const { session } = await converse(({ message }, response) =>
      json(response, { jsonrpc: '2.0', id: message.id, error: { code: 5, data: { a: 1 } } }),
    );
    expect((await errorOf(session.request('ping'))).rpc).toEqual({ code: 5, data: { a: 1 } });
  });
});

describe('a batch', () => {
  test('is searched for the response', async () => {
    const { session } = await converse(({ message }, response) =>
      json(response, [
        { jsonrpc: '2.0', method: 'notifications/message' },
        { jsonrpc: '2.0', id: message.id, result: { found: true } },
      ]),
    );
    expect((await session.request('ping')).result).toEqual({ found: true });
  });
});
