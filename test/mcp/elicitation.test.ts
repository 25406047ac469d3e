import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elicited } from '../../src/mcp/elicitation.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { type Asked, beginEvents, converse, event, healthy, type json, result } from './support.ts';

const FIELDS = {
  name: { type: 'string', default: 'Ada' },
  age: { type: 'integer', default: 30 },
  ok: { type: 'boolean' },
};

function question(params: object = {}): Readonly<Record<string, unknown>> {
  return {
    method: 'elicitation/create',
    params: { message: '?', requestedSchema: { type: 'object', properties: FIELDS }, ...params },
  };
}

describe('a form of a server', () => {
  test('is filled with the answers, the rest with its defaults, and nothing besides', () => {
    expect(elicited(question(), { ok: true, age: 31, other: 1 })).toEqual({
      action: 'accept',
      content: { name: 'Ada', age: 31, ok: true },
    });
  });

  test('without fields is accepted empty', () => {
    const empty = { method: 'elicitation/create', params: {} };
    expect(elicited(empty, { ok: true })).toEqual({ action: 'accept', content: {} });
  });

  test('that is a URL to open is declined', () => {
    const url = question({ mode: 'url', url: 'https://evil.test/' });
    expect(elicited(url, { ok: true })).toEqual({ action: 'decline' });
  });

  test('is told from another request', () => {
    expect(elicited({ method: 'sampling/createMessage', params: {} }, {})).toBeUndefined();
    expect(elicited({ method: 'elicitation/create' }, {})).toBeUndefined();
  });

  test('of any shape is answered without an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (requestedSchema) => {
        elicited({ method: 'elicitation/create', params: { requestedSchema } }, { a: 1 });
      }),
    );
  });
});

describe('a client without answers', () => {
  test('declares nothing, opens no stream, and declines', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.message.method !== 'tools/call') return healthy(one, response);
      beginEvents(response);
      response.write(event({ id: 'q', ...question() }));
      response.end(event({ id: one.message.id, result: {} }));
    });
    await session.open();
    await session.call('ask', {});
    expect(asked[0]?.message.params?.capabilities).toEqual({});
    expect(asked.map(({ httpMethod }) => httpMethod)).not.toContain('GET');
    expect(asked.at(-1)?.message).toMatchObject({ id: 'q', error: { code: -32601 } });
  });
});

describe('a client with answers', () => {
  test('gives them on the stream of the call', async () => {
    const { session, asked } = await converse(
      (one, response) => {
        if (one.httpMethod === 'GET') return void response.writeHead(405).end();
        if (one.message.method !== 'tools/call') return healthy(one, response);
        beginEvents(response);
        response.write(event({ id: 'q', ...question() }));
        response.end(event({ id: one.message.id, result: {} }));
      },
      { answers: { ok: false } },
    );
    await session.open();
    await session.call('ask', {});
    expect(asked[0]?.message.params?.capabilities).toEqual({ elicitation: {} });
    expect(asked.at(-1)?.message).toEqual({
      jsonrpc: '2.0',
      id: 'q',
      result: { action: 'accept', content: { name: 'Ada', age: 30, ok: false } },
    });
  });

  test('gives them on the standing stream, which is left in the end without a failure', async () => {
    let standing: { write(text: string): void } | undefined;
    let waiting: (() => void) | undefined;
    const { session, asked, log } = await converse(
      (one, response) => {
        if (one.httpMethod === 'GET') {
          beginEvents(response);
          standing = response;
          return;
        }
        if (one.message.result !== undefined) {
          response.writeHead(202).end();
          return waiting?.();
        }
        if (one.message.method !== 'tools/call') return healthy(one, response);
        waiting = () => result(one, response, { done: true });
        standing?.write(event({ id: 'q', ...question() }));
      },
      { answers: {} },
    );
    await session.open();
    const { result: done } = await session.call('ask', {});
    await session.close();
    expect(done).toEqual({ done: true });
    expect(asked.find(({ message }) => message.result)?.message).toMatchObject({ id: 'q' });
    const stream = log().find(({ request }) => request.method === 'GET');
    expect(stream).toMatchObject({ response: { status: 200 }, failure: null });
  });
});

describe('a modern tool that asks for input', () => {
  const NEWEST = findRevision('2026-07-28')!;
  const asking = (rounds: number, more: object) => {
    let asked = 0;
    return (one: Asked, response: Parameters<typeof json>[0]): void => {
      asked += 1;
      const asks = { resultType: 'input_required', ...more };
      result(one, response, asked > rounds ? { resultType: 'complete' } : asks);
    };
  };

  test('is asked again with the answers and its state, under another id', async () => {
    const state = '{"opaque": "bytes"}';
    const { session, asked } = await converse(
      asking(1, { inputRequests: { confirm: question() }, requestState: state }),
      { answers: { ok: true }, revision: NEWEST },
    );
    const { result: done } = await session.call('ask', { a: 1 });
    expect(done).toEqual({ resultType: 'complete' });
    const [first, second] = asked.map(({ message }) => message);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.params).toMatchObject({
      name: 'ask',
      arguments: { a: 1 },
      requestState: state,
      inputResponses: {
        confirm: { action: 'accept', content: { name: 'Ada', age: 30, ok: true } },
      },
    });
    expect(first?.params).not.toHaveProperty('inputResponses');
  });

  test('without a state gets none back', async () => {
    const { session, asked } = await converse(asking(1, { inputRequests: { q: question() } }), {
      answers: {},
      revision: NEWEST,
    });
    await session.call('ask', {});
    expect(asked[1]?.message.params).not.toHaveProperty('requestState');
  });

  test('and has nothing to ask but a state is asked again with that alone', async () => {
    const { session, asked } = await converse(asking(1, { requestState: 'later' }), {
      answers: {},
      revision: NEWEST,
    });
    await session.call('ask', {});
    expect(asked[1]?.message.params).toMatchObject({ requestState: 'later' });
    expect(asked[1]?.message.params).not.toHaveProperty('inputResponses');
  });

  test.each<[string, object]>([
    ['for something else', { inputRequests: { roots: { method: 'roots/list' } } }],
    ['for something unreadable', { inputRequests: 'everything' }],
  ])('%s is left asking', async (_, more) => {
    const { session, asked } = await converse(asking(9, more), { answers: {}, revision: NEWEST });
    const { result: last } = await session.call('ask', {});
    expect(last.resultType).toBe('input_required');
    expect(asked).toHaveLength(1);
  });

  test('without end is answered a few times only', async () => {
    const { session, asked } = await converse(asking(99, { inputRequests: { q: question() } }), {
      answers: {},
      revision: NEWEST,
    });
    await session.call('ask', {});
    expect(asked).toHaveLength(11);
  });
});
