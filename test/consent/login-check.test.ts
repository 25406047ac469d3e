import { expect, test } from 'vitest';
import { checkLogin } from '../../src/consent/login-check.ts';
import { consentErrorOf, heardTools } from './support/journey.ts';
import { openSite, type Routes, redirect } from './support/site.ts';

const LOGIN = `<form method="post" action="/login"><input name="username"><input type="password" name="password">
<button>Log in</button></form>`;
const CONSENT =
  '<form method="post" action="/consent"><button name="d" value="y">Allow</button></form>';

async function check(routes: Routes, start = '/login', redirectUri = '') {
  const site = await openSite(routes);
  const tools = heardTools(redirectUri);
  const user = { username: 'ada', password: 'correct horse' };
  return { site, said: tools.said, run: checkLogin(site.origin + start, user, tools) };
}

test('a login that leads to the consent page was accepted, and nothing is approved', async () => {
  const { site, said, run } = await check({ 'GET /login': LOGIN, 'POST /login': CONSENT });
  expect((await run).kind).toBe('accepted');
  expect(site.at('POST /consent')).toEqual([]);
  expect(said).toEqual([expect.stringContaining('presses "Log in"')]);
});

test('a login that leads to a page of any sort was accepted', async () => {
  const { run } = await check({ 'GET /login': LOGIN, 'POST /login': '<p>Hello, ada</p>' });
  expect((await run).kind).toBe('accepted');
});

test('a login over two pages is one', async () => {
  const first =
    '<form method="post" action="/name"><input name="email" type="email"><button>Next</button></form>';
  const { site, run } = await check(
    {
      'GET /': first,
      'POST /name': redirect('/login', 303),
      'GET /login': LOGIN,
      'POST /login': CONSENT,
    },
    '/',
  );
  expect((await run).kind).toBe('accepted');
  expect(site.at('POST /login')).toHaveLength(1);
});

test.each([
  ['the form again', { status: 403, body: `<p role="alert">Wrong.</p>${LOGIN}` }],
  ['the form again with status 200', `<p role="alert">Wrong.</p>${LOGIN}`],
  ['a bare 401', { status: 401, body: 'Wrong.' }],
  ['an error page', { status: 400, body: 'Wrong.' }],
])('a login that is answered with %s was refused', async (_, answer) => {
  const { run } = await check({ 'GET /login': LOGIN, 'POST /login': answer });
  expect(await run).toEqual({ kind: 'refused', message: expect.stringContaining('Wrong.') });
});

test('consent before the login is passed', async () => {
  const { run } = await check(
    {
      'GET /': CONSENT,
      'POST /consent': redirect('/login', 303),
      'GET /login': LOGIN,
      'POST /login': 'Hello',
    },
    '/',
  );
  expect((await run).kind).toBe('accepted');
});

test('a server that approves without a login is no login', async () => {
  const listener = await openSite({ 'GET /callback': 'done' });
  const target = `${listener.origin}/callback`;
  const { run } = await check({ 'GET /': redirect(target) }, '/', target);
  expect((await run).kind).toBe('no-login');
});

test('a page that cannot be driven before anything was typed is an error', async () => {
  const { run } = await check({ 'GET /': '<p>Nothing here</p>' }, '/');
  expect((await consentErrorOf(run)).code).toBe('page-not-drivable');
});
