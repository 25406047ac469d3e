import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { client, serve, serveAnswer } from './support.ts';

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('the headers of an answer', () => {
  test('keep order, case and duplicates', async () => {
    const origin = await serveAnswer(
      'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nx-b: 1\r\nwww-authenticate: Bearer a="b"\r\nContent-Length: 0\r\n\r\n',
    );
    const { http, only } = client();
    const answer = await http.send({ url: origin });
    const headers = [
      ['WWW-Authenticate', 'Basic'],
      ['x-b', '1'],
      ['www-authenticate', 'Bearer a="b"'],
      ['Content-Length', '0'],
    ];
    expect(answer).toMatchObject({ status: 401, headers });
    expect(only().response).toEqual({ status: 401, headers, body: null });
  });

  test('keep every Set-Cookie apart', async () => {
    const origin = await serve((_, response) =>
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2, 3']).end(),
    );
    const { http } = client();
    const { headers } = await http.send({ url: origin });
    expect(headers.filter(([name]) => name === 'Set-Cookie')).toEqual([
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2, 3'],
    ]);
  });

  test('keep obsolete text byte by byte', async () => {
    const origin = await serveAnswer(
      Buffer.from('HTTP/1.1 200 OK\r\nx-name: Gr\xfc\xdfe\r\ncontent-length: 0\r\n\r\n', 'latin1'),
    );
    const { http } = client();
    expect((await http.send({ url: origin })).headers).toContainEqual(['x-name', 'Grüße']);
  });

  test('of a redirect are an answer like any other: nothing is followed', async () => {
    const seen: (string | undefined)[] = [];
    const origin = await serve(({ url }, response) => {
      seen.push(url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const { http, log } = client();
    expect(await http.send({ url: `${origin}/start` })).toMatchObject({ status: 302 });
    expect(seen).toEqual(['/start']);
    expect(log()).toHaveLength(1);
  });
});

describe('the body of an answer', () => {
  const json = '{"größe":"€"}';

  test.each([
    ['identity', Buffer.from(json), undefined],
    ['gzip', gzipSync(json), 'gzip'],
    ['gzip under its old name', gzipSync(json), 'X-GZIP'],
    ['deflate', deflateSync(json), 'deflate'],
    ['deflate without its wrapper', deflateRawSync(json), 'deflate'],
    ['br', brotliCompressSync(json), 'br'],
  ])('is decoded from %s, with true size and digest', async (_, bytes, encoding) => {
    const origin = await serve((_, response) => {
      if (encoding) response.setHeader('content-encoding', encoding);
      response.setHeader('content-type', 'Application/JSON; charset=utf-8').end(bytes);
    });
    const { http, only } = client();
    const answer = await http.send({ url: origin });
    expect(answer).toMatchObject({ text: json, truncated: false });
    expect(only().response?.body).toEqual({
      media_type: 'application/json',
      size: Buffer.byteLength(json),
      sha256: sha256(json),
      text: json,
    });
  });

  test('in an unknown encoding is kept as it came', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x01]);
    const origin = await serve((_, response) =>
      response.setHeader('content-encoding', 'toString').end(bytes),
    );
    const { http, only } = client();
    await http.send({ url: origin });
    expect(only().response?.body).toMatchObject({ size: 3, base64: bytes.toString('base64') });
  });

  test('that is announced as gzip and empty is no body', async () => {
    const origin = await serve((_, response) =>
      response.writeHead(202, { 'content-encoding': 'gzip' }).end(),
    );
    const { http, only } = client();
    expect(await http.send({ url: origin })).toMatchObject({ status: 202, text: '' });
    expect(only()).toMatchObject({ response: { body: null }, failure: null });
  });

  test('is cut at the cap and says so, and a step still reads all of it', async () => {
    const text = 'x'.repeat(5000);
    const origin = await serve((_, response) => response.end(text));
    const { http, only } = client({ maxBody: 1000 });
    expect(await http.send({ url: origin })).toMatchObject({ text, truncated: false });
    expect(only().response?.body).toEqual({
      media_type: '',
      size: 5000,
      sha256: sha256(text),
      text: 'x'.repeat(1000),
      truncated: true,
    });
  });

  test('that is binary is kept as base64', async () => {
    const bytes = randomBytes(64).fill(0xff, 0, 1);
    const origin = await serve((_, response) => response.end(bytes));
    const { http, only } = client();
    await http.send({ url: origin });
    const body = only().response?.body;
    expect(body).toMatchObject({ size: 64, base64: bytes.toString('base64') });
    expect(body).not.toHaveProperty('text');
  });

  test('with a byte order mark is read without it and recorded with it', async () => {
    const origin = await serve((_, response) => response.end('\ufeff{}'));
    const { http, only } = client();
    expect((await http.send({ url: origin })).text).toBe('{}');
    expect(only().response?.body?.text).toBe('\ufeff{}');
  });

  test('of 300 MiB is counted and hashed, and all but its beginning is let go', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'a');
    const count = 300;
    const origin = await serve(async (_, response) => {
      for (let sent = 0; sent < count; sent += 1)
        if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      response.end();
    });
    const hash = createHash('sha256');
    for (let hashed = 0; hashed < count; hashed += 1) hash.update(piece);
    const { http, only } = client({ maxBody: 1000 });
    const { text, truncated } = await http.send({ url: origin });
    expect({ read: text.length, truncated }).toEqual({ read: 8 * 1024 * 1024, truncated: true });
    expect(only().response?.body).toEqual({
      media_type: '',
      size: count * piece.length,
      sha256: hash.digest('hex'),
      text: 'a'.repeat(1000),
      truncated: true,
    });
  });
});

describe('the phases of an exchange', () => {
  test('are numbers, and the connection is made once', async () => {
    const origin = await serve((_, response) => response.end('ok'));
    const { http, log } = client();
    await http.send({ url: origin });
    await http.send({ url: origin });
    const [first, second] = log();
    for (const exchange of log())
      for (const value of Object.values(exchange.timing)) expect(value).toBeGreaterThanOrEqual(0);
    expect(first?.timing.connect_ms).toBeGreaterThan(0);
    expect(first?.timing.total_ms).toBeGreaterThan(0);
    expect(first?.connection).toEqual({
      remote_address: new URL(origin).host,
      http_version: '1.1',
      tls: null,
    });
    expect(second?.timing).toMatchObject({ dns_ms: 0, connect_ms: 0, tls_ms: 0 });
    expect(second?.connection).toEqual({ ...first?.connection, reused: true });
  });

  test('hold the time of the name look-up', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client();
    await http.send({ url: origin.replace('127.0.0.1', 'localhost') });
    expect(only().timing.dns_ms).toBeGreaterThan(0);
  });
});

describe('a reader of the body', () => {
  test('gets the text as it comes, characters whole, after an empty first piece', async () => {
    const bytes = Buffer.from('a€b');
    const origin = await serve(async (_, response) => {
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const pieces: string[] = [];
    const { http } = client();
    await http.send({
      url: origin,
      readAs: () => (text) => {
        pieces.push(text);
        return 'more';
      },
    });
    expect(pieces[0]).toBe('');
    expect(pieces.join('')).toBe('a€b');
    expect(pieces.every((piece) => !piece.includes('\ufffd'))).toBe(true);
  });

  test('that has enough leaves a server which does not end, and that is no failure', async () => {
    const origin = await serve((_, response) => {
      response.write('enough');
    });
    const { http, only } = client();
    const answer = await http.send({
      url: origin,
      readAs: () => (text) => (text === '' ? 'more' : 'done'),
    });
    expect(answer.status).toBe(200);
    expect(only()).toMatchObject({ failure: null, response: { body: { text: 'enough' } } });
  });

  test('that wants nothing leaves an answer which never sends a byte of body', async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200).flushHeaders();
    });
    const { http, only } = client();
    await http.send({ url: origin, readAs: () => () => 'done' });
    expect(only()).toMatchObject({ failure: null, response: { status: 200, body: null } });
  });
});
