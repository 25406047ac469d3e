import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isRegisteredRedirect,
  redirectUriProblem,
  withParameters,
} from '../../src/server/redirect-uri.ts';

test.each([
  ['http://127.0.0.1/callback', 'http://127.0.0.1:4000/callback'],
  ['http://127.0.0.1:1/callback', 'http://127.0.0.1:4000/callback'],
  ['http://localhost:1/callback', 'http://localhost/callback'],
  ['http://[::1]:1/callback?a=b', 'http://[::1]:2/callback?a=b'],
  ['https://client.example/callback', 'https://client.example/callback'],
])('registered %s allows %s', (registered, requested) => {
  expect(isRegisteredRedirect([registered], requested)).toBe(true);
});

test.each([
  ['http://127.0.0.1/callback', 'http://127.0.0.1:4000/callback/more'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:4000/callback?more=1'],
  ['http://127.0.0.1/callback', 'http://localhost:4000/callback'],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:4000@evil.example/callback'],
  ['http://127.0.0.1', 'http://127.0.0.1.evil.example'],
  ['http://localhost/', 'http://localhost.evil.example/'],
  ['https://client.example/callback', 'https://client.example:8443/callback'],
  ['https://client.example/callback', 'https://CLIENT.example/callback'],
  ['https://client.example/callback', 'http://client.example/callback'],
])('registered %s does not allow %s', (registered, requested) => {
  expect(isRegisteredRedirect([registered], requested)).toBe(false);
});

test('added parameters keep the query that was there', () => {
  expect(withParameters('https://a.example/cb?x=1', { code: 'c d' })).toBe(
    'https://a.example/cb?x=1&code=c+d',
  );
});

test('no state is changed on its way through the redirect', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (state) => {
      const url = new URL(withParameters('http://127.0.0.1/callback', { state }));
      expect(url.searchParams.get('state')).toBe(state);
    }),
  );
});

test('whatever may be registered is https, loopback or a private scheme', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webUrl({ withFragments: true })), (uri) => {
      if (redirectUriProblem(uri, undefined) !== undefined) return;
      const { protocol, hostname, hash } = new URL(uri);
      expect(hash).toBe('');
      if (protocol === 'http:') expect(['localhost', '127.0.0.1', '[::1]']).toContain(hostname);
      else expect(protocol === 'https:' || protocol.includes('.')).toBe(true);
    }),
  );
});
