import { expect, test } from 'vitest';
import { createCookies } from '../../../src/consent/navigation/cookies.ts';
import type { Header } from '../../../src/trace/schema.ts';

async function sent(
  set: readonly (readonly [url: string, cookie: string])[],
  url: string,
  visit: { readonly method?: string; readonly from?: string } = {},
): Promise<string | undefined> {
  const cookies = createCookies();
  for (const [from, value] of set) {
    const headers: readonly Header[] = [['Set-Cookie', value]];
    await cookies.keep(new URL(from), headers);
  }
  const initiator = visit.from === undefined ? undefined : new URL(visit.from);
  return cookies.header({ url: new URL(url), method: visit.method ?? 'GET', initiator });
}

test.each([
  ['by path, not beside it', 'a=1; Path=/login', 'https://as.example/logins', undefined],
  ['by path, below it', 'a=1; Path=/login', 'https://as.example/login/x', 'a=1'],
  [
    'to subdomains where the domain says so',
    'a=1; Domain=as.example',
    'https://id.as.example/',
    'a=1',
  ],
  ['not to subdomains otherwise', 'a=1', 'https://id.as.example/', undefined],
  ['not for a public suffix', 'a=1; Domain=co.uk', 'https://as.example/', undefined],
  ['not over plain http when Secure', 'a=1; Secure', 'http://as.example/', undefined],
  ['not once it ended', 'a=1; Max-Age=0', 'https://as.example/', undefined],
  ['not with SameSite=None without Secure', 'a=1; SameSite=None', 'https://as.example/', undefined],
  ['with SameSite=None and Secure', 'a=1; SameSite=None; Secure', 'https://as.example/', 'a=1'],
  [
    'not with a __Host- name and a domain',
    '__Host-a=1; Secure; Path=/; Domain=as.example',
    'https://as.example/',
    undefined,
  ],
  [
    'not when it is larger than browsers keep',
    `a=${'x'.repeat(4096)}`,
    'https://as.example/',
    undefined,
  ],
])('a cookie is sent %s', async (_, cookie, url, expected) => {
  expect(await sent([['https://as.example/', cookie]], url)).toBe(expected);
});

test.each(['http://127.0.0.1:81/', 'http://localhost:81/', 'http://[::1]:81/'])(
  'a Secure cookie works at %s, and at every port of it',
  async (url) => {
    const other = url.replace(':81/', ':82/');
    expect(await sent([[url, 'a=1; Secure; HttpOnly']], other)).toBe('a=1');
  },
);

const THREE = ['strict=1; SameSite=Strict', 'lax=1; SameSite=Lax', 'plain=1'].map(
  (cookie): [string, string] => ['https://as.example/', cookie],
);

test.each([
  ['an address the user opened', {}, 'strict=1; lax=1; plain=1'],
  ['a link of the same site', { from: 'https://www.as.example/' }, 'strict=1; lax=1; plain=1'],
  ['a link of another site', { from: 'https://other.example/' }, 'lax=1; plain=1'],
  ['a post of another site', { from: 'https://other.example/', method: 'POST' }, 'plain=1'],
  ['a link of the same host over http', { from: 'http://as.example/' }, 'lax=1; plain=1'],
])('%s takes along what SameSite allows', async (_, visit, expected) => {
  expect(await sent(THREE, 'https://as.example/', visit)).toBe(expected);
});

test('nonsense is not kept and does not throw', async () => {
  const nonsense = ['', ';', '=', 'a', '\u0000=1', 'a=1; Domain=; Path=x; Expires=never'];
  const set = nonsense.map((cookie): [string, string] => ['https://as.example/', cookie]);
  expect(await sent(set, 'https://other.example/')).toBeUndefined();
});
