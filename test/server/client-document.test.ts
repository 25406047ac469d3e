import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientUrlProblem } from '../../src/server/client-document.ts';
import { isLoopbackAddress, isPublicAddress } from '../../src/server/public-address.ts';
import { startServer } from '../../src/server/start.ts';
import { approve, authorizeUrl, browser, type Json, postToken, REDIRECT } from './client.ts';
import { servedBy, testClock } from './support.ts';

const VERIFIER = 'v'.repeat(43);
const clock = testClock();
const server = servedBy({ allowLoopbackClientMetadata: true, now: clock.now });
const strict = servedBy();

let site: Server;
let base = '';
let visits: string[] = [];

/** What a page of the client's site answers; a string is sent as it is. */
const PAGES: Readonly<Record<string, (url: string) => Json | string>> = {
  '/good.json': (url) => document(url),
  '/fixed-port.json': (url) => ({ ...document(url), redirect_uris: ['http://127.0.0.1/callback'] }),
  '/other-id.json': (url) => document(`${url}?other`),
  '/nameless.json': (url) => ({ ...document(url), client_name: undefined }),
  '/secret.json': (url) => ({ ...document(url), client_secret: 'known to all' }),
  '/shared.json': (url) => ({ ...document(url), token_endpoint_auth_method: 'client_secret_post' }),
  '/keyless.json': (url) => ({ ...document(url), token_endpoint_auth_method: 'private_key_jwt' }),
  '/homeless.json': (url) => ({ ...document(url), redirect_uris: [] }),
  '/array.json': () => '[]',
  '/broken.json': () => '{',
  '/large.json': (url) => ({ ...document(url), padding: 'x'.repeat(6000) }),
};

function document(url: string): Json {
  return {
    client_id: url,
    client_name: 'Document client',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  };
}

beforeAll(async () => {
  site = createServer((request, response) => {
    const path = request.url ?? '';
    visits.push(path);
    if (path === '/moved.json') return response.writeHead(302, { location: '/good.json' }).end();
    if (path === '/page.json') return response.setHeader('content-type', 'text/html').end('<p>');
    const page = PAGES[path]?.(base + path);
    if (page === undefined) return response.writeHead(404).end();
    response.setHeader('content-type', 'application/json');
    return response.end(typeof page === 'string' ? page : JSON.stringify(page));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});

afterAll(() => {
  site.close();
  site.closeAllConnections();
});

test('a client whose id is the URL of its document goes through the flow unregistered', async () => {
  const id = `${base}/good.json`;
  const { location } = await approve(authorizeUrl(server, id, VERIFIER));
  const { status } = await postToken(server, {
    grant_type: 'authorization_code',
    code: new URL(location ?? '').searchParams.get('code') ?? '',
    client_id: id,
    code_verifier: VERIFIER,
  });
  expect(status).toBe(200);
});

test('a document is kept for a while and then fetched again', async () => {
  const url = authorizeUrl(server, `${base}/good.json`, VERIFIER);
  clock.advance(301);
  visits = [];
  await browser().visit(url);
  await browser().visit(url);
  expect(visits).toEqual(['/good.json']);
  clock.advance(301);
  await browser().visit(url);
  expect(visits).toEqual(['/good.json', '/good.json']);
});

test('a loopback redirect of a document may have any port', async () => {
  const page = await browser().visit(authorizeUrl(server, `${base}/fixed-port.json`, VERIFIER));
  expect(page.url).toContain('/login?');
});

test.each([
  ['another client_id', '/other-id.json', 'is not its URL'],
  ['no client_name', '/nameless.json', 'no client_name'],
  ['a secret', '/secret.json', 'holds a secret'],
  ['a shared-secret method', '/shared.json', 'shared secret'],
  ['a key it does not show', '/keyless.json', 'needs jwks'],
  ['no redirect URI', '/homeless.json', 'redirect_uris is empty'],
  ['an array for an object', '/array.json', 'no JSON object'],
  ['broken JSON', '/broken.json', 'no JSON object'],
  ['more than 5 kB', '/large.json', 'larger than 5 kB'],
  ['a redirect', '/moved.json', 'answered with 302'],
  ['an HTML page', '/page.json', 'not served as JSON'],
  ['no document', '/none.json', 'answered with 404'],
])('a client id with %s gets an error page and no redirect', async (_, path, reason) => {
  const page = await browser().visit(authorizeUrl(server, base + path, VERIFIER));
  expect(page.status).toBe(400);
  expect(page.location).toBeNull();
  expect(page.text).toContain(reason);
});

test('an unlisted redirect URI is refused', async () => {
  const changes = { redirect_uri: 'https://evil.example/callback' };
  const url = authorizeUrl(server, `${base}/good.json`, VERIFIER, changes);
  expect((await browser().visit(url)).status).toBe(400);
});

test.each([
  ['loopback over http', () => `${base}/good.json`],
  ['loopback over https', () => 'https://127.0.0.1/good.json'],
  ['a name of this machine', () => 'https://localhost/good.json'],
  ['a private network', () => 'https://10.0.0.1/good.json'],
  ['the metadata address of clouds', () => 'https://169.254.169.254/latest/meta-data'],
  ['IPv6 loopback', () => 'https://[::1]/good.json'],
  ['a mapped address', () => 'https://[::ffff:127.0.0.1]/good.json'],
])('nothing is fetched from %s unless allowed', async (_, id) => {
  visits = [];
  const page = await browser().visit(authorizeUrl(strict, id(), VERIFIER));
  expect(page.status).toBe(400);
  expect(page.text).toMatch(/has no public address|is not https/);
  expect(visits).toEqual([]);
});

test.each([
  ['https://client.example', 'has no path'],
  ['https://client.example/', 'has no path'],
  ['http://client.example/client.json', 'is not https'],
  ['https://client.example/client.json#part', 'has a fragment'],
  ['https://user:pass@client.example/client.json', 'carries credentials'],
  ['https://client.example/a/../client.json', 'has dot segments'],
  ['https://client.example/%2e%2E/client.json', 'has dot segments'],
])('%s %s', (id, problem) => {
  expect(clientUrlProblem(id, false)).toBe(problem);
});

test('an address is never both public and this machine', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      expect(isPublicAddress(address) && isLoopbackAddress(address)).toBe(false);
    }),
  );
});

test('no IPv6 address that carries a private IPv4 address counts as public', () => {
  for (const address of ['::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', 'fe80::1', 'fd00::1'])
    expect(isPublicAddress(address)).toBe(false);
  expect(isPublicAddress('2606:4700::1111')).toBe(true);
  expect(isPublicAddress('1.1.1.1')).toBe(true);
});

test('a server may offer such clients and refuse them, when that fault is asked for', async () => {
  const faulty = await startServer({
    allowLoopbackClientMetadata: true,
    faults: ['cimd-advertised-but-rejected'],
  });
  const { location } = await browser().visit(authorizeUrl(faulty, `${base}/good.json`, VERIFIER));
  await faulty.close();
  expect(location).toContain('error=invalid_client');
});
