import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../src/http/failure.ts';
import { stopTime } from '../time.ts';
import { client, deadPort, errorOf, serve, serveAnswer, serveBytes } from './support.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** What a request to a server that says just this, then hangs up, ends with. */
async function failureOn(bytes: string | Buffer) {
  const origin = await serveAnswer(bytes);
  const { http, only } = client();
  const error = await errorOf(http.send({ url: origin }));
  expect(error).toMatchObject({ code: only().failure?.code, exchange: 1 });
  return { failure: only().failure, response: only().response };
}

describe('no connection', () => {
  test('is a failure when nothing listens', async () => {
    const { http, only } = client();
    await errorOf(http.send({ url: `http://127.0.0.1:${await deadPort()}` }));
    expect(only()).toMatchObject({
      response: null,
      failure: { code: 'ECONNREFUSED', phase: 'connect' },
      timing: { wait_ms: 0, receive_ms: 0 },
      connection: { remote_address: null },
    });
  });

  test('is a failure when nothing listens in either address family', async () => {
    const { http, only } = client();
    await errorOf(http.send({ url: `http://localhost:${await deadPort()}` }));
    expect(only().failure).toMatchObject({ code: 'ECONNREFUSED', phase: 'connect' });
  });

  test('is a failure when the name does not resolve', async () => {
    const { http, only } = client();
    await errorOf(http.send({ url: 'http://nonexistent.invalid/mcp' }));
    expect(only().failure).toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
      phase: 'dns',
    });
  });

  test('is followed by another attempt with the next request', async () => {
    const port = await deadPort();
    const { http, log } = client();
    await errorOf(http.send({ url: `http://127.0.0.1:${port}` }));
    await errorOf(http.send({ url: `http://127.0.0.1:${port}` }));
    expect(log().map(({ failure }) => failure?.code)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  });
});

describe('an answer that is none', () => {
  test.each([
    ['garbage', 'I am not HTTP\r\n\r\n', 'NOT_HTTP'],
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.9\r\n', 'NOT_HTTP'],
    ['an invalid header', 'HTTP/1.1 200 OK\r\nno colon here\r\n\r\n', 'NOT_HTTP'],
    ['nothing', '', 'CONNECTION_CLOSED'],
    ['half a status line', 'HTTP/1.', 'CONNECTION_CLOSED'],
    ['half a header', 'HTTP/1.1 200 OK\r\ncontent-', 'CONNECTION_CLOSED'],
    ['an interim answer alone', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'CONNECTION_CLOSED'],
    [
      'a change of protocol',
      'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      'CONNECTION_CLOSED',
    ],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 'HEADERS_TOO_LARGE'],
    [
      'endlessly many headers',
      `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(10_000)}\r\n`,
      'HEADERS_TOO_LARGE',
    ],
    [
      'a flood of interim answers',
      'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n'.repeat(1000),
      'TOO_MANY_1XX',
    ],
  ])('but %s fails while waiting', async (_, bytes, code) => {
    const { failure, response } = await failureOn(bytes);
    expect(failure).toMatchObject({ code, phase: 'wait' });
    expect(response).toBeNull();
  });

  test('is waited for through a few interim ones', async () => {
    const origin = await serveAnswer(
      `${'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n'.repeat(5)}${HEAD}content-length: 2\r\n\r\n{}`,
    );
    const { http } = client();
    expect(await http.send({ url: origin })).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('an answer that breaks off', () => {
  test.each([
    ['after its headers', `${HEAD}content-length: 5\r\n\r\n`, 'BODY_CUT_OFF', null],
    ['in its body', `${HEAD}content-length: 5\r\n\r\n{"a`, 'BODY_CUT_OFF', '{"a'],
    [
      'between chunks',
      `${HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`,
      'CONNECTION_CLOSED',
      '{}',
    ],
    [
      'in a chunk',
      `${HEAD}transfer-encoding: chunked\r\n\r\n9\r\n{"a"`,
      'CONNECTION_CLOSED',
      '{"a"',
    ],
    [
      'at a chunk of no size',
      `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}`,
      'NOT_HTTP',
      null,
    ],
  ])('%s keeps what came', async (_, bytes, code, text) => {
    const { failure, response } = await failureOn(bytes);
    expect(failure?.phase).toBe('receive');
    expect([code, 'CONNECTION_CLOSED']).toContain(failure?.code);
    expect(response?.status).toBe(200);
    expect(response?.body?.text ?? null).toBe(text);
  });

  test('at any byte is a failure or the whole answer, and settles', async () => {
    const whole = `${HEAD}content-length: 7\r\n\r\n{"a":1}`;
    for (let length = 0; length <= whole.length; length += 1) {
      const origin = await serveAnswer(whole.slice(0, length));
      const { http, only } = client();
      const settled = await http.send({ url: origin }).then(
        ({ text }) => text,
        () => only().failure?.code,
      );
      expect(settled).toEqual(
        length === whole.length ? '{"a":1}' : expect.stringMatching(/^[A-Z_0-9]+$/),
      );
    }
  });

  test('with a reset keeps what came', async () => {
    const origin = await serveBytes((socket) =>
      socket.once('data', () => {
        socket.write(`${HEAD}content-length: 50\r\n\r\n{"a"`, () => socket.resetAndDestroy());
      }),
    );
    const { http, only } = client();
    const error = await errorOf(http.send({ url: origin }));
    expect(error.code).toMatch(/^(ECONNRESET|CONNECTION_CLOSED)$/);
    expect(only().failure).not.toBeNull();
  });

  test('inside a compressed body keeps what could be decoded', async () => {
    const text = JSON.stringify({ filler: 'abcdefghij'.repeat(2000), end: Math.PI });
    const zipped = gzipSync(text);
    const { failure, response } = await failureOn(
      Buffer.concat([
        Buffer.from(`${HEAD}content-encoding: gzip\r\ncontent-length: ${zipped.length}\r\n\r\n`),
        zipped.subarray(0, zipped.length - 20),
      ]),
    );
    expect(failure?.phase).toBe('receive');
    expect(response?.body?.size).toBeGreaterThan(0);
    expect(text.startsWith(response?.body?.text ?? 'nothing')).toBe(true);
  });
});

describe('a body in the wrong encoding', () => {
  const encoded = (encoding: string, bytes: Buffer): Promise<string> =>
    serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes));

  test.each([
    ['gzip', Buffer.from('{"plain":true}'), 'BODY_NOT_DECODABLE'],
    ['br', Buffer.from('{"plain":true}'), 'BODY_NOT_DECODABLE'],
    ['deflate', Buffer.from([0xff, 0xff, 0xff, 0xff]), 'BODY_NOT_DECODABLE'],
    ['gzip', gzipSync('{"a":1}').subarray(0, 15), 'BODY_CUT_OFF'],
    ['br', brotliCompressSync('{"a":1}').subarray(0, 6), 'BODY_CUT_OFF'],
  ])('%s is a failure after the answer began', async (encoding, bytes, code) => {
    const origin = await encoded(encoding, bytes);
    const { http, only } = client();
    expect((await errorOf(http.send({ url: origin }))).code).toBe(code);
    expect(only()).toMatchObject({ response: { status: 200 }, failure: { phase: 'receive' } });
  });

  test('that turns kilobytes into gigabytes is given up', async () => {
    const bomb = brotliCompressSync(Buffer.alloc(300 * 1024 * 1024), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    });
    const origin = await encoded('br', bomb);
    const { http, only } = client();
    expect((await errorOf(http.send({ url: origin }))).code).toBe('BODY_TOO_LARGE');
    expect(only().response?.body).toMatchObject({ truncated: true });
  });
});

describe('a server that takes its time', () => {
  test('and never answers runs into the time limit', async () => {
    const passes = stopTime();
    const origin = await serveBytes((socket) => socket.once('data', () => passes(2_000)));
    const { http, only } = client({ timeout: 2_000 });
    expect((await errorOf(http.send({ url: origin }))).code).toBe('TIMEOUT');
    expect(only()).toMatchObject({ response: null, failure: { code: 'TIMEOUT', phase: 'wait' } });
  });

  test('and drips its body runs into the limit for the whole', async () => {
    const origin = await serve((_, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const passes = stopTime();
    const { http, log, only } = client({ timeout: 2_000 });
    const failed = errorOf(http.send({ url: origin }));
    await expect.poll(() => log()[0]?.response).toBeTruthy();
    passes(2_000);
    expect((await failed).code).toBe('TIMEOUT');
    expect(only()).toMatchObject({
      failure: { phase: 'receive' },
      response: { status: 200, body: { text: expect.stringMatching(/^x+$/) } },
    });
  });

  test('and drips its headers runs into the limit for the whole', async () => {
    const passes = stopTime();
    const origin = await serveBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      let drops = 0;
      const drip = setInterval(() => {
        socket.write('x: y\r\n');
        drops += 1;
        if (drops === 10) passes(2_000);
      }, 10);
      socket.on('close', () => clearInterval(drip));
    });
    const { http, only } = client({ timeout: 2_000 });
    expect((await errorOf(http.send({ url: origin }))).code).toBe('TIMEOUT');
    expect(only().failure?.phase).toBe('wait');
  });
});

describe('the run being interrupted', () => {
  const aborting = async (origin: string, when: Promise<unknown>) => {
    const interrupt = new AbortController();
    const { http, only } = client({ signal: interrupt.signal });
    const request = errorOf(http.send({ url: origin }));
    await when;
    interrupt.abort();
    expect((await request).code).toBe('ABORTED');
    return only();
  };

  test('while connecting ends the exchange at once', async () => {
    // A handshake that never ends keeps the connection from coming about.
    const reached = deferred();
    const origin = await serveBytes((socket) => socket.once('data', () => reached.resolve()));
    const exchange = await aborting(origin.replace('http:', 'https:'), reached.promise);
    expect(exchange.failure).toMatchObject({ code: 'ABORTED', phase: 'connect' });
  });

  test('while waiting ends the exchange at once', async () => {
    const reached = deferred();
    const origin = await serve(() => reached.resolve());
    const exchange = await aborting(origin, reached.promise);
    expect(exchange).toMatchObject({ response: null, failure: { code: 'ABORTED', phase: 'wait' } });
  });

  test('while receiving ends the exchange at once and keeps what came', async () => {
    const reached = deferred();
    const origin = await serve((_, response) => response.write('begun', () => reached.resolve()));
    const interrupt = new AbortController();
    const { http, only } = client({ signal: interrupt.signal });
    const request = errorOf(
      http.send({
        url: origin,
        readAs: () => (text) => {
          if (text !== '') interrupt.abort();
          return 'more';
        },
      }),
    );
    await reached.promise;
    expect((await request).code).toBe('ABORTED');
    expect(only()).toMatchObject({
      failure: { code: 'ABORTED', phase: 'receive' },
      response: { status: 200, body: { text: 'begun' } },
    });
  });

  test('ends one request alone where the signal is its own', async () => {
    const reached = deferred();
    const origin = await serve(({ url }, response) => {
      if (url === '/') response.end('ok');
      else reached.resolve();
    });
    const interrupt = new AbortController();
    const { http } = client();
    const silent = errorOf(http.send({ url: `${origin}/silent`, signal: interrupt.signal }));
    await reached.promise;
    interrupt.abort();
    expect((await silent).code).toBe('ABORTED');
    expect((await http.send({ url: origin })).text).toBe('ok');
  });

  test('before a request leaves keeps it from leaving and out of the log', async () => {
    const requests: unknown[] = [];
    const origin = await serve((request) => requests.push(request));
    const { http, log } = client({ signal: AbortSignal.abort() });
    expect(await errorOf(http.send({ url: origin }))).toMatchObject({
      code: 'ABORTED',
      exchange: null,
    });
    expect({ requests, log: log() }).toEqual({ requests: [], log: [] });
  });
});

test('a refused client certificate belongs to the TLS phase although the handshake was over', () => {
  const error = Object.assign(new Error('alert'), {
    code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  });
  expect(failureOf(error, 'wait').phase).toBe('tls');
});

test('what OpenSSL says is told without the marks of its source', () => {
  const error = Object.assign(new Error('80FC:error:0A0:SSL routines::tlsv1 alert x:../a.c:1:\n'), {
    code: 'ERR_SSL_TLSV1_ALERT_X',
    reason: 'tlsv1 alert x',
  });
  expect(failureOf(error, 'tls').message).toBe('TLS failed: tlsv1 alert x');
});

test('an error of nobody we know keeps its own words', () => {
  expect(failureOf(new Error('odd'), 'wait')).toEqual({
    code: 'FAILED',
    phase: 'wait',
    message: 'odd',
  });
  expect(failureOf('odd', 'wait').message).toBe('odd');
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
