import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from '../../src/server/html.ts';
import { approve, authorizeUrl, browser, register } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy({
  users: [{ name: 'testuser', password: 'testpass', email: 'test@user.example' }],
});

async function url(): Promise<string> {
  const { document } = await register(server);
  return authorizeUrl(server, String(document.client_id), 'v'.repeat(43));
}

test('a wrong password shows the login page again, with what is wrong', async () => {
  const page = await approve(await url(), 'approve', 'testuser', 'wrong');
  expect(page.status).toBe(403);
  expect(page.text).toContain('User name or password is wrong.');
  expect(page.text).toContain('type="password"');
});

test('an e-mail address logs in as well as a name', async () => {
  const page = await approve(await url(), 'approve', 'Test@user.example', 'testpass');
  expect(page.location).toContain('code=');
});

test('pages cannot be framed, stored or scripted, and do not trap the redirect of their form', async () => {
  const page = await browser().visit(await url());
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('form-action');
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  expect(page.headers.get('cache-control')).toBe('no-store');
});

test('a form posted from another origin is refused', async () => {
  const response = await fetch(`${server.issuer}/login`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: new URLSearchParams({ username: 'testuser', password: 'testpass' }),
  });
  expect(response.status).toBe(403);
});

test('the sign-up page that the login page links to makes an account that works at once', async () => {
  const { visit, post } = browser();
  const login = await visit(await url());
  const link = /href="(\/signup[^"]*)"/.exec(login.text)?.[1] ?? '';
  const signup = await visit(new URL(link.replaceAll('&#38;', '&'), login.url).href);
  const again = await post(signup, '/signup', {
    username: 'new-user',
    email: 'new@user.example',
    password: 'long enough',
  });
  expect(again.url).toContain('/login?');
  const consent = await post(again, '/login', { username: 'new-user', password: 'long enough' });
  const done = await post(consent, '/consent', { decision: 'approve' });
  expect(done.location).toContain('code=');
});

test('an account that exists cannot be made again', async () => {
  const { visit, post } = browser();
  const signup = await visit(`${server.issuer}/signup`);
  const fields = { username: 'TestUser', email: 'other@user.example', password: 'long enough' };
  const answer = await post(signup, '/signup', fields);
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('This account already exists.');
});

test.each([
  ['a blank in its name', { username: 'new user' }],
  ['no e-mail address', { email: 'nobody' }],
  ['a short password', { password: 'short' }],
])('an account with %s is refused', async (_, change) => {
  const { visit, post } = browser();
  const signup = await visit(`${server.issuer}/signup`);
  const fields = { username: 'someone', email: 'some@one.example', password: 'long enough' };
  expect((await post(signup, '/signup', { ...fields, ...change })).status).toBe(422);
});

test('whoever logs in without a waiting request is told so', async () => {
  const { visit, post } = browser();
  const login = await visit(`${server.issuer}/login`);
  const page = await post(login, '/login', { username: 'testuser', password: 'testpass' });
  expect(page.text).toContain('You are logged in as testuser.');
});

test('a client name is shown as text, whatever is in it', async () => {
  const { document } = await register(server, { client_name: '<script>alert("1")</script>' });
  const { visit, post } = browser();
  const login = await visit(authorizeUrl(server, String(document.client_id), 'v'.repeat(43)));
  const consent = await post(login, '/login', { username: 'testuser', password: 'testpass' });
  expect(consent.text).not.toContain('<script');
  expect(consent.text).toContain('alert(');
});

test('no text in a template becomes markup', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(html`${text}`.html).not.toMatch(/[<>"']/);
    }),
  );
});
