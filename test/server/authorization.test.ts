import { expect, test } from 'vitest';
import {
  approve,
  authorizeUrl,
  browser,
  hiddenFields,
  obtainCode,
  REDIRECT,
  register,
} from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();
const VERIFIER = 'v'.repeat(43);

async function urlWith(changes: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { document } = await register(server);
  return authorizeUrl(server, String(document.client_id), VERIFIER, changes);
}

test('an approved request comes back with code, state and issuer, each once', async () => {
  const { callback } = await obtainCode(server);
  expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
  expect(callback.searchParams.get('state')).toBe('a+b/c=&d');
  expect(callback.searchParams.get('iss')).toBe(server.issuer);
  expect(callback.hash).toBe('');
});

test('a denied request comes back with access_denied, state and issuer', async () => {
  const { location } = await approve(await urlWith({}), 'deny');
  expect(Object.fromEntries(new URL(location ?? '').searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'a+b/c=&d',
    iss: server.issuer,
  });
});

test('the redirect after the consent form is a 303, so nothing is posted on', async () => {
  const { status } = await approve(await urlWith({}));
  expect(status).toBe(303);
});

test('a loopback redirect may have another port than the registered one', async () => {
  const { location } = await approve(
    await urlWith({ redirect_uri: 'http://127.0.0.1:50001/callback' }),
  );
  expect(location).toMatch(/^http:\/\/127\.0\.0\.1:50001\/callback\?code=/);
});

test.each([
  ['an unknown redirect URI', { redirect_uri: 'https://evil.example/callback' }],
  ['a redirect URI with more path', { redirect_uri: `${REDIRECT}/more` }],
  ['an unknown client', { client_id: 'nobody' }],
  ['no client', { client_id: undefined }],
])('%s gets an error page and no redirect', async (_, changes) => {
  const page = await browser().visit(await urlWith(changes));
  expect(page.status).toBe(400);
  expect(page.location).toBeNull();
});

test.each([
  ['no code_challenge', { code_challenge: undefined }, 'invalid_request'],
  ['the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['no method', { code_challenge_method: undefined }, 'invalid_request'],
  ['a challenge that is no hash', { code_challenge: 'short' }, 'invalid_request'],
  ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
  ['another response mode', { response_mode: 'fragment' }, 'invalid_request'],
  ['an unknown scope', { scope: 'mcp:tools everything' }, 'invalid_scope'],
  ['another resource', { resource: 'https://unrelated.example/mcp' }, 'invalid_target'],
  ['the resource with a slash', { resource: 'slash' }, 'invalid_target'],
  ['prompt none', { prompt: 'none' }, 'interaction_required'],
])('%s is told to the client, with state and issuer', async (_, changes, error) => {
  const resource =
    'resource' in changes && changes.resource === 'slash' ? `${server.mcpUrl}/` : undefined;
  const url = await urlWith({ ...changes, ...(resource && { resource }) });
  const { location } = await browser().visit(url);
  expect(location?.startsWith(REDIRECT)).toBe(true);
  expect(Object.fromEntries(new URL(location ?? '').searchParams)).toMatchObject({
    error,
    state: 'a+b/c=&d',
    iss: server.issuer,
  });
});

test('a repeated parameter is refused', async () => {
  const { location } = await browser().visit(`${await urlWith({})}&scope=openid`);
  expect(new URL(location ?? '').searchParams.get('error')).toBe('invalid_request');
});

test('a repeated redirect_uri is not trusted at all', async () => {
  const page = await browser().visit(`${await urlWith({})}&redirect_uri=https://evil.example/`);
  expect(page.status).toBe(400);
});

test('an unknown parameter is ignored', async () => {
  const { location } = await approve(await urlWith({ x_trace: '1' }));
  expect(new URL(location ?? '').searchParams.has('code')).toBe(true);
});

test('the redirect URI may be left out when the client registered only one', async () => {
  const { location } = await approve(await urlWith({ redirect_uri: undefined }));
  expect(location?.startsWith(REDIRECT)).toBe(true);
});

test('the consent page names client, scopes and destination', async () => {
  const { visit, post } = browser();
  const login = await visit(await urlWith({ scope: 'mcp:tools stocks:read' }));
  const consent = await post(login, '/login', { username: 'testuser', password: 'testpass' });
  for (const text of ['Test client', 'mcp:tools', 'stocks:read', '127.0.0.1:49152', 'testuser'])
    expect(consent.text).toContain(text);
});

test('a consent is good for one answer', async () => {
  const { visit, post } = browser();
  const login = await visit(await urlWith({}));
  const consent = await post(login, '/login', { username: 'testuser', password: 'testpass' });
  expect((await post(consent, '/consent', { decision: 'approve' })).status).toBe(303);
  expect((await post(consent, '/consent', { decision: 'approve' })).status).toBe(400);
});

test('a consent form of another visit is refused', async () => {
  const mine = browser();
  const login = await mine.visit(await urlWith({}));
  const consent = await mine.post(login, '/login', { username: 'testuser', password: 'testpass' });
  const forged = await browser().visit(`${server.issuer}/consent`, {
    ...hiddenFields(consent),
    decision: 'approve',
  });
  expect(forged.status).toBe(403);
});

test('a consent form without the anti-forgery field is refused', async () => {
  const { visit, post } = browser();
  const login = await visit(await urlWith({}));
  const consent = await post(login, '/login', { username: 'testuser', password: 'testpass' });
  const { waiting = '' } = hiddenFields(consent);
  const answer = await visit(`${server.issuer}/consent`, { waiting, decision: 'approve' });
  expect(answer.status).toBe(403);
});

test('someone who is logged in already is asked for consent at once', async () => {
  const { visit, post } = browser();
  const login = await visit(await urlWith({}));
  await post(login, '/login', { username: 'testuser', password: 'testpass' });
  const second = await visit(await urlWith({}));
  expect(second.url).toContain('/consent?');
});

test('the session gets a new id when its user logs in', async () => {
  const first = await browser().visit(await urlWith({}));
  expect(first.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  const { visit, post } = browser();
  const login = await visit(await urlWith({}));
  await post(login, '/login', { username: 'testuser', password: 'testpass' });
  const cookies = server.exchanges
    .flatMap(({ response }) => response?.headers ?? [])
    .filter(([name]) => name === 'set-cookie')
    .slice(-2)
    .map(([, value]) => value.split(';')[0]);
  expect(new Set(cookies).size).toBe(2);
});
