import { edit, happyTrace, ISSUED_AT, issuerOf, jwt, MCP_URL, ruleTable } from './support.ts';

const now = Date.parse(ISSUED_AT) / 1000;
const CLAIMS = {
  iss: issuerOf('2025-11-25'),
  aud: MCP_URL,
  sub: 'user-7',
  client_id: 'c-17',
  iat: now,
  exp: now + 3600,
  jti: 't-1',
};
const issued = (
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = { typ: 'at+jwt', alg: 'ES256' },
) => edit().body('token', { access_token: jwt(header, { ...CLAIMS, ...claims }) });

const shared = {
  inconclusive: {
    'tokens of which nothing is known': edit()
      .body('token', { access_token: '<access_token abcdefghijkl>' })
      .body('refresh', { access_token: '<access_token mnopqrstuvwx>' }),
  },
  notApplicable: {
    'opaque tokens': edit()
      .body('token', { access_token: 'opaque-1' })
      .body('refresh', { access_token: 'opaque-2' }),
    'no token': edit().failedAt('authorization'),
  },
};

ruleTable('token-jwt-audience', {
  valid: {
    'the resource': edit(),
    'among others': issued({ aud: ['https://other.test', MCP_URL] }),
    'an assertion for another server': issued({ aud: 'other' }).body('token', {
      token_type: 'N_A',
      issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    }),
    'none asked for': issued({ aud: 'other' })
      .form('token', { resource: undefined })
      .query('authorize', { resource: undefined }),
  },
  invalid: {
    another: [
      issued({ aud: 'https://other.test' }),
      {
        message: `"https://other.test", expected it to hold ${JSON.stringify(MCP_URL)}`,
        at: 'token/response/body/access_token',
      },
    ],
    none: [issued({ aud: undefined }), { message: 'absent' }],
    'not the one of the authorization request': [
      issued({ aud: 'other' }).form('token', { resource: undefined }),
    ],
  },
  ...shared,
});

ruleTable('token-jwt-claims', {
  valid: {
    'every claim': edit(),
    'another kind of JWT': issued({ jti: undefined }, { typ: 'JWT', alg: 'RS256' }),
    'a missing aud, which has a rule of its own': issued({ aud: undefined }),
    'no metadata to compare with': issued({ iss: 'https://other.test' }).without('asm'),
  },
  invalid: {
    'a missing claim': [
      issued({ jti: undefined, sub: undefined }),
      { message: 'has no sub, jti', severity: 'warning' },
    ],
    'another issuer': [
      issued({ iss: 'https://other.test' }, { typ: 'application/AT+JWT', alg: 'ES256' }),
      { message: '"https://other.test"', severity: 'warning' },
    ],
    'no aud and no resource': [
      edit(happyTrace('2025-03-26')).body('token', {
        access_token: jwt(
          { typ: 'at+jwt' },
          { ...CLAIMS, iss: issuerOf('2025-03-26'), aud: undefined },
        ),
      }),
      { message: 'has no aud' },
    ],
    'no signature': [
      issued({}, { typ: 'JWT', alg: 'None' }),
      { message: 'alg of the access token is "none"', severity: 'error' },
    ],
    'no signature and no claims': [
      issued({ jti: undefined }, { typ: 'at+jwt', alg: 'none' }),
      { severity: 'error' },
    ],
  },
  ...shared,
});
