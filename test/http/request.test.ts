import { describe, expect, test } from 'vitest';
import type { Header } from '../../src/trace/schema.ts';
import { client, errorOf, serve, serveBytes } from './support.ts';

/** The header block of the first request, as it stood on the wire. */
async function echoServer(): Promise<{ origin: string; block: () => readonly string[] }> {
  let seen = '';
  const origin = await serveBytes((socket) => {
    socket.setEncoding('latin1').once('data', (text) => {
      seen = String(text);
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  });
  return { origin, block: () => seen.split('\r\n\r\n', 1)[0]?.split('\r\n') ?? [] };
}

function lines(headers: readonly Header[]): readonly string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

describe('a request', () => {
  test('is recorded with exactly the headers that stood on the wire', async () => {
    const { origin, block } = await echoServer();
    const { http, only } = client();
    await http.send({
      method: 'POST',
      url: `${origin}/a?b=c`,
      headers: [
        ['X-Mixed-Case', 'one'],
        ['content-type', 'application/json'],
        ['x-twice', '1'],
        ['X-Twice', '2'],
      ],
      body: '{"é":1}',
    });
    const [requestLine, ...headers] = block();
    expect(requestLine).toBe('POST /a?b=c HTTP/1.1');
    expect(lines(only().request.headers)).toEqual(headers);
    expect(headers).toEqual(
      expect.arrayContaining([
        `host: ${new URL(origin).host}`,
        'X-Mixed-Case: one',
        'x-twice: 1',
        'X-Twice: 2',
        'content-length: 8',
      ]),
    );
  });

  test('without a body is recorded with the length the connection adds', async () => {
    const { origin, block } = await echoServer();
    const { http, only } = client();
    await http.send({ method: 'POST', url: origin });
    expect(lines(only().request.headers)).toEqual(block().slice(1));
    expect(block()).toContain('content-length: 0');
  });

  test('that is a GET carries no length', async () => {
    const { origin, block } = await echoServer();
    const { http, only } = client();
    await http.send({ url: origin });
    expect(lines(only().request.headers)).toEqual(block().slice(1));
    expect(block().join('\n')).not.toContain('content-length');
  });

  test('carries latin-1 header values as they are', async () => {
    const { origin, block } = await echoServer();
    const { http, only } = client();
    await http.send({ url: origin, headers: [['x-name', 'Grüße']] });
    expect(block()).toContain('x-name: Grüße');
    expect(only().request.headers).toContainEqual(['x-name', 'Grüße']);
  });

  test('is recorded with its body and the digest of it', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client();
    const headers: readonly Header[] = [['content-type', 'text/plain; charset=utf-8']];
    await http.send({ method: 'POST', url: origin, headers, body: 'abc' });
    expect(only().request.body).toEqual({
      media_type: 'text/plain',
      size: 3,
      text: 'abc',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  test('is never cut, however small the cap on bodies is', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client({ maxBody: 2 });
    await http.send({ method: 'POST', url: origin, body: 'a longer body' });
    expect(only().request.body).toMatchObject({ size: 13, text: 'a longer body' });
  });

  test('keeps the URL as given, without the slash that a parser would add', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client();
    await http.send({ url: origin });
    expect(only().request.url).toBe(origin);
  });

  test('leaves the fragment out, which never leaves', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client();
    await http.send({ url: `${origin}/a#b` });
    expect(only().request.url).toBe(`${origin}/a`);
  });

  test.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'no url',
    '',
    '//h/p',
  ])('to %j is refused before anything is dialled or recorded', async (url) => {
    const { http, log } = client();
    const error = await errorOf(http.send({ url }));
    expect(error).toMatchObject({ code: 'UNSAFE_URL', exchange: null });
    expect(log()).toEqual([]);
  });

  test('with a header value that no request can carry fails in the request phase', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client();
    const error = await errorOf(
      http.send({ url: origin, headers: [['authorization', 'Bearer a\r\nx: y']] }),
    );
    expect(error.code).toBe('NOT_SENDABLE');
    expect(only()).toMatchObject({ response: null, failure: { phase: 'request' } });
  });
});

describe('headers that come with every request', () => {
  test('are the client name, the encodings and a trace parent that names the exchange', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, log } = client();
    await http.send({ url: origin });
    await http.send({ url: origin });
    const [first, second] = log().map(({ request }) => new Map(request.headers));
    expect(first?.get('user-agent')).toBe('test/1');
    expect(first?.get('accept-encoding')).toBe('gzip, deflate, br');
    expect(first?.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-0000000000000001-01$/);
    expect(second?.get('traceparent')).toBe(
      first?.get('traceparent')?.replace('0000000000000001', '0000000000000002'),
    );
  });

  test("are the user's own too, duplicates included", async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client({
      headers: [
        ['X-Key', '1'],
        ['X-Key', '2'],
        ['User-Agent', 'mine'],
      ],
    });
    await http.send({ url: origin });
    expect(only().request.headers.filter(([name]) => name === 'X-Key')).toHaveLength(2);
    expect(only().request.headers.filter(([name]) => /user-agent/i.test(name))).toEqual([
      ['User-Agent', 'mine'],
    ]);
  });

  test("never replace the request's own", async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client({ headers: [['Accept', 'text/plain']] });
    await http.send({ url: origin, headers: [['accept', 'application/json']] });
    expect(only().request.headers.filter(([name]) => /^accept$/i.test(name))).toEqual([
      ['accept', 'application/json'],
    ]);
  });

  test("do not hold the user's own on the front channel, where a browser is played", async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client({ headers: [['X-Key', '1']] });
    await http.send({ url: origin, channel: 'front' });
    expect(only().request.headers.map(([name]) => name)).not.toContain('X-Key');
  });
});

test('an unrecorded request leaves no exchange and no trace parent', async () => {
  const { origin, block } = await echoServer();
  const { http, log } = client();
  const answer = await http.send({ url: origin, recorded: false });
  expect(answer).toMatchObject({ exchange: 0, status: 200 });
  expect(log()).toEqual([]);
  expect(block().join('\n')).not.toContain('traceparent');
});

test('the cause of an exchange and its channel are recorded', async () => {
  const origin = await serve((_, response) => response.end());
  const { http, only } = client();
  await http.send({ url: origin, channel: 'front', causedBy: 7 });
  expect(only()).toMatchObject({ channel: 'front', caused_by: 7, step: 'challenge' });
});

test('an observer that throws is a defect of ours, not a failure of the request', async () => {
  const origin = await serve((_, response) => response.end());
  const { http } = client({
    onExchange: () => {
      throw new RangeError('observer');
    },
  });
  await expect(http.send({ url: origin })).rejects.toThrow(RangeError);
});
