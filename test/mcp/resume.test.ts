import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { findRevision } from '../../src/spec/revisions.ts';
import { type Asked, beginEvents, converse, errorOf, event, healthy } from './support.ts';

/** The first event of a stream, as a server sends it to number it. */
function primed(response: ServerResponse, id: string, retry = 1): void {
  beginEvents(response);
  response.write(`id: ${id}\nretry: ${retry}\ndata:\n\n`);
}

/** A server whose calls end early; `onGet` says what a GET then brings. */
function endingEarly(onGet: (asked: Asked, response: ServerResponse, call: Asked) => void) {
  let call: Asked | undefined;
  return (asked: Asked, response: ServerResponse) => {
    if (asked.httpMethod === 'GET' && call) return onGet(asked, response, call);
    if (asked.message.method !== 'tools/call') return healthy(asked, response);
    call = asked;
    primed(response, 'event-1');
    response.end();
  };
}

const gets = (asked: readonly Asked[]): readonly Asked[] =>
  asked.filter(({ httpMethod }) => httpMethod === 'GET');

describe('a stream that ends before the response', () => {
  test('is read on from its last event, in the same session', async () => {
    const { session, asked } = await converse(
      endingEarly((_, response, { message }) => {
        beginEvents(response);
        response.end(event({ id: message.id, result: { late: true } }));
      }),
    );
    await session.open();
    const { result } = await session.call('slow', {});
    expect(result).toEqual({ late: true });
    expect(gets(asked)).toHaveLength(1);
    expect(gets(asked)[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      'last-event-id': 'event-1',
      'mcp-protocol-version': '2025-11-25',
    });
  });

  test('may end again, and is read on from where it came', async () => {
    let times = 0;
    const { session, asked } = await converse(
      endingEarly((_, response, { message }) => {
        times += 1;
        primed(response, `event-${times + 1}`);
        response.end(times < 3 ? '' : event({ id: message.id, result: {} }));
      }),
    );
    await session.open();
    await session.call('slow', {});
    const from = gets(asked).map(({ headers }) => headers['last-event-id']);
    expect(from).toEqual(['event-1', 'event-2', 'event-3']);
  });

  test('without end is given up', async () => {
    const { session, asked } = await converse(
      endingEarly((_, response) => {
        primed(response, 'event-1');
        response.end();
      }),
    );
    await session.open();
    expect((await errorOf(session.call('slow', {}))).code).toBe('not-json-rpc');
    expect(gets(asked)).toHaveLength(5);
  });

  test('is not read on where the server has no such stream', async () => {
    const { session, asked } = await converse(
      endingEarly((_, response) => void response.writeHead(405).end()),
    );
    await session.open();
    await errorOf(session.call('slow', {}));
    expect(gets(asked)).toHaveLength(1);
  });

  test('is not read on after a pause that nobody would wait for', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method !== 'tools/call') return healthy(one, response);
      primed(response, 'event-1', 3_600_000);
      response.end();
    });
    await session.open();
    await errorOf(session.call('slow', {}));
    expect(gets(asked)).toEqual([]);
  });

  test('is not read on without a numbered event', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method !== 'tools/call') return healthy(one, response);
      beginEvents(response);
      response.end('retry: 1\ndata:\n\n');
    });
    await session.open();
    await errorOf(session.call('slow', {}));
    expect(gets(asked)).toEqual([]);
  });

  test('is not read on in the newest revision', async () => {
    const { session, asked } = await converse(
      (_, response) => {
        primed(response, 'event-1');
        response.end();
      },
      { revision: findRevision('2026-07-28')! },
    );
    await errorOf(session.call('slow', {}));
    expect(gets(asked)).toEqual([]);
  });

  test('stops waiting when the run is interrupted', async () => {
    const interrupt = new AbortController();
    const { session, asked } = await converse(
      (one, response) => {
        if (one.message.method !== 'tools/call') return healthy(one, response);
        primed(response, 'event-1', 50_000);
        response.end();
        response.once('close', () => interrupt.abort());
      },
      { signal: interrupt.signal },
    );
    await session.open();
    await expect(session.call('slow', {})).rejects.toThrow('aborted');
    expect(gets(asked)).toEqual([]);
  });
});

test('a stream with its response is not read on', async () => {
  const { session, asked } = await converse((one, response) => {
    if (one.message.method !== 'tools/call') return healthy(one, response);
    primed(response, 'event-1');
    response.end(event({ id: one.message.id, result: {} }));
  });
  await session.open();
  await session.call('quick', {});
  expect(gets(asked)).toEqual([]);
});
