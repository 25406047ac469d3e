import { createServer, request as send } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rejectionOf } from '../../src/http/callback-verdict.ts';
import { ListenError } from '../../src/http/listen.ts';
import { type Callback, type Loopback, openLoopback } from '../../src/http/loopback.ts';
import { createRecorder, type Recorder } from '../../src/http/recorder.ts';

interface Opened {
  readonly loopback: Loopback;
  readonly recorder: Recorder;
  /** The callback once it was accepted. */
  readonly accepted: () => Callback | undefined;
  readonly port: number;
}

/** A listener that waits for the state `s&t+1`, unless told otherwise. */
async function listening(
  other: { host?: string; path?: string; state?: string | null } = {},
): Promise<Opened> {
  const recorder = createRecorder();
  const { host = '127.0.0.1', path = '/callback', state = STATE } = other;
  const loopback = await openLoopback({ host, port: 0, path, recorder, step: 'authorization' });
  onTestFinished(loopback.close);
  let accepted: Callback | undefined;
  if (state !== null)
    void loopback.expect(state).then((callback) => {
      accepted = callback;
    });
  const { port } = new URL(loopback.redirectUri);
  return { loopback, recorder, accepted: () => accepted, port: Number(port) };
}

const STATE = 's&t+1';

function query(parameters: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams({ state: STATE, ...parameters })}`;
}

interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A request with any header and any target, unlike fetch. */
function visit(
  port: number,
  target: string,
  other: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    address?: string;
  } = {},
): Promise<Page> {
  const { method = 'GET', headers = {}, body, address = '127.0.0.1' } = other;
  return new Promise((resolve, reject) => {
    const asked = send({ host: address, port, path: target, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('the awaited callback', () => {
  test('is answered with a friendly page, recorded and handed over', async () => {
    const { loopback, recorder, accepted, port } = await listening();
    const target = `/callback${query({ code: 'c+o/d=e', iss: 'https://a.test' })}`;
    const page = await visit(port, target);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Approved');
    expect(accepted()?.url).toBe(new URL(target, loopback.redirectUri).href);
    expect(Object.fromEntries(accepted()?.parameters ?? [])).toEqual({
      state: STATE,
      code: 'c+o/d=e',
      iss: 'https://a.test',
    });
    expect(recorder.log()).toMatchObject([
      {
        id: accepted()?.exchange,
        step: 'authorization',
        channel: 'loopback',
        caused_by: null,
        connection: { http_version: '1.1', tls: null },
        request: { method: 'GET', body: null },
        response: { status: 200, body: { media_type: 'text/html', text: page.text } },
        failure: null,
      },
    ]);
  });

  test('may be posted as a form', async () => {
    const { recorder, accepted, port } = await listening();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = query({ code: 'posted' }).slice(1);
    const page = await visit(port, '/callback', { method: 'POST', headers, body });
    expect(page.status).toBe(200);
    expect(accepted()?.parameters.get('code')).toBe('posted');
    expect(recorder.log()[0]?.request.body).toMatchObject({ size: body.length, text: body });
  });

  test('may be an error, which ends the wait with another page', async () => {
    const { accepted, port } = await listening();
    const page = await visit(port, `/callback${query({ error: 'access_denied' })}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Not approved');
    expect(accepted()?.parameters.get('error')).toBe('access_denied');
  });

  test('is recorded with exactly the headers of the request and of the answer', async () => {
    const { recorder, port } = await listening();
    const page = await visit(port, `/callback${query({ code: 'a' })}`, {
      headers: { 'X-Mixed': 'one' },
    });
    const [exchange] = recorder.log();
    expect(exchange?.request.headers).toContainEqual(['X-Mixed', 'one']);
    expect(Object.fromEntries(exchange?.response?.headers ?? [])).toEqual(page.headers);
  });

  test('names the front-channel exchange that came last as its cause', async () => {
    const { recorder, port } = await listening();
    const blank = { ...recorderDraft(), channel: 'front' as const };
    recorder.begin({ ...blank, channel: 'back' });
    const { id } = recorder.begin(blank);
    recorder.begin({ ...blank, channel: 'back' });
    await visit(port, `/callback${query({ code: 'a' })}`);
    expect(recorder.log().at(-1)?.caused_by).toBe(id);
  });

  test('is accepted again for a later authorization, with its own state', async () => {
    const { loopback, port } = await listening();
    await visit(port, `/callback${query({ code: 'first' })}`);
    const second = loopback.expect('other');
    await visit(port, '/callback?state=other&code=second');
    expect((await second).parameters.get('code')).toBe('second');
  });
});

describe('a callback is answered plainly, recorded and does not end the wait', () => {
  const good = query({ code: 'a' });

  test.each([
    ['without state', '?code=a', 'carries no state'],
    ['with an empty state', '?code=a&state=', 'not the one'],
    ['with another state', '?code=a&state=s%26t%2B2', 'not the one'],
    ['with the state in another case', '?code=a&state=S%26t%2B1', 'not the one'],
    ['with two states', `${good}&state=x`, 'state occurs more than once'],
    ['with two codes', `${good}&code=b`, 'code occurs more than once'],
    ['with two issuers', `${good}&iss=a&iss=a`, 'iss occurs more than once'],
    ['with two errors', `${query({ error: 'a' })}&error=b`, 'error occurs more than once'],
    ['with neither code nor error', query({}), 'neither code nor error'],
  ])('%s', async (_, search, reason) => {
    const { loopback, recorder, accepted, port } = await listening();
    const page = await visit(port, `/callback${search}`);
    expect(page.status).toBe(400);
    expect(loopback.rejections()).toEqual([expect.stringContaining(reason)]);
    expect(recorder.log()).toMatchObject([{ response: { status: 400 } }]);
    await visit(port, `/callback${good}`);
    expect(accepted()?.parameters.get('code')).toBe('a');
  });

  test('before anything was asked for', async () => {
    const { loopback, recorder, port } = await listening({ state: null });
    expect((await visit(port, `/callback${good}`)).status).toBe(400);
    expect(loopback.rejections()).toEqual([expect.stringContaining('no authorization')]);
    expect(recorder.log()).toHaveLength(1);
  });

  test('once another was accepted, be it the same', async () => {
    const { loopback, recorder, accepted, port } = await listening();
    await visit(port, `/callback${good}`);
    const first = accepted();
    expect((await visit(port, `/callback${good}`)).status).toBe(400);
    expect(accepted()).toBe(first);
    expect(loopback.rejections()).toEqual(['one was accepted before']);
    expect(recorder.log()).toHaveLength(2);
  });

  test.each(['evil.test', 'evil.test:80', 'localhost.evil.test', '127.0.0.1.evil.test'])(
    'for the host %j',
    async (host) => {
      const { accepted, port } = await listening();
      const page = await visit(port, `/callback${good}`, { headers: { host } });
      expect(page.status).toBe(403);
      expect(accepted()).toBeUndefined();
    },
  );

  test.each(['PUT', 'DELETE', 'OPTIONS', 'HEAD'])('by %s', async (method) => {
    const { accepted, recorder, port } = await listening();
    expect((await visit(port, `/callback${good}`, { method })).status).toBe(405);
    expect(accepted()).toBeUndefined();
    expect(recorder.log()).toHaveLength(1);
  });

  test('with a body that is too large', async () => {
    const { accepted, recorder, port } = await listening();
    const body = `${good.slice(1)}&filler=${'x'.repeat(70_000)}`;
    const page = await visit(port, '/callback', { method: 'POST', body });
    expect(page.status).toBe(413);
    expect(accepted()).toBeUndefined();
    expect(recorder.log()).toMatchObject([{ response: { status: 413 } }]);
  });
});

describe('a request for something else', () => {
  test.each([
    '/favicon.ico',
    '/',
    '/callback/',
    '/callback/more',
    '/Callback',
    '//127.0.0.1/callback',
    '/x/../callback',
    'http://127.0.0.1/callback',
    '*',
  ])('%s is answered with 404 and left out of the log', async (target) => {
    const { recorder, accepted, port } = await listening();
    const method = target === '*' ? 'OPTIONS' : 'GET';
    expect((await visit(port, `${target}${query({ code: 'a' })}`, { method })).status).toBe(404);
    expect(recorder.log()).toEqual([]);
    expect(accepted()).toBeUndefined();
  });

  test('that is not HTTP does not disturb the listener', async () => {
    const { accepted, port } = await listening();
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('\x16\x03\x01 no HTTP\r\n\r\n'));
      socket.on('error', () => {});
      socket.resume().on('close', () => resolve());
    });
    await visit(port, `/callback${query({ code: 'a' })}`);
    expect(accepted()?.parameters.get('code')).toBe('a');
  });
});

test('of callbacks that come at the same time one is accepted', async () => {
  const { loopback, port } = await listening();
  const body = query({ code: 'a' }).slice(1);
  const pages = await Promise.all(
    Array.from({ length: 8 }, () => visit(port, '/callback', { method: 'POST', body })),
  );
  expect(pages.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)]);
  expect(loopback.rejections()).toHaveLength(7);
});

test('no page holds anything of what was received', async () => {
  const marker = 'm4rk3r';
  const searches = [
    query({ code: marker, [marker]: marker }),
    query({ error: marker, error_description: `<script>${marker}</script>` }),
    `?state=${marker}&code=${marker}`,
    `?state=${marker}&state=${marker}`,
  ];
  for (const search of searches) {
    const { port } = await listening();
    const page = await visit(port, `/callback${search}`, { headers: { referer: marker } });
    expect(JSON.stringify(page)).not.toContain(marker);
  }
});

test('every page forbids scripts, framing, caching and referrers', async () => {
  const { port } = await listening();
  for (const search of ['?', query({ code: 'a' })]) {
    const { headers } = await visit(port, `/callback${search}`);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  }
});

describe('the host of the redirect URI', () => {
  test('localhost is listened on in both address families', async () => {
    const { loopback, accepted, port } = await listening({ host: 'localhost' });
    expect(loopback.redirectUri).toBe(`http://localhost:${port}/callback`);
    const headers = { host: `localhost:${port}` };
    expect((await visit(port, '/callback', { headers })).status).toBe(400);
    const six = await visit(port, `/callback${query({ code: 'six' })}`, {
      headers,
      address: '::1',
    });
    expect(six.status).toBe(200);
    expect(accepted()?.parameters.get('code')).toBe('six');
  });

  test('[::1] is listened on as it is', async () => {
    const { loopback, accepted, port } = await listening({ host: '[::1]' });
    expect(loopback.redirectUri).toBe(`http://[::1]:${port}/callback`);
    await visit(port, `/callback${query({ code: 'six' })}`, { address: '::1' });
    expect(accepted()?.parameters.get('code')).toBe('six');
  });
});

describe('a port', () => {
  const taken = async (address: string): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };
  const opening = (host: string, port: number): Promise<Loopback> =>
    openLoopback({ host, port, path: '/', recorder: createRecorder(), step: 'authorization' });

  test('in use is an error that names it', async () => {
    const port = await taken('127.0.0.1');
    const error = await opening('127.0.0.1', port).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    expect((error as Error).message).toContain(String(port));
  });

  test('of which a stranger holds the other half of localhost is not used', async () => {
    const port = await taken('::1');
    await expect(opening('localhost', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    // The first half was given back.
    const again = await opening('127.0.0.1', port);
    await again.close();
  });

  test('is free again after closing, also while a connection is open', async () => {
    const { loopback, port } = await listening();
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.on('error', () => {});
    await loopback.close();
    await closed;
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});

test('only the state that was sent is accepted', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (sent, received) => {
      const parameters = new URLSearchParams({ code: 'a', state: received });
      const request = { method: 'GET', host: 'localhost', parameters };
      return (rejectionOf(request, { state: sent }) === undefined) === (sent === received);
    }),
  );
});

function recorderDraft(): Parameters<Recorder['begin']>[0] {
  const timing = { dns_ms: 0, connect_ms: 0, tls_ms: 0, wait_ms: 0, receive_ms: 0, total_ms: 0 };
  return {
    step: 'authorization',
    channel: 'back',
    caused_by: null,
    started_at: new Date(0).toISOString(),
    timing,
    connection: { remote_address: null, http_version: null, tls: null },
    request: { method: 'GET', url: 'http://127.0.0.1/', headers: [], body: null },
    response: null,
    failure: null,
  };
}
