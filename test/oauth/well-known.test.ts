import { expect, test } from 'vitest';
import {
  legacyEndpoints,
  legacyMetadataUrl,
  originOf,
  resourceMetadataUrls,
  serverMetadataUrls,
} from '../../src/oauth/well-known.ts';

const PRM = '/.well-known/oauth-protected-resource';
const ASM = '/.well-known/oauth-authorization-server';
const OIDC = '/.well-known/openid-configuration';

test('the path is inserted first, then the root of the origin is tried', () => {
  expect(resourceMetadataUrls('https://api.demo.test/team/mcp')).toEqual([
    { url: `https://api.demo.test${PRM}/team/mcp`, identifier: 'https://api.demo.test/team/mcp' },
    { url: `https://api.demo.test${PRM}`, identifier: 'https://api.demo.test' },
  ]);
});

test.each(['https://api.demo.test', 'https://api.demo.test/', 'https://api.demo.test/#top'])(
  '%s has a root document only, named as it was typed',
  (url) => {
    expect(resourceMetadataUrls(url)).toEqual([
      { url: `https://api.demo.test${PRM}`, identifier: url.replace('#top', '') },
    ]);
  },
);

test('spelling, port, closing slash and query survive; the fragment goes', () => {
  expect(resourceMetadataUrls('HTTPS://API.demo.test:443/Mcp/?a=%7e#x')).toEqual([
    {
      url: `HTTPS://API.demo.test:443${PRM}/Mcp/?a=%7e`,
      identifier: 'HTTPS://API.demo.test:443/Mcp/?a=%7e',
    },
    { url: `HTTPS://API.demo.test:443${PRM}`, identifier: 'HTTPS://API.demo.test:443' },
  ]);
});

test('a query without a path is inserted too', () => {
  expect(resourceMetadataUrls('https://api.demo.test/?tenant=1')[0]).toEqual({
    url: `https://api.demo.test${PRM}?tenant=1`,
    identifier: 'https://api.demo.test/?tenant=1',
  });
});

test('an issuer with a path has three places, in the order MCP gives them', () => {
  expect(serverMetadataUrls('https://login.demo.test/t1', { openid: true })).toEqual([
    { url: `https://login.demo.test${ASM}/t1`, kind: 'oauth' },
    { url: `https://login.demo.test${OIDC}/t1`, kind: 'openid-inserted' },
    { url: `https://login.demo.test/t1${OIDC}`, kind: 'openid-appended' },
  ]);
});

test.each(['https://login.demo.test', 'https://login.demo.test/'])(
  '%s has two places',
  (issuer) => {
    expect(serverMetadataUrls(issuer, { openid: true })).toEqual([
      { url: `https://login.demo.test${ASM}`, kind: 'oauth' },
      { url: `https://login.demo.test${OIDC}`, kind: 'openid-appended' },
    ]);
  },
);

test('the closing slash of an issuer is removed before anything is inserted', () => {
  expect(serverMetadataUrls('https://login.demo.test/t1/', { openid: true })).toEqual(
    serverMetadataUrls('https://login.demo.test/t1', { openid: true }),
  );
});

test('without OpenID Connect only the RFC 8414 place is left', () => {
  expect(serverMetadataUrls('https://login.demo.test/t1', { openid: false })).toEqual([
    { url: `https://login.demo.test${ASM}/t1`, kind: 'oauth' },
  ]);
});

test('the first revision looks at the origin, whatever the path', () => {
  expect(legacyMetadataUrl('http://127.0.0.1:8000/team/mcp?x#y')).toBe(
    `http://127.0.0.1:8000${ASM}`,
  );
});

test('the first revision assumes three endpoints at the origin', () => {
  expect(legacyEndpoints('https://api.demo.test/team/mcp')).toEqual({
    authorization_endpoint: 'https://api.demo.test/authorize',
    token_endpoint: 'https://api.demo.test/token',
    registration_endpoint: 'https://api.demo.test/register',
  });
});

test('text that is no URL has no places', () => {
  expect(resourceMetadataUrls('/mcp')).toEqual([]);
  expect(serverMetadataUrls('login.demo.test', { openid: true })).toEqual([]);
  expect(originOf('mailto:a@b')).toBe('');
});
