import { describe, expect, test } from 'vitest';
import { createFetch } from '../../src/http/fetch.ts';
import type { Answer } from '../../src/http/http.ts';
import { client, deadPort, serve } from './support.ts';

describe('fetch over the recorded way to the network', () => {
  test('sends method, headers and body, but no user agent of its own', async () => {
    const origin = await serve(async (request, response) => {
      const { method, headers } = request;
      let body = '';
      for await (const chunk of request) body += chunk;
      const { accept, 'user-agent': agent, 'content-type': type } = headers;
      response.end(JSON.stringify({ method, accept, agent, type, body }));
    });
    const { http } = client();
    const response = await createFetch(http)(origin, {
      method: 'POST',
      headers: { Accept: 'application/json', 'User-Agent': 'library/1' },
      body: new URLSearchParams({ a: 'b c' }),
    });
    expect(await response.json()).toMatchObject({
      method: 'POST',
      accept: 'application/json',
      agent: 'test/1',
      body: 'a=b+c',
    });
  });

  test('hands over status, headers with duplicates, and body', async () => {
    const origin = await serve((_, response) =>
      response.writeHead(401, ['WWW-Authenticate', 'A', 'WWW-Authenticate', 'B']).end('no'),
    );
    const answers: Answer[] = [];
    const { http } = client();
    const response = await createFetch(http, (answer) => answers.push(answer))(origin, {});
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('A, B');
    expect(await response.text()).toBe('no');
    expect(answers).toMatchObject([{ status: 401, exchange: 1 }]);
  });

  test.each([204, 304])('gives an answer of status %i no body', async (status) => {
    const origin = await serve((_, response) => response.writeHead(status).end());
    const { http } = client();
    const response = await createFetch(http)(origin, {});
    expect({ status: response.status, body: response.body }).toEqual({ status, body: null });
  });

  test('rejects with the error of the exchange', async () => {
    const { http } = client();
    const request = createFetch(http)(`http://127.0.0.1:${await deadPort()}`, {});
    await expect(request).rejects.toMatchObject({ name: 'HttpError', code: 'ECONNREFUSED' });
  });

  test('can be called off', async () => {
    const origin = await serve(() => {});
    const { http } = client();
    const interrupt = new AbortController();
    const request = createFetch(http)(origin, { signal: interrupt.signal });
    interrupt.abort();
    await expect(request).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
