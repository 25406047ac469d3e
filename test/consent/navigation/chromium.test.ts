import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { form } from '../../../src/consent/form.ts';
import { heardTools, openListener } from '../support/journey.ts';
import { openSite, type Routes, redirect, type Seen } from '../support/site.ts';

const BROWSER = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
);

/** Headers that name the program or the connection, on which a browser and the driver differ. */
const OWN =
  /^(?:host|connection|content-length|user-agent|accept|accept-encoding|sec-ch-ua.*|transfer-encoding)$/i;

interface World {
  readonly start: string;
  readonly redirectUri: string;
  readonly seen: () => readonly Seen[];
}

/** Two origins of one site, and every way to leave a page that a login may hold. */
async function openWorld(): Promise<World> {
  const listener = await openListener();
  const redirectUri = `${listener.origin}/callback`;
  const other = await openSite({
    'GET /cross': {
      headers: { 'referrer-policy': 'no-referrer' },
      body: page(`<form method="post" action="/again">${GO}</form>`),
    },
    'POST /again': redirect('/posted', 307),
    'POST /posted': page(`<a id="go" href="/link?x=1#part">Continue</a>`),
    'GET /link': page(
      `<form action="/query?old=1"><input type="hidden" name="q" value="ä b">${GO}</form>`,
    ),
    'GET /query': page(
      `<form method="post" action="/same" id="f"><input type="hidden" name="a" value="1"></form><script>document.forms.f.submit()</script>`,
    ),
    'POST /same': page('<meta http-equiv="refresh" content="0;url=/refreshed">'),
    'GET /refreshed': {
      headers: { 'referrer-policy': 'same-origin' },
      body: page(
        `<form method="post" action="${redirectUri}"><input type="hidden" name="code" value="c">${GO}</form>`,
      ),
    },
  });
  // Another site to a browser, though the same machine.
  const elsewhere = other.origin.replace('127.0.0.1', 'localhost');
  const site = await openSite({
    'GET /authorize': {
      ...(redirect('/login') as object),
      headers: { location: '/login', 'set-cookie': COOKIES },
    },
    'GET /login': page(
      `<form method="post" action="/session"><input name="user" value="ada"><input type="password" name="p" value="pw">${GO}</form>`,
    ),
    'POST /session': redirect(`${elsewhere}/cross`),
  } satisfies Routes);
  return {
    start: `${site.origin}/authorize`,
    redirectUri,
    seen: () =>
      [...site.seen, ...other.seen, ...listener.seen].filter(
        ({ path }) => !path.includes('favicon'),
      ),
  };
}

const GO = '<button id="go">Continue</button>';

const COOKIES = [
  'plain=1',
  'lax=1; SameSite=Lax',
  'strict=1; SameSite=Strict; Secure',
  'none=1; SameSite=None',
  'path=1; Path=/session',
  '__Host-x=1; Secure; Path=/',
];

function page(body: string): string {
  return `<!DOCTYPE html><title>x</title><link rel="icon" href="data:,">${body}`;
}

function wire(world: World): readonly string[] {
  const ports = new Map<string, string>();
  const name = (port: string): string => {
    if (!ports.has(port)) ports.set(port, `:port${ports.size}`);
    return ports.get(port) ?? '';
  };
  return world.seen().map(({ method, path, rawHeaders, body }) => {
    const headers = rawHeaders.flatMap((header, index) =>
      index % 2 === 0 && !OWN.test(header) ? [`${header}: ${rawHeaders[index + 1]}`] : [],
    );
    return [`${method} ${path}`, ...headers, '', body].join('\n').replace(/:\d{4,5}\b/g, name);
  });
}

test.skipIf(!BROWSER)('sends what Chromium sends on every way to leave a page', async () => {
  const [ours, theirs] = [await openWorld(), await openWorld()];
  await form({ username: 'ada', password: 'pw' }).approve(ours.start, heardTools(ours.redirectUri));

  const browser = await chromium.launch({ executablePath: BROWSER ?? '', args: ['--no-sandbox'] });
  try {
    const tab = await browser.newPage();
    await tab.goto(theirs.start);
    for (const next of ['**/cross', '**/posted', '**/link*', '**/refreshed', '**/callback']) {
      await tab.click('#go');
      await tab.waitForURL(next);
    }
  } finally {
    await browser.close();
  }
  expect(ours.seen()).toHaveLength(11);
  expect(wire(ours)).toEqual(wire(theirs));
});
