import { describe, expect, test } from 'vitest';
import { beginEvents, converse, errorOf, event } from './support.ts';

/** An event that only numbers the stream, and says how soon it may be taken up again. */
const priming = (id: string, retry = 1): string => `id: ${id}\nretry: ${retry}\ndata:\n\n`;

describe('a numbered stream that ends before the response', () => {
  test('is read on from its last event', async () => {
    const { session, asked } = await converse((one, response) => {
      beginEvents(response);
      if (one.httpMethod === 'POST') return void response.end(priming('e-1'));
      response.end(`id: e-2\n${event({ id: 1, result: { n: 1 } })}`);
    });
    expect((await session.request('ping')).result).toEqual({ n: 1 });
    expect(asked[1]).toMatchObject({
      httpMethod: 'GET',
      headers: { 'last-event-id': 'e-1', accept: 'text/event-stream' },
    });
  });

  test('is read on a few times only', async () => {
    let count = 0;
    const { session, asked } = await converse((_, response) => {
      count += 1;
      beginEvents(response);
      response.end(priming(`e-${count}`));
    });
    expect((await errorOf(session.request('ping'))).code).toMatch(/no-result|not-json-rpc/);
    expect(asked.length).toBeLessThan(10);
    expect(asked.at(-1)?.headers['last-event-id']).toBe(`e-${asked.length - 1}`);
  });

  test('is lost where the server has nothing more', async () => {
    const { session, asked } = await converse((one, response) => {
      if (one.httpMethod === 'GET') return void response.writeHead(404).end();
      beginEvents(response);
      response.end(priming('e-1'));
    });
    expect((await errorOf(session.request('ping'))).code).toMatch(/no-result|not-json-rpc/);
    expect(asked).toHaveLength(2);
  });

  test('that asks for an hour of patience is not waited for', async () => {
    const { session, asked } = await converse((_, response) => {
      beginEvents(response);
      response.end(priming('e-1', 3_600_000));
    });
    await errorOf(session.request('ping'));
    expect(asked).toHaveLength(1);
  });
});
