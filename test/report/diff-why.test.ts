import { describe, expect, it } from 'vitest';
import { diff } from '../../src/diff/diff.ts';
import { REASONS } from '../../src/report/diff-reasons.ts';
import { whyItMatters } from '../../src/report/diff-why.ts';
import { RULES } from '../../src/rules/index.ts';
import { judge } from '../../src/rules/judge.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { jwt } from '../rules/happy-world.ts';
import { type Edit, edit, happyTrace } from '../rules/support.ts';

/** Rules whose reasons are told of what differs at a pointer, as the command compares two traces. */
function reasons(before: Trace, after: Trace): Readonly<Record<string, string>> {
  const [a, b] = [before, after].map((trace) => ({
    findings: judge(trace).findings.map(({ rule, severity, message }) => ({
      rule: rule.id,
      severity,
      message,
    })),
  }));
  const compared = diff(before, after, { ...(a && { before: a }), ...(b && { after: b }) });
  const told = compared.differences.flatMap((difference) => {
    const why = whyItMatters(difference, compared.findings);
    const rule = RULES.find((one) => one.why === why)?.id;
    return difference.kind === 'finding' || rule === undefined
      ? []
      : [[difference.where.pointer, rule] as const];
  });
  return Object.fromEntries(told);
}

const claims = {
  iss: 'https://login.demo.test/t1',
  aud: 'https://api.demo.test/team/mcp',
  sub: 'user-7',
  client_id: 'c-17',
  iat: 1,
  exp: 3601,
  jti: 'x',
  scope: 'notes.read',
};
const withToken = (members: object): Edit =>
  edit().body('token', {
    access_token: jwt({ typ: 'at+jwt', alg: 'ES256', kid: 'k1' }, { ...claims, ...members }),
  });
const pointer =
  'resource_metadata="https://api.demo.test/.well-known/oauth-protected-resource/team/mcp"';
const challenged = (value: string | undefined): Edit =>
  edit().header('challenge', 'www-authenticate', value);
const callback = (query: string): Edit =>
  edit().url(
    'callback',
    `http://127.0.0.1:49321/callback?code=code-9tQx2LvB7mKp4ZsW1nRd8Hc${query}`,
  );
const BODY = '/response/body';
const HEADER = '/response/headers';

describe('why a difference matters is told of', () => {
  it.each<readonly [string, Edit, string, string]>([
    [
      'the challenge',
      challenged(undefined),
      `${HEADER}/www-authenticate`,
      'www-authenticate-missing',
    ],
    [
      'its pointer',
      challenged('Bearer scope="notes.read"'),
      `${HEADER}/www-authenticate/bearer/resource_metadata`,
      'prm-pointer-missing',
    ],
    [
      'its scope',
      challenged(`Bearer ${pointer}`),
      `${HEADER}/www-authenticate/bearer/scope`,
      'challenge-scope-missing',
    ],
    [
      'its grammar',
      challenged(`Bearer ${pointer}, scope="notes.read" "`),
      `${HEADER}/www-authenticate/malformed`,
      'www-authenticate-malformed',
    ],
    [
      'resource',
      edit().body('prm', { resource: 'https://inner.test/mcp' }),
      `${BODY}/resource`,
      'prm-resource-mismatch',
    ],
    [
      'the authorization servers',
      edit().body('prm', { authorization_servers: undefined }),
      `${BODY}/authorization_servers`,
      'prm-authorization-servers-missing',
    ],
    [
      'an empty list of them',
      edit().body('prm', { authorization_servers: [] }),
      `${BODY}/authorization_servers/0`,
      'prm-authorization-servers-missing',
    ],
    [
      'the issuer',
      edit().body('asm', { issuer: 'https://evil.test' }),
      `${BODY}/issuer`,
      'asm-issuer-mismatch',
    ],
    [
      'the PKCE methods',
      edit().body('asm', { code_challenge_methods_supported: undefined }),
      `${BODY}/code_challenge_methods_supported`,
      'asm-pkce-methods-missing',
    ],
    [
      'S256',
      edit().body('asm', { code_challenge_methods_supported: ['plain'] }),
      `${BODY}/code_challenge_methods_supported`,
      'asm-pkce-no-s256',
    ],
    [
      'an endpoint',
      edit().body('asm', { token_endpoint: undefined }),
      `${BODY}/token_endpoint`,
      'asm-endpoints-missing',
    ],
    [
      'the promise of iss',
      edit().body('asm', { authorization_response_iss_parameter_supported: false }),
      `${BODY}/authorization_response_iss_parameter_supported`,
      'asm-iss-parameter-unadvertised',
    ],
    [
      'a client that asked to be public',
      edit().body('registration', {
        token_endpoint_auth_method: 'client_secret_post',
        client_secret: 'x',
      }),
      `${BODY}/token_endpoint_auth_method`,
      'dcr-ignores-requested-none',
    ],
    [
      'less scope than was asked for',
      edit().body('token', { scope: '' }),
      `${BODY}/scope`,
      'token-scope-differs',
    ],
    [
      'public clients',
      edit().body('asm', { token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
      `${BODY}/token_endpoint_auth_methods_supported`,
      'asm-public-client-unsupported',
    ],
    [
      'the redirect URIs of a registration',
      edit().body('registration', { redirect_uris: undefined }),
      `${BODY}/redirect_uris`,
      'dcr-redirect-uris-changed',
    ],
    [
      'a redirect URI that was not registered',
      edit().body('registration', { redirect_uris: ['https://other.test/callback'] }),
      `${BODY}/redirect_uris`,
      'dcr-redirect-uris-changed',
    ],
    [
      'no token type',
      edit().body('token', { token_type: undefined }),
      `${BODY}/token_type`,
      'token-type-invalid',
    ],
    [
      'another token type',
      edit().body('token', { token_type: 'mac' }),
      `${BODY}/token_type`,
      'token-type-invalid',
    ],
    [
      'the lifetime',
      edit().body('token', { expires_in: undefined }),
      `${BODY}/expires_in`,
      'token-expires-in-missing',
    ],
    [
      'the refresh token',
      edit().body('token', { refresh_token: undefined }),
      `${BODY}/refresh_token`,
      'token-no-refresh-token',
    ],
    [
      'no audience',
      withToken({ aud: undefined }),
      `${BODY}/access_token/jwt/claims/aud`,
      'token-jwt-audience',
    ],
    [
      'another audience',
      withToken({ aud: 'https://other.test' }),
      `${BODY}/access_token/jwt/claims/aud`,
      'token-jwt-audience',
    ],
    [
      'a claim',
      withToken({ sub: undefined }),
      `${BODY}/access_token/jwt/claims/sub`,
      'token-jwt-claims',
    ],
    [
      'no cache-control',
      edit().header('token', 'cache-control', undefined),
      `${HEADER}/cache-control`,
      'token-cache-control',
    ],
    [
      'another cache-control',
      edit().header('token', 'cache-control', 'private'),
      `${HEADER}/cache-control`,
      'token-cache-control',
    ],
    [
      'another state',
      callback('&state=other&iss=https%3A%2F%2Flogin.demo.test%2Ft1'),
      '/request/query/state',
      'authz-state-mismatch',
    ],
    [
      'PKCE',
      edit().query('authorize', { code_challenge: undefined }),
      '/request/query/code_challenge',
      'client-pkce-missing',
    ],
    [
      'the resource of an authorization request',
      edit().query('authorize', { resource: undefined }),
      '/request/query/resource',
      'client-resource-missing',
    ],
    [
      'the resource of a token request',
      edit().form('token', { resource: undefined }),
      '/request/body/resource',
      'client-resource-missing',
    ],
  ])('%s', (_, changed, at, rule) => {
    expect(reasons(happyTrace(), changed.trace)).toMatchObject({ [at]: rule });
  });

  it('a way to authenticate that was not asked for', () => {
    const method = 'client_secret_basic';
    const asked = edit().requestBody('registration', { token_endpoint_auth_method: method });
    const [as, other] = [method, 'private_key_jwt'].map((registered) =>
      asked.body('registration', { token_endpoint_auth_method: registered, client_secret: 'x' }),
    ) as [Edit, Edit];
    expect(reasons(as.trace, other.trace)).toMatchObject({
      [`${BODY}/token_endpoint_auth_method`]: 'dcr-metadata-substituted',
    });
  });

  it('registration, where it was the only way in', () => {
    const only = edit().body('asm', { client_id_metadata_document_supported: undefined });
    const none = only.body('asm', { registration_endpoint: undefined });
    expect(reasons(only.trace, none.trace)).toMatchObject({
      [`${BODY}/registration_endpoint`]: 'asm-no-registration-path',
    });
    expect(
      reasons(happyTrace(), edit().body('asm', { registration_endpoint: undefined }).trace),
    ).toEqual({});
  });

  it('iss, which a callback lacks', () => {
    const modern = happyTrace('2026-07-28');
    const lacking = edit(modern).url(
      'callback',
      'http://127.0.0.1:49321/callback?code=code-9tQx2LvB7mKp4ZsW1nRd8Hc&state=Zk3q81xW7pTnVb5LsYc2Jd9RfGh4MaQe',
    );
    expect(reasons(modern, lacking.trace)).toMatchObject({
      '/request/query/iss': 'authz-iss-missing',
    });
  });

  it('the resource of a token request where an older revision leaves it out', () => {
    const older = edit()
      .form('token', { resource: undefined })
      .revision('2025-03-26', '2025-03-26');
    expect(reasons(happyTrace(), older.trace)).toMatchObject({
      '/request/body/resource': 'client-resource-missing',
    });
  });
});

describe('no reason is better than a wrong one', () => {
  const otherUris = { redirect_uris: ['http://127.0.0.1:49321/other'] };

  it.each<readonly [string, Edit, Edit]>([
    [
      'a challenge is gone, as the call is let in',
      edit().status('challenge', 401),
      challenged(undefined).status('challenge', 200),
    ],
    [
      'a challenge is gone from a 403',
      edit().status('challenge', 403),
      challenged(undefined).status('challenge', 403),
    ],
    [
      'a challenge lost its scope, as it is a 403 now',
      edit(),
      challenged(`Bearer ${pointer}`).status('challenge', 403),
    ],
    [
      'a challenge became well-formed',
      challenged(`Bearer ${pointer}, scope="notes.read" "`),
      edit(),
    ],
    ['a lifetime is another', edit(), edit().body('token', { expires_in: 1800 })],
    [
      'a list gained something',
      edit(),
      edit().body('asm', { code_challenge_methods_supported: ['S256', 'plain'] }),
    ],
    [
      'a list lost what nobody needs',
      edit().body('asm', { code_challenge_methods_supported: ['S256', 'plain'] }),
      edit(),
    ],
    [
      'the address of an endpoint is another',
      edit(),
      edit().body('asm', { token_endpoint: 'https://login.demo.test/t1/t' }),
    ],
    ['the resource was mended', edit().body('prm', { resource: 'https://inner.test/mcp' }), edit()],
    ['the issuer was mended', edit().body('asm', { issuer: 'https://evil.test' }), edit()],
    ['the token type is spelled otherwise', edit().body('token', { token_type: 'bearer' }), edit()],
    ['the audience was mended', withToken({ aud: 'https://other.test' }), withToken({})],
    [
      'redirect URIs are others, as the client asked',
      edit(),
      edit().requestBody('registration', otherUris).body('registration', otherUris),
    ],
    ['a document became an error', edit(), edit().answer('asm', 404, { error: 'not_found' })],
    ['a token became an error', edit(), edit().answer('token', 400, { error: 'invalid_grant' })],
    [
      'a refresh brings no new refresh token',
      edit(),
      edit().body('refresh', { refresh_token: undefined }),
    ],
    [
      'cache-control is gone from another answer',
      edit().header('asm', 'cache-control', 'no-store'),
      edit().header('asm', 'cache-control', undefined),
    ],
    [
      'a result has a member of that name',
      edit().body('call', { result: { resource: 'a', scope: 'a b', expires_in: 9 } }),
      edit().body('call', { result: {} }),
    ],
    [
      'cache-control says less, and no-store still',
      edit().header('token', 'cache-control', 'no-store, private'),
      edit().header('token', 'cache-control', 'no-store'),
    ],
  ])('where %s', (_, before, after) => {
    expect(diff(before.trace, after.trace).same).toBe(false);
    expect(reasons(before.trace, after.trace)).toEqual({});
  });

  it('where a client pushes what the browser brought before', () => {
    const pushed = edit().query('authorize', { resource: undefined, code_challenge: undefined });
    const told = diff(happyTrace(), pushed.trace).differences.map((one) =>
      whyItMatters(one, NOTHING),
    );
    expect(told.filter((why) => why !== undefined)).toEqual([]);
  });
});

it('every reason is that of a rule', () => {
  const ids = new Set(RULES.map(({ id }) => id));
  expect(REASONS.map(({ rule }) => rule).filter((rule) => !ids.has(rule))).toEqual([]);
});

const NOTHING = { appeared: [], gone: [], still: [] };
