import { afterAll, describe, expect, test } from 'vitest';
import { CredentialsError, openConnections } from '../../src/http/connection.ts';
import { createAuthority } from './certificates.ts';
import { client, errorOf, serve, serveBytes, serveTls } from './support.ts';

const authority = createAuthority();
const stranger = createAuthority('Unknown authority');
const local = authority.issue(['IP:127.0.0.1', 'DNS:mcp.test']);
const elsewhere = authority.issue(['DNS:elsewhere.test']);
const expired = authority.issue(['IP:127.0.0.1'], { expired: true });
const unknown = stranger.issue(['IP:127.0.0.1']);
const user = authority.issue(['DNS:client.test']);
afterAll(() => {
  authority.dispose();
  stranger.dispose();
});

const { ca } = authority;

describe('a trusted certificate', () => {
  test('is recorded with protocol, cipher, names and validity', async () => {
    const origin = await serveTls(local, (_, response) => response.end('ok'));
    const { http, only } = client({ ca });
    expect((await http.send({ url: origin })).text).toBe('ok');
    const { connection, timing } = only();
    expect(connection.tls).toEqual({
      protocol: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
      authorized: true,
      authorization_error: null,
      certificate: {
        subject: expect.stringMatching(/^CN=leaf \d+$/),
        issuer: 'O=mcp-oauth-trace, CN=Test authority',
        valid_from: expect.stringMatching(/GMT$/),
        valid_to: expect.stringMatching(/GMT$/),
        names: ['IP Address:127.0.0.1', 'DNS:mcp.test'],
      },
    });
    expect(connection.remote_address).toBe(new URL(origin).host);
    expect(timing.tls_ms).toBeGreaterThan(0);
    expect(timing.connect_ms).toBeGreaterThan(0);
  });

  test('stands on later exchanges of the same connection too, without its time', async () => {
    const origin = await serveTls(local, (_, response) => response.end('ok'));
    const { http, log } = client({ ca });
    await http.send({ url: origin });
    await http.send({ url: origin });
    const [first, second] = log();
    expect(second?.connection).toEqual({ ...first?.connection, reused: true });
    expect(second?.timing.tls_ms).toBe(0);
  });
});

describe('a certificate', () => {
  test.each([
    ['of an unknown authority', unknown, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['for another name', elsewhere, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that has expired', expired, 'CERT_HAS_EXPIRED'],
  ])('%s is refused, and its facts are recorded', async (_, credentials, code) => {
    const requests: unknown[] = [];
    const origin = await serveTls(credentials, (request) => requests.push(request));
    const { http, only } = client({ ca });
    const error = await errorOf(http.send({ url: origin }));
    expect(error.code).toBe(code);
    expect(only()).toMatchObject({
      response: null,
      failure: { code, phase: 'tls' },
      connection: {
        remote_address: new URL(origin).host,
        tls: {
          authorized: false,
          authorization_error: code,
          certificate: { subject: expect.stringMatching(/^CN=leaf/) },
        },
      },
    });
    expect(only().timing.tls_ms).toBeGreaterThan(0);
    expect(requests).toEqual([]);
  });

  test('that is not trusted is taken when verification is off, and the reason is recorded', async () => {
    const origin = await serveTls(unknown, (_, response) => response.end('ok'));
    const { http, only } = client({ insecure: true });
    expect((await http.send({ url: origin })).text).toBe('ok');
    expect(only()).toMatchObject({
      failure: null,
      connection: {
        tls: { authorized: false, authorization_error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      },
    });
  });

  test('is judged anew on each connection', async () => {
    const origin = await serveTls(elsewhere, (_, response) => response.end());
    const { http } = client({ ca });
    for (let round = 0; round < 3; round += 1)
      expect((await errorOf(http.send({ url: origin }))).code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('a client certificate', () => {
  const asking = { ...local, ca, requestCert: true, rejectUnauthorized: true };

  test('is shown to a server that asks for one', async () => {
    const origin = await serveTls(asking, (request, response) => {
      const socket = request.socket as import('node:tls').TLSSocket;
      response.end(socket.getPeerCertificate().subjectaltname);
    });
    const { http } = client({ ca, cert: user.cert, key: user.key });
    expect((await http.send({ url: origin })).text).toBe('DNS:client.test');
  });

  test.each([
    ['TLSv1.3', /^(?:ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET|EPIPE)$/],
    ['TLSv1.2', /^ERR_SSL_.*ALERT_HANDSHAKE_FAILURE$/],
  ] as const)(
    'that is missing fails the exchange with what the server says: %s',
    async (maxVersion, code) => {
      const origin = await serveTls({ ...asking, maxVersion }, (_, response) => response.end());
      const { http, only } = client({ ca });
      await errorOf(http.send({ url: origin }));
      expect(only().response).toBeNull();
      expect(only().failure).toMatchObject({ code: expect.stringMatching(code) });
      expect(only().failure?.message).not.toMatch(/openssl|:error:|\n/);
    },
  );
});

describe('a handshake', () => {
  test('with a server that speaks plain HTTP fails in the TLS phase', async () => {
    const origin = await serve((_, response) => response.end());
    const { http, only } = client();
    await errorOf(http.send({ url: origin.replace('http:', 'https:') }));
    expect(only().failure).toEqual({
      code: 'ERR_SSL_WRONG_VERSION_NUMBER',
      phase: 'tls',
      message: 'what listens there does not speak TLS, as https needs it: is it plain http?',
    });
  });

  test('that the server cuts off fails in the TLS phase', async () => {
    const origin = await serveBytes((socket) => socket.once('data', () => socket.destroy()));
    const { http, only } = client();
    await errorOf(http.send({ url: origin.replace('http:', 'https:') }));
    expect(only().failure).toMatchObject({ code: 'ECONNRESET', phase: 'tls' });
  });

  test('that never ends runs into the time limit', async () => {
    const origin = await serveBytes(() => {});
    const { http, only } = client({ timeout: 100 });
    const error = await errorOf(http.send({ url: origin.replace('http:', 'https:') }));
    expect(error.code).toBe('TIMEOUT');
    expect(only().failure?.code).toBe('TIMEOUT');
  });
});

test.each([
  ['a certificate authority', { ca: 'no PEM at all' }],
  ['a key without its certificate', { cert: user.cert, key: local.key }],
])('%s that cannot be used is told before anything is dialled', (_, credentials) => {
  expect(() => openConnections({ ...credentials, timeout: 1000 })).toThrow(CredentialsError);
});

describe('a pinned address', () => {
  const resolve = (origin: string) => [
    { host: 'MCP.test', port: Number(new URL(origin).port), address: '127.0.0.1' },
  ];
  const named = (origin: string): string => origin.replace('127.0.0.1', 'mcp.test');

  test('is dialled for its name over http, and the request says the name', async () => {
    const origin = await serve((request, response) => response.end(request.headers.host));
    const { http, only } = client({ resolve: resolve(origin) });
    expect((await http.send({ url: named(origin) })).text).toBe(new URL(named(origin)).host);
    expect(only().connection.remote_address).toBe(new URL(origin).host);
  });

  test('is dialled for its name over https, which SNI and verification use', async () => {
    let asked: unknown;
    const origin = await serveTls(
      {
        ...local,
        SNICallback: (name, done) => {
          asked = name;
          done(null);
        },
      },
      (_, response) => response.end('ok'),
    );
    const { http, only } = client({ ca, resolve: resolve(origin) });
    await http.send({ url: named(origin) });
    expect(asked).toBe('mcp.test');
    expect(only().connection.tls?.authorized).toBe(true);
  });

  test('does not make a certificate for the address count', async () => {
    const origin = await serveTls(authority.issue(['IP:127.0.0.1']), (_, response) =>
      response.end(),
    );
    const { http } = client({ ca, resolve: resolve(origin) });
    const error = await errorOf(http.send({ url: named(origin) }));
    expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('holds for its port only', async () => {
    const origin = await serve((_, response) => response.end());
    const pins = resolve(origin).map((pin) => ({ ...pin, port: pin.port + 1 }));
    const { http } = client({ resolve: pins });
    const error = await errorOf(http.send({ url: named(origin) }));
    expect(error.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });
});
