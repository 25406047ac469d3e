import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canonicalResource,
  compareResource,
  isLoopbackHost,
  isLoopbackUrl,
  isSecureUrl,
} from '../../src/oauth/resource.ts';

const MCP = 'https://api.demo.test/team/mcp';

test.each([
  ['same', MCP, MCP],
  ['trailing-slash', `${MCP}/`, MCP],
  ['trailing-slash', MCP, `${MCP}/`],
  ['trailing-slash', 'https://api.demo.test/', 'https://api.demo.test'],
  ['parent-path', 'https://api.demo.test', MCP],
  ['parent-path', 'https://api.demo.test/', MCP],
  ['parent-path', 'https://api.demo.test/team', MCP],
  ['parent-path', 'https://api.demo.test/team/', MCP],
  ['parent-path', 'https://API.demo.test:443/team/mcp', MCP],
  ['other-path', 'https://api.demo.test/tea', MCP],
  ['other-path', 'https://api.demo.test/team/mcp/v1', MCP],
  ['parent-path', `${MCP}?tenant=1`, MCP],
  ['other-origin', 'http://api.demo.test/team/mcp', MCP],
  ['other-origin', 'https://api.demo.test:8443/team/mcp', MCP],
  ['other-origin', 'https://demo.test/team/mcp', MCP],
  ['other-origin', MCP, 'no url'],
  ['invalid', '/team/mcp', MCP],
  ['invalid', '', MCP],
] as const)('%s: %s for %s', (relation, actual, expected) => {
  expect(compareResource(actual, expected)).toBe(relation);
});

test('only identical text is the same, and no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.webUrl(), (actual, expected) => {
      expect(compareResource(actual, expected) === 'same').toBe(actual === expected);
    }),
  );
});

test('the identifier of a server is its URL without the fragment, no slash added', () => {
  expect(canonicalResource('https://API.demo.test#x')).toBe('https://API.demo.test');
});

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])(
  '%s is a loopback host',
  (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  },
);

test.each(['', 'localhost.demo.test', '127.0.0.1.demo.test', '0.0.0.0', '10.0.0.1', '::2'])(
  '%j is no loopback host',
  (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  },
);

test.each([
  ['http://[::1]:8000/mcp', true],
  ['http://localhost:1', true],
  ['https://user:x@127.0.0.1/', true],
  ['http://127.0.0.1@demo.test/', false],
  ['no url', false],
])('%s stays on this machine: %s', (url, expected) => {
  expect(isLoopbackUrl(url)).toBe(expected);
});

test.each([
  ['https://demo.test', true],
  ['http://127.0.0.1:9', true],
  ['http://demo.test', false],
  ['ftp://localhost', false],
  ['no url', false],
])('%s is secure: %s', (url, expected) => {
  expect(isSecureUrl(url)).toBe(expected);
});
