import { describe, expect, test } from 'vitest';
import { capabilitiesFor, elicited } from '../../src/mcp/elicitation.ts';
import { findRevision } from '../../src/spec/revisions.ts';
import { beginEvents, converse, event, healthy, result } from './support.ts';

const form = {
  method: 'elicitation/create',
  params: {
    requestedSchema: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        age: { type: 'integer', default: 30 },
        note: { type: 'string' },
      },
    },
  },
};

describe('a question of the server', () => {
  test('is answered field by field, with the defaults for the rest', () => {
    expect(elicited(form, { name: 'Ada', other: 1 })).toEqual({
      action: 'accept',
      content: { name: 'Ada', age: 30 },
    });
  });

  test('that sends the user to a URL is declined', () => {
    const params = { mode: 'url', url: 'https://a.test' };
    expect(elicited({ method: 'elicitation/create', params }, {})).toEqual({ action: 'decline' });
  });

  test.each([
    [{ method: 'sampling/createMessage', params: {} }],
    [{ method: 'elicitation/create' }],
    [{ method: 'elicitation/create', params: [] }],
  ])('is none in %j', (message) => {
    expect(elicited(message, {})).toBeUndefined();
  });

  test('may ask for a field that every object has, without getting it', () => {
    const properties = { constructor: { type: 'string' }, toString: { type: 'string' } };
    const params = { requestedSchema: { properties } };
    expect(elicited({ method: 'elicitation/create', params }, {})).toEqual({
      action: 'accept',
      content: {},
    });
  });

  test('is only declared to be welcome where there are answers', () => {
    expect(capabilitiesFor(undefined)).toEqual({});
    expect(capabilitiesFor({})).toEqual({ elicitation: {} });
  });
});

describe('with answers, a session', () => {
  const answers = { name: 'Ada' };

  test('declares that it takes questions, and listens for those that come on their own', async () => {
    const { session, asked, log } = await converse(
      (one, response) => {
        if (one.httpMethod !== 'GET') return healthy(one, response);
        beginEvents(response);
        response.write(event({ id: 'q', ...form }));
      },
      { answers },
    );
    await session.open();
    await session.tools();
    await session.close();
    const [initialize] = asked;
    expect(initialize?.message.params?.capabilities).toEqual({ elicitation: {} });
    const reply = asked.find(({ message }) => message.id === 'q');
    expect(reply?.message.result).toEqual({
      action: 'accept',
      content: { name: 'Ada', age: 30 },
    });
    const stream = log().find(({ request }) => request.method === 'GET');
    expect(stream).toMatchObject({ response: { status: 200 }, failure: null });
  });

  test('goes on with a server that has no such stream', async () => {
    const { session } = await converse(
      (one, response) =>
        one.httpMethod === 'GET' ? void response.writeHead(405).end() : healthy(one, response),
      { answers },
    );
    await session.open();
    expect(await session.tools()).toHaveLength(3);
    await session.close();
  });
});

describe('a modern tool that asks for input', () => {
  const revision = findRevision('2026-07-28');
  const modern = { ...(revision && { revision }) };
  const asking = {
    resultType: 'input_required',
    inputRequests: { first: form },
    requestState: 'state-1',
  };

  test('is called again with the answers and its own state, under a new id', async () => {
    const { session, asked } = await converse(
      (one, response) =>
        result(one, response, one.message.params?.inputResponses ? { done: true } : asking),
      { ...modern, answers: { name: 'Ada' } },
    );
    expect((await session.call('t', { a: 1 })).result).toEqual({ done: true });
    const [first, second] = asked.map(({ message }) => message);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.params).toMatchObject({
      name: 't',
      arguments: { a: 1 },
      requestState: 'state-1',
      inputResponses: { first: { action: 'accept', content: { name: 'Ada', age: 30 } } },
    });
  });

  test('is left unanswered without answers', async () => {
    const { session, asked } = await converse(
      (one, response) => result(one, response, asking),
      modern,
    );
    expect((await session.call('t', {})).result).toEqual(asking);
    expect(asked).toHaveLength(1);
  });

  test('for something else is left unanswered', async () => {
    const other = { ...asking, inputRequests: { first: { method: 'sampling/createMessage' } } };
    const { session, asked } = await converse((one, response) => result(one, response, other), {
      ...modern,
      answers: {},
    });
    expect((await session.call('t', {})).result).toEqual(other);
    expect(asked).toHaveLength(1);
  });

  test('without end is given up', async () => {
    const { session, asked } = await converse((one, response) => result(one, response, asking), {
      ...modern,
      answers: {},
    });
    expect((await session.call('t', {})).result).toEqual(asking);
    expect(asked.length).toBeLessThan(20);
  });
});
