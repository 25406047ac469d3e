import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { expect, onTestFinished, test } from 'vitest';
import { form } from '../../src/consent/form.ts';
import { heardTools, openListener } from './support/journey.ts';

const VERIFIER = 'a-verifier-that-is-long-enough-to-be-accepted-here';

test('oidc-provider gives a code that its token endpoint accepts', async () => {
  const issuer = await openProvider();
  const listener = await openListener();
  const redirectUri = `${listener.origin}/callback`;
  const client = await register(issuer, redirectUri);
  const tools = heardTools(redirectUri);
  const url = `${issuer}/auth?${authorization(client, redirectUri)}`;

  const result = await form({ username: 'ada', password: 'any' }).approve(url, tools);

  expect(result).toBeUndefined();
  const callback = new URL(listener.seen[0]?.path ?? '', listener.origin);
  expect(callback.searchParams.get('state')).toBe('st4te');
  expect(callback.searchParams.get('iss')).toBe(issuer);
  expect(
    await redeem(issuer, client, redirectUri, callback.searchParams.get('code')),
  ).toMatchObject({
    access_token: expect.any(String),
    token_type: 'Bearer',
  });
  expect(tools.said.map((line) => line.replace(/\(.*\)/, ''))).toEqual([
    '"Sign-in" : types username, password, presses "Sign-in"',
    '"Sign-in" : presses "Continue"',
  ]);
});

test('every page of oidc-provider is led to by the one before', async () => {
  const issuer = await openProvider();
  const redirectUri = `${(await openListener()).origin}/callback`;
  const client = await register(issuer, redirectUri);
  const tools = heardTools(redirectUri);
  const url = `${issuer}/auth?${authorization(client, redirectUri)}`;
  await form({ username: 'ada', password: 'any' }).approve(url, tools);
  const steps = tools.http.asked.map(({ method, url: asked, causedBy }) => {
    const path = new URL(asked).pathname.replace(/(?<=\/)[\w-]{16,}/, 'id');
    return `${causedBy} ${method} ${path}`;
  });
  expect(steps).toEqual([
    'null GET /auth',
    '1 GET /interaction/id',
    '2 POST /interaction/id',
    '3 GET /auth/id',
    '4 GET /interaction/id',
    '5 POST /interaction/id',
    '6 GET /auth/id',
    '7 GET /callback',
  ]);
});

async function openProvider(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    cookies: { keys: ['cookie key'] },
    features: { registration: { enabled: true } },
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  return issuer;
}

async function register(issuer: string, redirectUri: string): Promise<string> {
  const answer = await fetch(`${issuer}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    }),
  });
  const { client_id: client } = (await answer.json()) as { readonly client_id: string };
  return client;
}

function authorization(client: string, redirectUri: string): URLSearchParams {
  return new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'st4te',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
  });
}

async function redeem(
  issuer: string,
  client: string,
  redirectUri: string,
  code: string | null,
): Promise<unknown> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client,
      redirect_uri: redirectUri,
      code: code ?? '',
      code_verifier: VERIFIER,
    }),
  });
  return answer.json();
}
