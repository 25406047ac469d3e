import { expect, test } from 'vitest';
import { navigationHeaders } from '../../../src/consent/navigation/headers.ts';
import { createNavigator, type PageLanding } from '../../../src/consent/navigation/navigator.ts';
import { headerValue } from '../../../src/trace/headers.ts';
import { plainHttp } from '../support/plain-http.ts';
import { openSite, type Reply, redirect } from '../support/site.ts';

function navigator() {
  const http = plainHttp();
  return { http, ...createNavigator({ http, signal: new AbortController().signal }) };
}

async function pageOf(promise: Promise<{ readonly kind: string }>): Promise<PageLanding> {
  const landing = await promise;
  if (landing.kind === 'page') return landing as PageLanding;
  throw new Error('expected a page');
}

test.each([
  [301, 'GET', ''],
  [302, 'GET', ''],
  [303, 'GET', ''],
  [307, 'POST', 'a=1'],
  [308, 'POST', 'a=1'],
])('a post is redirected by %i as %s', async (status, method, body) => {
  const site = await openSite({
    'GET /': 'start',
    'POST /form': redirect('/end', status),
    'GET /end': 'end',
    'POST /end': 'end',
  });
  const { open, leave } = navigator();
  const start = await pageOf(open(`${site.origin}/`));
  await leave(start, {
    url: `${site.origin}/form`,
    method: 'POST',
    body: 'a=1',
    contentType: 'application/x-www-form-urlencoded',
    clicked: true,
  });
  const last = site.seen.at(-1);
  expect([last?.method, last?.path, last?.body]).toEqual([method, '/end', body]);
  expect(last?.headers['content-type']).toBe(
    method === 'POST' ? 'application/x-www-form-urlencoded' : undefined,
  );
});

test.each([
  ['a redirect status without a location', { status: 302, body: 'where to?' }],
  ['a status that redirects nowhere', { status: 304, headers: { location: '/x' } }],
] as readonly (readonly [string, Reply])[])('%s is a page', async (_, reply) => {
  const site = await openSite({ 'GET /': reply });
  const landing = await pageOf(navigator().open(`${site.origin}/`));
  expect(landing.url.href).toBe(`${site.origin}/`);
});

test('a relative location is resolved against the address it came from', async () => {
  const site = await openSite({ 'GET /a/b': redirect('../c?x=1'), 'GET /c': 'here' });
  const landing = await pageOf(navigator().open(`${site.origin}/a/b#part`));
  expect(landing.url.href).toBe(`${site.origin}/c?x=1#part`);
  expect(site.seen.map(({ path }) => path)).toEqual(['/a/b', '/c?x=1']);
});

test('fetch metadata does not go to an address a browser would not trust', async () => {
  const asked: string[][] = [];
  const http = {
    send: async (request: {
      readonly url: string;
      readonly headers?: readonly (readonly [string, string])[];
    }) => {
      asked.push((request.headers ?? []).map(([name]) => name));
      return {
        exchange: 1,
        url: request.url,
        status: 200,
        headers: [],
        text: '',
        truncated: false,
      };
    },
  };
  const { open } = createNavigator({ http, signal: new AbortController().signal });
  await open('http://as.example/');
  await open('https://as.example/');
  expect(asked.map((names) => names.filter((name) => name.startsWith('Sec-')).length)).toEqual([
    0, 4,
  ]);
});

test('never sends what a script would', async () => {
  const site = await openSite({ 'GET /': 'page' });
  await navigator().open(`${site.origin}/`);
  const [seen] = site.seen;
  expect(seen?.headers['sec-fetch-mode']).toBe('navigate');
  expect(seen?.headers['sec-fetch-dest']).toBe('document');
  expect(seen?.headers.accept).toMatch(/^text\/html,/);
  expect(seen?.headers['x-requested-with']).toBeUndefined();
});

test.each(['https://user:pw@host/', 'javascript:1', 'blob:x', 'nonsense'])(
  'does not open %s',
  async (url) => {
    const { open, http } = navigator();
    await expect(open(url)).rejects.toMatchObject({ code: 'unsafe-url' });
    expect(http.asked).toEqual([]);
  },
);

test('what was typed on an https page is not sent to a plain http one', async () => {
  const { leave, http } = navigator();
  const answer = { exchange: 1, url: '', status: 200, headers: [], text: '', truncated: false };
  const page: PageLanding = { kind: 'page', url: new URL('https://as.example/login'), answer };
  const departure = { url: 'http://as.example/login', clicked: true, typed: true };
  await expect(leave(page, departure)).rejects.toMatchObject({ code: 'credentials-withheld' });
  expect(http.asked).toEqual([]);
});

test.each([
  [
    'a foreign origin that redirects to another',
    ['https://b.example/', 'https://c.example/'],
    'null',
  ],
  [
    'its own origin that redirects to another',
    ['https://a.example/x', 'https://c.example/'],
    'https://a.example',
  ],
  ['plain http', ['http://c.example/'], 'null'],
])('the origin of a post over %s is %s', (_, addresses, expected) => {
  const chain = addresses.map((address) => new URL(address));
  const [url] = chain.slice(-1);
  const headers = navigationHeaders(
    {
      url: url ?? new URL('https://a.example/'),
      method: 'POST',
      initiator: new URL('https://a.example/'),
      policy: 'strict-origin-when-cross-origin',
      hops: chain.slice(0, -1),
      posted: true,
      clicked: true,
      causedBy: null,
      typed: false,
    },
    'test',
    undefined,
  );
  expect(headerValue(headers, 'origin')).toBe(expected);
});
