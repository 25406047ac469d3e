import { createHash, X509Certificate } from 'node:crypto';
import { get } from 'node:https';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { form } from '../../../src/consent/form.ts';
import { formOf, type JsonObject, objectOf, queryOf } from '../../../src/trace/body.ts';
import { headerValue } from '../../../src/trace/headers.ts';
import { mergeServerLog } from '../../../src/trace/merge.ts';
import { parseTrace } from '../../../src/trace/parse.ts';
import type { Exchange, Trace } from '../../../src/trace/schema.ts';
import { consentErrorOf } from '../../consent/support/journey.ts';
import { testClock } from '../support.ts';
import { approveIn, CALLBACK, fetchIn, living, runIn } from './support.ts';

const clock = testClock();
const world = living('secured-api', { now: clock.now });
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

function seenAt(name: string): readonly Exchange[] {
  return world.servers.find((server) => server.name === name)?.exchanges ?? [];
}

/** A text without the port that this run happens to have. */
function withoutPort(text: string): string {
  return text.replaceAll(new RegExp(`(demo\\.example):${new URL(world.mcpUrl).port}`, 'g'), '$1');
}

function documentOf(body: Parameters<typeof objectOf>[0]): JsonObject {
  return JSON.parse(withoutPort(JSON.stringify(objectOf(body)))) as JsonObject;
}

/** A run as Claude Desktop would do it, with its callback at localhost. */
async function desktopRun(): Promise<Trace> {
  const callback = { host: 'localhost', port: 0, path: '/callback' };
  return (await runIn(world, { callback })).trace;
}

function at(trace: Trace, step: string): Exchange {
  return trace.trace_log.find((exchange) => exchange.step === step)!;
}

test('a registration is asked for field by field as it was captured', async () => {
  const request = documentOf(at(await desktopRun(), 'registration').request.body);
  expect(request).toEqual({
    client_name: 'Claude Desktop',
    client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [expect.stringMatching(/^http:\/\/localhost:\d+\/callback$/)],
    response_types: ['code'],
    scope: 'stocks/read',
    token_endpoint_auth_method: 'none',
  });
});

test('a registration is answered field by field as it was captured, in the same order', async () => {
  const { response, request } = at(await desktopRun(), 'registration');
  const answer = documentOf(response?.body);
  const captured = {
    access_token_ttl: 900,
    audiences: ['https://mcp.demo.example/'],
    client_id: expect.stringMatching(UUID),
    client_id_issued_at: Math.floor(clock.now() / 1000),
    client_name: 'Claude Desktop',
    client_secret: expect.stringMatching(/^[\w-]{43}$/),
    client_secret_expires_at: 0,
    default_acr_values: ['urn:se:curity:authentication:email:email'],
    grant_types: ['authorization_code'],
    post_logout_redirect_uris: [],
    redirect_uris: objectOf(request.body)?.redirect_uris,
    require_proof_key: true,
    requires_consent: true,
    response_types: ['code'],
    scope: 'stocks/read',
    subject_type: 'public',
    token_endpoint_auth_method: 'client_secret_basic',
    token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'],
  };
  expect(answer).toEqual(captured);
  expect(Object.keys(answer)).toEqual(Object.keys(captured));
});

test('the authorization request holds the parameters that were captured, and no other', async () => {
  const exchange = at(await desktopRun(), 'authorization');
  const query = Object.fromEntries(queryOf(exchange));
  expect(withoutPort(exchange.request.url).split('?')[0]).toBe(
    'https://login.demo.example/oauth/v2/oauth-authorize',
  );
  expect({ ...query, resource: withoutPort(query.resource ?? '') }).toEqual({
    response_type: 'code',
    client_id: expect.stringMatching(UUID),
    scope: 'stocks/read',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+\/callback$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    resource: 'https://mcp.demo.example/',
  });
});

interface Registered {
  readonly client_id: string;
  readonly client_secret: string;
}

const VERIFIER = '4F.adBoQzg1s3pFCaOA00Dv4bb6B0D4sll9glHPHo4M';

async function registerClient(): Promise<Registered> {
  const response = await fetchIn(world)(`${world.places.login}/oauth/v2/oauth-registration`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' }),
  });
  return (await response.json()) as Registered;
}

function authorizeUrl(client: Registered): string {
  return `${world.places.login}/oauth/v2/oauth-authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    scope: 'stocks/read',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    redirect_uri: CALLBACK,
    state: 's',
    resource: world.mcpUrl,
  })}`;
}

/** The captured token request, for a fresh client and code. */
async function tokenForm(): Promise<Record<string, string>> {
  const client = await registerClient();
  const callback = await approveIn(world, authorizeUrl(client));
  return {
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    code_verifier: VERIFIER,
    redirect_uri: CALLBACK,
    client_id: client.client_id,
    client_secret: client.client_secret,
    scope: 'stocks/read',
    resource: world.mcpUrl,
  };
}

function postToken(fields: Record<string, string>): Promise<Response> {
  return fetchIn(world)(`${world.places.login}/oauth/v2/oauth-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
}

async function obtainToken(): Promise<string> {
  const answer = (await (await postToken(await tokenForm())).json()) as { access_token: string };
  return answer.access_token;
}

test('the captured token request is answered field by field as it was captured', async () => {
  const response = await postToken(await tokenForm());
  const answer = (await response.json()) as JsonObject;
  expect(response.status).toBe(200);
  expect(answer).toEqual({
    access_token: expect.stringMatching(/^_0XBPWQQ_[\da-f-]{36}$/),
    expires_in: 900,
    scope: 'stocks/read',
    token_type: 'bearer',
  });
  expect(Object.keys(answer)).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
});

test('the client is confidential: without its secret, or with a wrong one, it gets nothing', async () => {
  const { client_secret: _, ...publicly } = await tokenForm();
  expect((await postToken(publicly)).status).toBe(401);
  expect((await postToken({ ...publicly, client_secret: 'wrong' })).status).toBe(401);
});

test('there is no refresh', async () => {
  const fields = await tokenForm();
  const answer = await postToken({ ...fields, grant_type: 'refresh_token', refresh_token: 'x' });
  expect(await answer.json()).toMatchObject({ error: 'unauthorized_client' });
});

test('the MCP server sees a JWT for itself where the client sent an opaque token', async () => {
  const trace = await desktopRun();
  const sent = headerValue(trace.trace_log.at(-1)!.request.headers, 'authorization') ?? '';
  const seen = headerValue(seenAt('mcp-server').at(-1)!.request.headers, 'authorization') ?? '';
  const claims = decodeJwt(seen.slice(7));
  expect(sent).toMatch(/^Bearer _0XBPWQQ_/);
  expect({
    ...claims,
    iss: withoutPort(claims.iss ?? ''),
    aud: withoutPort(String(claims.aud)),
  }).toEqual({
    jti: expect.stringMatching(UUID),
    delegationId: expect.stringMatching(UUID),
    exp: Number(claims.iat) + 300,
    nbf: claims.iat,
    scope: 'stocks/read',
    iss: 'https://login.demo.example/oauth/v2/oauth-anonymous',
    sub: 'john.doe@demo.example',
    aud: 'https://mcp.demo.example/',
    iat: Math.floor(clock.now() / 1000),
    purpose: 'access_token',
  });
});

test('the API sees a token that was exchanged for it, of the same user and grant', async () => {
  await desktopRun();
  const exchange = seenAt('login').find((one) => formOf(one).has('subject_token'))!;
  const asked = formOf(exchange);
  expect([...asked.keys()]).toEqual([
    'grant_type',
    'subject_token',
    'subject_token_type',
    'audience',
  ]);
  const before = decodeJwt(asked.get('subject_token') ?? '');
  const after = decodeJwt(
    (headerValue(seenAt('stocks-api').at(-1)!.request.headers, 'authorization') ?? '').slice(7),
  );
  expect(withoutPort(String(after.aud))).toBe('https://api.demo.example');
  expect(after.sub).toBe(before.sub);
  expect(after.scope).toBe('stocks/read');
});

test("a client's token opens the MCP server and no other entry", async () => {
  const token = await obtainToken();
  const ask = (place: string) =>
    fetchIn(world)(place, { headers: { authorization: `Bearer ${token}` } });
  const refused = await ask(world.places.api ?? '');
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('the token is for another audience');
  expect((await ask(world.mcpUrl)).status).not.toBe(401);
});

test('a token that is unknown or 900 s old is refused at the gateway', async () => {
  const ask = (token: string) =>
    fetchIn(world)(world.mcpUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{}',
    });
  const token = await obtainToken();
  expect((await ask(token)).status).not.toBe(401);
  clock.advance(901);
  const before = seenAt('mcp-server').length;
  const refusals = await Promise.all([ask('nonsense'), ask(token)]);
  expect(refusals.map(({ status }) => status)).toEqual([401, 401]);
  expect(refusals[0]?.headers.get('www-authenticate')).toMatch(
    /^Bearer resource_metadata=".+invalid_token/,
  );
  expect(seenAt('mcp-server')).toHaveLength(before);
});

test.each([
  ['for another audience', { audience: 'https://elsewhere.example' }, 'invalid_target'],
  ['of something that is no token of ours', { subject_token: 'nonsense' }, 'invalid_request'],
  ['of a token of another kind', { subject_token_type: 'urn:x' }, 'invalid_request'],
])('an exchange %s is refused', async (_, change, error) => {
  await desktopRun();
  const { request } = seenAt('login').find((one) => formOf(one).has('subject_token'))!;
  const fields = { ...Object.fromEntries(new URLSearchParams(request.body?.text)), ...change };
  const answer = await fetch(request.url, {
    method: 'POST',
    headers: { authorization: headerValue(request.headers, 'authorization') ?? '' },
    body: new URLSearchParams(fields),
  });
  expect(await answer.json()).toMatchObject({ error });
});

test('a client may neither exchange tokens nor introspect', async () => {
  const { client_id, client_secret } = await registerClient();
  const exchange = await postToken({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id,
    client_secret,
  });
  expect(await exchange.json()).toMatchObject({ error: 'unauthorized_client' });
  const introspection = await fetchIn(world)(`${world.places.login}/oauth/v2/oauth-introspect`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id, client_secret, token: 'x' }).toString(),
  });
  expect(await introspection.json()).toMatchObject({ error: 'unauthorized_client' });
});

test('the one-time password stands in the inbox, for people to read', async () => {
  await approveIn(world, authorizeUrl(await registerClient()));
  const page = await (await fetchIn(world)(world.places.inbox ?? '')).text();
  expect(page).toContain('john.doe@demo.example');
  expect(page).toContain(await world.otp?.());
});

test('the gateway lets nobody put mail into the inbox, and knows no other host', async () => {
  const post = await fetchIn(world)(`${world.places.inbox}api/messages`, {
    method: 'POST',
    body: '{}',
  });
  expect(post.status).toBe(405);
  expect(await statusAt('elsewhere.example')).toBe(404);
});

/** What the gateway answers to a request that names this host, by whatever name it was dialled. */
function statusAt(host: string): Promise<number | undefined> {
  const { port, hostname: servername } = new URL(world.mcpUrl);
  const options = { host: '127.0.0.1', port, servername, ca: world.ca ?? '', agent: false };
  return new Promise((resolve, reject) => {
    get({ ...options, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

test('who is not approved gets no mail, and learns no more than who is', async () => {
  const visit = fetchIn(world);
  const answers = await Promise.all(
    ['jane.test@demo.example', 'eve@demo.example'].map(async (email) => {
      const first = await visit(authorizeUrl(await registerClient()));
      const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
      const place = new URL(first.headers.get('location') ?? '', world.places.login);
      const page = await (await visit(place.href, { headers: { cookie } })).text();
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
      const waiting = place.searchParams.get('waiting') ?? '';
      const posted = await visit(place.href.split('?')[0] ?? '', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf, waiting, email }).toString(),
      });
      return [posted.status, posted.headers.get('location')?.split('?')[0]];
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  const inbox = seenAt('mail').map(({ request }) => request.body?.text ?? '');
  expect(inbox.some((text) => text.includes('jane.test'))).toBe(true);
  expect(inbox.some((text) => text.includes('eve@'))).toBe(false);
});

test('a wrong one-time password is refused', async () => {
  const wrong = form({ username: 'john.doe@demo.example', otp: async () => '000000x' });
  const url = authorizeUrl(await registerClient());
  const error = await consentErrorOf(approveIn(world, url, wrong));
  expect(error.code).toBe('login-refused');
  expect(error.message).toContain('This one-time password is wrong.');
});

test('every certificate is issued by the authority that a client is told to trust', () => {
  expect(new X509Certificate(world.ca ?? '').ca).toBe(true);
  expect(world.resolve.map(({ host, address }) => [host, address])).toEqual([
    ['mcp.demo.example', '127.0.0.1'],
    ['login.demo.example', '127.0.0.1'],
    ['api.demo.example', '127.0.0.1'],
    ['mail.demo.example', '127.0.0.1'],
  ]);
});

test('the log of its servers shows every hop behind a tool call', async () => {
  const trace = await desktopRun();
  const merged = parseTrace(JSON.stringify(mergeServerLog(trace, world.exchanges)));
  const call = trace.trace_log.find(({ request }) => request.body?.text?.includes('tools/call'));
  const hops = merged.trace_log
    .filter(({ seen_by, caused_by }) => seen_by !== undefined && caused_by === call?.id)
    .map(({ request, seen_by, sent_by, channel }) => [
      channel,
      `${sent_by} -> ${seen_by}`,
      `${request.method} ${new URL(request.url).pathname}`,
      formOf({ request } as Exchange).get('grant_type'),
    ]);
  expect(hops).toEqual([
    ['back', 'gateway -> login', 'POST /oauth/v2/oauth-introspect', null],
    ['back', 'gateway -> mcp-server', 'POST /', null],
    [
      'back',
      'mcp-server -> login',
      'POST /oauth/v2/oauth-token',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    ['back', 'mcp-server -> stocks-api', 'GET /stocks', null],
  ]);
});
