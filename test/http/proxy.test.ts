import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { proxyFor } from '../../src/http/proxy.ts';
import { createAuthority } from './certificates.ts';
import { startProxy } from './proxy-server.ts';
import { client, deadPort, errorOf, serve, serveBytes, serveTls } from './support.ts';

const authority = createAuthority();
const local = authority.issue(['IP:127.0.0.1']);
const elsewhere = authority.issue(['DNS:elsewhere.test']);
afterAll(authority.dispose);

describe('a proxied request', () => {
  test('to an http server goes through a tunnel, and its exchange names the proxy', async () => {
    const proxy = await startProxy();
    const origin = await serve((_, response) => response.end('ok'));
    const { http, only } = client({ proxy: { http: proxy.url } });
    expect((await http.send({ url: origin })).text).toBe('ok');
    expect(proxy.asked.map(({ url }) => url)).toEqual([new URL(origin).host]);
    expect(only().connection).toMatchObject({
      proxy: proxy.url,
      remote_address: new URL(proxy.url).host,
    });
  });

  test('to an https server is verified end to end', async () => {
    const proxy = await startProxy();
    const origin = await serveTls(local, (_, response) => response.end('ok'));
    const { http, only } = client({ ca: authority.ca, proxy: { https: proxy.url } });
    expect((await http.send({ url: origin })).text).toBe('ok');
    expect(only().connection).toMatchObject({
      proxy: proxy.url,
      tls: { authorized: true, certificate: { names: ['IP Address:127.0.0.1'] } },
    });
    expect(only().timing.tls_ms).toBeGreaterThan(0);
  });

  test('to a server with a certificate for another name is refused with its facts', async () => {
    const proxy = await startProxy();
    const origin = await serveTls(elsewhere, (_, response) => response.end());
    const { http, only } = client({ ca: authority.ca, proxy: { https: proxy.url } });
    await errorOf(http.send({ url: origin }));
    expect(only()).toMatchObject({
      failure: { code: 'ERR_TLS_CERT_ALTNAME_INVALID', phase: 'tls' },
      connection: { proxy: proxy.url, tls: { certificate: { names: ['DNS:elsewhere.test'] } } },
    });
  });

  test('reuses its tunnel and still names the proxy', async () => {
    const proxy = await startProxy();
    const origin = await serve((_, response) => response.end());
    const { http, log } = client({ proxy: { http: proxy.url } });
    await http.send({ url: origin });
    await http.send({ url: origin });
    expect(proxy.asked).toHaveLength(1);
    expect(log()[1]?.connection).toMatchObject({ proxy: proxy.url, reused: true });
  });

  test('leaves the look-up of the name to the proxy', async () => {
    const proxy = await startProxy();
    const origin = await serve((_, response) => response.end('ok'));
    const { http } = client({ proxy: { http: proxy.url } });
    const url = origin.replace('127.0.0.1', 'nonexistent.invalid');
    expect((await http.send({ url })).text).toBe('ok');
    expect(proxy.asked.map(({ url }) => url)).toEqual([new URL(url).host]);
  });

  test('logs in with the credentials of the proxy URL, which the trace does not name', async () => {
    const proxy = await startProxy();
    const origin = await serve((_, response) => response.end());
    const url = proxy.url.replace('//', '//us%40er:p%3Ass@');
    const { http, only } = client({ proxy: { http: url } });
    await http.send({ url: origin });
    const expected = `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`;
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(expected);
    expect(JSON.stringify(only())).not.toMatch(/us%40er|us@er|p:ss|dXNAZXI/);
    expect(only().connection.proxy).toBe(proxy.url);
  });

  test('through a proxy over TLS verifies the proxy, too', async () => {
    const requests: string[] = [];
    const target = await serve((_, response) => response.end('ok'));
    const origin = await serveTls(elsewhere, () => requests.push('reached'));
    const { http, only } = client({ ca: authority.ca, proxy: { http: origin } });
    const error = await errorOf(http.send({ url: target }));
    expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(error.message).toContain("proxy's certificate");
    expect(only().connection).toMatchObject({ proxy: origin, tls: null });
    expect(requests).toEqual([]);
  });
});

describe('a request fails when the proxy', () => {
  test('refuses the tunnel', async () => {
    const proxy = await startProxy(407);
    const { http, only } = client({ proxy: { https: proxy.url } });
    const error = await errorOf(http.send({ url: 'https://nonexistent.invalid/mcp' }));
    expect(error).toMatchObject({ code: 'PROXY_REFUSED' });
    expect(error.message).toContain('407');
    expect(only()).toMatchObject({
      failure: { code: 'PROXY_REFUSED', phase: 'connect' },
      connection: { proxy: proxy.url },
    });
  });

  test('is not there', async () => {
    const proxy = `http://127.0.0.1:${await deadPort()}`;
    const { http, only } = client({ proxy: { https: proxy } });
    await errorOf(http.send({ url: 'https://nonexistent.invalid/mcp' }));
    expect(only()).toMatchObject({ failure: { code: 'ECONNREFUSED' }, connection: { proxy } });
  });

  test('is silent', async () => {
    const proxy = await serveBytes(() => {});
    const { http } = client({ proxy: { https: proxy }, timeout: 100 });
    const error = await errorOf(http.send({ url: 'https://nonexistent.invalid/mcp' }));
    expect(error.code).toBe('TIMEOUT');
  });

  test('hangs up', async () => {
    const proxy = await serveBytes((socket) => socket.once('data', () => socket.destroy()));
    const { http } = client({ proxy: { https: proxy } });
    const error = await errorOf(http.send({ url: 'https://nonexistent.invalid/mcp' }));
    expect(error.code).toBe('ECONNRESET');
  });
});

describe('no proxy is used', () => {
  test('for a host that needs none, and its exchange names none', async () => {
    const proxy = await startProxy();
    const origin = await serve((_, response) => response.end('ok'));
    const { http, only } = client({ proxy: { http: proxy.url, no: '10.0.0.1, 127.0.0.1' } });
    await http.send({ url: origin });
    expect(proxy.asked).toEqual([]);
    expect(only().connection).not.toHaveProperty('proxy');
  });

  test('for the visit to our own listener', async () => {
    const proxy = await startProxy();
    const origin = await serve((_, response) => response.end('ok'));
    const { http } = client({ proxy: { http: proxy.url } });
    expect((await http.send({ url: origin, recorded: false })).text).toBe('ok');
    expect(proxy.asked).toEqual([]);
  });

  test('for https where only http has one', () => {
    const target = { protocol: 'https:', hostname: 'a.test', port: '' };
    expect(proxyFor(target, { http: 'http://proxy.test' })).toBeUndefined();
  });
});

describe('the list of hosts without proxy', () => {
  const proxied = (no: string, hostname: string, port = '', protocol = 'https:'): boolean => {
    const proxy = 'http://proxy.test:3128';
    return proxyFor({ protocol, hostname, port }, { http: proxy, https: proxy, no }) !== undefined;
  };

  test.each([
    ['example.com', 'example.com'],
    ['example.com', 'Api.Example.COM'],
    ['.example.com', 'api.example.com'],
    ['.example.com', 'example.com'],
    ['*.example.com', 'api.example.com'],
    ['*', 'anything.test'],
    ['other.test, example.com', 'example.com'],
    ['other.test example.com', 'example.com'],
    ['example.com:443', 'example.com'],
    ['[::1]', '::1'],
    ['::1', '::1'],
    ['[::1]:443', '::1'],
  ])('%j covers %s', (no, hostname) => {
    expect(proxied(no, hostname)).toBe(false);
  });

  test.each([
    ['', 'example.com'],
    ['example.com', 'notexample.com'],
    ['example.com', 'example.com.evil.test'],
    ['example.com:8443', 'example.com'],
    ['::1', '::2'],
    [' , ', 'example.com'],
  ])('%j does not cover %s', (no, hostname) => {
    expect(proxied(no, hostname)).toBe(true);
  });

  test('covers a port of its own only', () => {
    expect(proxied('example.com:8443', 'example.com', '8443')).toBe(false);
    expect(proxied('example.com:80', 'example.com', '', 'http:')).toBe(false);
  });

  test('may be any text', () => {
    fc.assert(fc.property(fc.string(), (no) => typeof proxied(no, 'example.com') === 'boolean'));
  });
});
