import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import { jwt } from '../rules/happy-world.ts';
import { type Edit, edit, happyTrace, PARTS } from '../rules/support.ts';

/** An edit, and what the first difference says of it: kind, weight, pointer, a part of the text. */
type Row = readonly [title: string, changed: Edit, kind: string, weight: string, text: string];

const tls = { protocol: 'TLSv1.3', cipher: 'x', authorized: true, authorization_error: null };
const certificate = {
  subject: 'CN=api.demo.test',
  issuer: 'CN=R10',
  valid_from: 'Jan  1 00:00:00 2026 GMT',
  valid_to: 'Apr  1 00:00:00 2026 GMT',
  names: ['api.demo.test'],
};
const strangeToken = jwt({ alg: 'ES256' }, { aud: 'https://api.demo.test/team/mcp' });
const withTools = (tools: readonly object[]): Edit => edit().body('list', { result: { tools } });

const ROWS: readonly Row[] = [
  [
    'the run fails',
    edit().failedAt('token', 'invalid_grant'),
    'outcome',
    'outcome',
    'fails at "token"',
  ],
  ['a status', edit().status('prm', 404), 'status', 'contract', 'was 200, is 404'],
  [
    'no answer',
    edit().noAnswer('asm', 'ECONNREFUSED'),
    'failure',
    'contract',
    'ECONNREFUSED (connect)',
  ],
  [
    'the challenge is gone',
    edit().header('challenge', 'www-authenticate', undefined),
    'header',
    'contract',
    'header www-authenticate is gone',
  ],
  [
    'the challenge lost its pointer',
    edit().header('challenge', 'www-authenticate', 'Bearer scope="notes.read"'),
    'header',
    'contract',
    'www-authenticate/bearer/resource_metadata is gone',
  ],
  [
    'the challenge asks for more',
    edit().header(
      'challenge',
      'www-authenticate',
      'Bearer resource_metadata="https://api.demo.test/.well-known/oauth-protected-resource/team/mcp", scope="notes.read notes.write"',
    ),
    'scope',
    'contract',
    'gained "notes.write"',
  ],
  [
    'the challenge is malformed',
    edit().header(
      'challenge',
      'www-authenticate',
      'Bearer resource_metadata="https://api.demo.test/.well-known/oauth-protected-resource/team/mcp", scope="notes.read" "',
    ),
    'header',
    'contract',
    'malformed is new',
  ],
  [
    'the issuer has a slash',
    edit().body('asm', { issuer: 'https://login.demo.test/t1/' }),
    'body',
    'contract',
    'issuer was "{authorization server}/t1", is "{authorization server}/t1/"',
  ],
  [
    'the issuer is on another host',
    edit().body('asm', { issuer: 'https://evil.test/t1' }),
    'body',
    'contract',
    'is "https://evil.test/t1"',
  ],
  [
    'an endpoint is gone',
    edit().body('asm', { registration_endpoint: undefined }),
    'body',
    'contract',
    'registration_endpoint is gone',
  ],
  [
    'PKCE methods changed',
    edit().body('asm', { code_challenge_methods_supported: ['plain'] }),
    'body',
    'contract',
    'lost "S256" and gained "plain"',
  ],
  [
    'the first authorization server is another',
    edit().body('prm', {
      authorization_servers: ['https://other.test', 'https://login.demo.test/t1'],
    }),
    'body',
    'contract',
    'authorization_servers/0 was',
  ],
  [
    'authentication methods changed',
    edit().body('asm', { token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
    'body',
    'contract',
    'token_endpoint_auth_methods_supported lost "none"',
  ],
  [
    'a document is no JSON any more',
    edit().text('asm', '<html>', 'text/html'),
    'body',
    'contract',
    'the response body was object, is page',
  ],
  [
    'the token is good for less',
    edit().body('token', { expires_in: 60 }),
    'lifetime',
    'contract',
    'expires_in was 3600, is 60',
  ],
  [
    'the lifetime became a string',
    edit().body('token', { expires_in: '3600' }),
    'lifetime',
    'contract',
    'was 3600, is "3600"',
  ],
  [
    'no refresh token',
    edit().body('token', { refresh_token: undefined }),
    'body',
    'contract',
    'refresh_token is gone',
  ],
  [
    'less scope is granted',
    edit().body('token', { scope: '' }),
    'scope',
    'contract',
    'lost "notes.read"',
  ],
  [
    'the token type changed case',
    edit().body('token', { token_type: 'bearer' }),
    'body',
    'contract',
    'was "Bearer", is "bearer"',
  ],
  [
    'the token became opaque',
    edit().body('token', { access_token: 'opaque-9tQx2LvB7mKp4ZsW' }),
    'token',
    'contract',
    'access_token/jwt is gone',
  ],
  [
    'a tool is new',
    withTools([
      { name: 'whoami', inputSchema: { type: 'object' } },
      { name: 'erase', inputSchema: { type: 'object' } },
    ]),
    'tool',
    'contract',
    'result/tools/erase is new',
  ],
  ['a tool is gone', withTools([]), 'tool', 'contract', ''],
  [
    'a tool has another schema',
    withTools([{ name: 'whoami', inputSchema: { type: 'object', required: ['id'] } }]),
    'tool',
    'contract',
    'whoami/inputSchema/required is new',
  ],
  [
    'a result changed',
    edit().body('call', { result: { content: [{ type: 'text', text: 'somebody' }] } }),
    'body',
    'behaviour',
    'was "testuser", is "somebody"',
  ],
  [
    'a result became an error',
    edit().body('call', { result: undefined, error: { code: -32603, message: 'no' } }),
    'body',
    'behaviour',
    'error is new',
  ],
  [
    'the answer repeats another id',
    edit().body('call', { id: 99 }),
    'body',
    'behaviour',
    'id was "id of the request", is "another id"',
  ],
  [
    'a security header is gone',
    edit().header('token', 'cache-control', undefined),
    'header',
    'behaviour',
    'header cache-control is gone',
  ],
  [
    'a cookie lost an attribute',
    edit().header('login', 'set-cookie', 'sid=1; HttpOnly'),
    'header',
    'behaviour',
    'header set-cookie/sid is new',
  ],
  [
    'a redirect leads elsewhere',
    edit().header('login', 'location', 'https://login.demo.test/t1/again'),
    'redirect',
    'behaviour',
    'header location was',
  ],
  [
    'a redirect lost a parameter',
    edit().header(
      'consent',
      'location',
      'http://127.0.0.1:49321/callback?code=code-9tQx2LvB7mKp4ZsW1nRd8Hc&state=Zk3q81xW7pTnVb5LsYc2Jd9RfGh4MaQe',
    ),
    'redirect',
    'behaviour',
    'location/query/iss is gone',
  ],
  [
    'PKCE is not used',
    edit().query('authorize', { code_challenge: undefined }),
    'request',
    'behaviour',
    'query parameter code_challenge is gone',
  ],
  [
    'the resource is not sent',
    edit().form('token', { resource: undefined }),
    'request',
    'behaviour',
    'resource is gone',
  ],
  [
    'another redirect URI is sent',
    edit().form('token', { redirect_uri: 'http://127.0.0.1:49321/other' }),
    'request',
    'behaviour',
    'redirect_uri was',
  ],
  [
    'another port is sent',
    edit().form('token', { redirect_uri: 'http://127.0.0.1:5/callback' }),
    'request',
    'behaviour',
    'redirect_uri was',
  ],
  [
    'the login form asks for more',
    edit().text(
      'consent-page',
      '<form method="post" action="consent"><input name="otp"></form>',
      'text/html; charset=utf-8',
    ),
    'body',
    'detail',
    'input/otp is new',
  ],
  [
    'a page went away',
    edit().without('consent-page'),
    'exchange',
    'behaviour',
    'GET request is gone',
  ],
  [
    'a whole step went away',
    edit().without('goodbye', 'revocation', 'deletion'),
    'exchange',
    'behaviour',
    'every exchange of the step cleanup is gone: 3',
  ],
  [
    'a step ended otherwise',
    edit().step('refresh', { outcome: 'skipped', reason: 'no refresh token' }),
    'step',
    'behaviour',
    'the step is done; now it is skipped: no refresh token',
  ],
  [
    'the revision is another',
    edit().revision('2025-11-25', '2025-06-18'),
    'setup',
    'contract',
    'the MCP revision spoken: was "2025-11-25", is "2025-06-18"',
  ],
  [
    'the client is another',
    edit().metadata({ client: 'claude-code' }),
    'setup',
    'behaviour',
    'the client profile',
  ],
  [
    'TLS is older',
    edit().exchange('challenge', (one) => ({
      ...one,
      connection: { ...one.connection, tls: { ...tls, protocol: 'TLSv1.2', certificate: null } },
    })),
    'tls',
    'behaviour',
    'was TLSv1.3, is TLSv1.2',
  ],
  [
    'TLS is gone',
    edit().exchange('challenge', (one) => ({
      ...one,
      connection: { ...one.connection, tls: null },
    })),
    'tls',
    'behaviour',
    'was TLSv1.3, is absent',
  ],
  [
    'the certificate is not trusted',
    edit().exchange('challenge', (one) => ({
      ...one,
      connection: {
        ...one.connection,
        tls: { ...tls, authorized: false, authorization_error: 'CERT_HAS_EXPIRED', certificate },
      },
    })),
    'tls',
    'behaviour',
    'refused (CERT_HAS_EXPIRED)',
  ],
];

describe('a planted change', () => {
  it.each(ROWS)('is found and weighed: %s', (_, changed, kind, weight, text) => {
    const [first] = diff(happyTrace(), changed.trace).differences;
    expect(first).toMatchObject({ kind, weight });
    expect(first?.text).toContain(text);
  });

  it.each<readonly [string, Edit, string]>([
    [
      'a token nobody issued is sent',
      edit().requestHeader('list', 'authorization', `Bearer ${strangeToken}`),
      'request header authorization/credential is no longer the access_token in the answer of token (authorization_code), but the credential',
    ],
    [
      'the old token is sent after the refresh',
      edit().requestHeader('refreshed-list', 'authorization', String(authorization('list'))),
      'is no longer the access_token in the answer of token (refresh_token), but the access_token in the answer of token (authorization_code)',
    ],
    [
      'the callback brings another state',
      edit().url(
        'callback',
        'http://127.0.0.1:49321/callback?code=code-9tQx2LvB7mKp4ZsW1nRd8Hc&state=other&iss=https%3A%2F%2Flogin.demo.test%2Ft1',
      ),
      'query parameter state is no longer the state in the request of authorization, but the state in the request of callback',
    ],
    [
      'another code is redeemed',
      edit().form('token', { code: 'other-9tQx2LvB7mKp4ZsW1nRd' }),
      'request field code is no longer the code',
    ],
    [
      'the verifier does not fit',
      edit().form('token', { code_verifier: 'a'.repeat(43) }),
      'code_verifier is no longer the verifier of the',
    ],
    [
      'another client is named',
      edit().form('refresh', { client_id: 'c-18' }),
      'client_id is no longer the client_id in the answer of registration',
    ],
    [
      'the refresh token is not rotated',
      edit().body('refresh', { refresh_token: 'rt-1-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y' }),
      'refresh_token is no longer the refresh_token in the answer of token (refresh_token), but the refresh_token in the answer of token (authorization_code)',
    ],
    [
      'the session changed under way',
      edit().requestHeader('call', 'mcp-session-id', 'other-1f0c9a52-7d3e'),
      'header mcp-session-id is no longer the mcp-session-id in the answer of mcp (initialize)',
    ],
  ])('breaks an equality: %s', (_, changed, text) => {
    const found = diff(happyTrace(), changed.trace).differences;
    const identities = found.filter(({ kind }) => kind === 'identity');
    expect(identities.map((one) => one.text).join('\n')).toContain(text);
  });

  it('tells a reason of a step as the run told it, without what steers a terminal', () => {
    const reason = 'answered with WWW-Authenticate "Bearer scope=\\"a\\"" \u001b[31m';
    const failed = edit().failedAt('call', reason).trace;
    const told = diff(happyTrace(), failed).differences.find(({ kind }) => kind === 'step');
    expect(told?.text).toBe(
      'the step is done; now it fails: answered with WWW-Authenticate "Bearer scope=\\"a\\"" \\u001b[31m',
    );
  });

  it('names an expired certificate of two runs with TLS facts', () => {
    const facing = (valid_to: string): Edit =>
      edit().exchange('challenge', (one) => ({
        ...one,
        connection: {
          ...one.connection,
          tls: { ...tls, certificate: { ...certificate, valid_to } },
        },
      }));
    const [first] = diff(facing('a').trace, facing('b').trace).differences;
    expect(first?.text).toBe('the end of the certificate of "{mcp server}" was a, is b');
  });

  it('in the path of the server is told as such', () => {
    const bare = edit().without('goodbye');
    const other = bare.metadata({ server_url: 'https://api.demo.test/mcp' });
    expect(diff(bare.trace, other.trace).differences.map(({ text }) => text)).toEqual([
      'the address of the MCP server: was "{mcp server}/team/mcp", is "{mcp server}/mcp"',
    ]);
  });

  it('inside a token is told by its claim', () => {
    const claims = {
      iss: 'https://login.demo.test/t1',
      aud: 'https://login.demo.test/t1',
      sub: 'user-7',
      client_id: 'c-17',
      iat: 1,
      exp: 3601,
      jti: 'x',
      scope: 'notes.read',
    };
    const token = jwt({ typ: 'at+jwt', alg: 'ES256', kid: 'k1' }, claims);
    const { differences } = diff(
      happyTrace(),
      edit().body('refresh', { access_token: token }).trace,
    );
    expect(differences.find(({ kind }) => kind === 'token')?.text).toBe(
      'access_token/jwt/claims/aud was "{mcp server}/team/mcp", is "{authorization server}/t1"',
    );
  });

  it('is told once, with the further places it shows at', () => {
    const changed = edit()
      .body('asm', { token_endpoint: 'https://login.demo.test/t1/oauth/token' })
      .url('token', 'https://login.demo.test/t1/oauth/token')
      .url('refresh', 'https://login.demo.test/t1/oauth/token');
    const { differences } = diff(happyTrace(), changed.trace);
    expect(differences).toHaveLength(1);
    expect(differences[0]?.also.map(({ pointer }) => pointer)).toEqual([
      '/request/url',
      '/request/url',
    ]);
  });

  it('carries the ids of both exchanges', () => {
    const [first] = diff(happyTrace(), edit().status('list', 403).trace).differences;
    expect(first?.where).toMatchObject({
      step: 'call',
      role: 'mcp',
      name: 'tools/list',
      occurrence: 1,
      pointer: '/response/status',
      exchanges: { before: PARTS.list, after: PARTS.list },
    });
  });
});

function authorization(part: 'list'): string | undefined {
  const one = happyTrace().trace_log.find(({ id }) => id === PARTS[part]);
  return one?.request.headers.find(([name]) => name === 'authorization')?.[1];
}
