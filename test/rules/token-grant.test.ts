import { accessToken, edit, exchangeOf, happyTrace, jsonBody, jwt, ruleTable } from './support.ts';

const answered = (members: Readonly<Record<string, unknown>>) => edit().body('token', members);
const never = { 'no token request': edit().failedAt('authorization') };
const cut = { 'an answer that was cut': edit().cut('token') };

ruleTable('token-expires-in-missing', {
  valid: { 'a lifetime': edit(), 'a lifetime of another type': answered({ expires_in: '3600' }) },
  invalid: {
    none: [
      answered({ expires_in: undefined }),
      { message: 'absent', at: 'token/response/body/expires_in' },
    ],
    'none at the refresh': [edit().body('refresh', { expires_in: undefined })],
  },
  inconclusive: cut,
  notApplicable: never,
});

ruleTable('token-field-types', {
  valid: {
    'by the book': edit(),
    'nothing optional': answered({
      expires_in: undefined,
      scope: undefined,
      refresh_token: undefined,
    }),
    'no scope granted': answered({ scope: '' }),
  },
  invalid: {
    'a lifetime in quotes': [answered({ expires_in: '3600' }), { message: 'expires_in is "3600"' }],
    'a negative lifetime': [answered({ expires_in: -1 })],
    'a list of scopes': [answered({ scope: ['a', 'b'] }), { message: 'scope is ["a","b"]' }],
    'scopes with commas': [answered({ scope: 'a,b' })],
    'scopes with two blanks': [answered({ scope: 'a  b' })],
    'a null refresh token': [
      answered({ refresh_token: null }),
      { message: 'refresh_token is null', at: 'token/response/body/refresh_token' },
    ],
  },
  inconclusive: cut,
  notApplicable: never,
});

ruleTable('token-scope-differs', {
  valid: {
    'the scope asked for': edit(),
    'nothing asked for': edit().query('authorize', { scope: undefined }),
    'a refresh, which is judged elsewhere': edit().body('refresh', { scope: 'other' }),
    'a machine that asks in the token request': edit()
      .form('token', { grant_type: 'client_credentials', scope: 'a' })
      .body('token', { scope: 'a' }),
  },
  invalid: {
    'less than the challenge demands': [
      answered({ scope: 'other' }),
      { message: 'the MCP server demands ["notes.read"]', severity: 'warning' },
    ],
    'more than asked for': [answered({ scope: 'notes.read admin' }), { severity: 'info' }],
    'not named': [
      answered({ scope: undefined }),
      { message: 'scope of the token response is absent, expected "notes.read"', severity: 'info' },
    ],
    'a machine gets another one': [
      edit().form('token', { grant_type: 'client_credentials', scope: 'a' }).without('authorize'),
      { message: 'expected "a"' },
    ],
  },
  inconclusive: cut,
  notApplicable: never,
});

const modern = edit(happyTrace('2026-07-28'));
const none = { refresh_token: undefined };

ruleTable('token-no-refresh-token', {
  valid: { 'one was issued': modern },
  invalid: {
    'none for a declared grant': [
      modern.body('token', none),
      { message: 'no refresh_token', at: 'token/response/body/refresh_token' },
    ],
    'none where offline_access is unknown': [
      edit().body('token', none).body('asm', { scopes_supported: undefined }),
    ],
    'none for a client that is its document': [
      modern
        .body('token', none)
        .without('registration')
        .add(
          exchangeOf(
            'registration',
            'registration',
            { url: 'https://tools.demo.test/client.json' },
            { status: 200, body: jsonBody({ grant_types: ['refresh_token'] }) },
          ),
        ),
    ],
  },
  inconclusive: { 'a client from elsewhere': modern.without('registration') },
  notApplicable: {
    'a client without the grant': modern.requestBody('registration', {
      grant_types: ['authorization_code'],
    }),
    'offline_access offered and not asked for': edit(),
    ...never,
  },
});

const DAY = 86_400;

ruleTable('token-lifetime-long', {
  valid: {
    'an hour': edit(),
    'a day': answered({ expires_in: DAY }),
    'an opaque token that names no time': answered({
      expires_in: undefined,
      access_token: 'opaque',
    }),
    'no token': answered({ expires_in: undefined, access_token: undefined }),
  },
  invalid: {
    'a month': [
      answered({ expires_in: 30 * DAY }),
      { message: 'lives 2592000 s', at: 'token/response/body/expires_in' },
    ],
    'a JWT for two days': [
      answered({
        expires_in: undefined,
        access_token: jwt({ alg: 'ES256' }, { iat: 0, exp: 2 * DAY }),
      }),
      { at: 'token/response/body/access_token' },
    ],
  },
  inconclusive: cut,
  notApplicable: { ...never, 'a token that was not asked for': edit().failedAt('registration') },
});

ruleTable('token-lifetime-long', {
  valid: { 'a JWT for an hour': answered({ access_token: accessToken('2025-11-25', 1, 'a') }) },
});
