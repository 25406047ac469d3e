import { edit, ruleTable } from './support.ts';

const confidential = {
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: 'x'.repeat(32),
  client_secret_expires_at: 0,
};

ruleTable('dcr-metadata-substituted', {
  valid: {
    'the healthy answer': edit(),
    'another order': edit().body('registration', {
      grant_types: ['refresh_token', 'authorization_code'],
    }),
    'a dropped refresh grant, which has a rule of its own': edit().body('registration', {
      grant_types: ['authorization_code'],
    }),
    'a secret for a public client, which has one too': edit().body('registration', confidential),
  },
  invalid: {
    'another response type': [
      edit().body('registration', { response_types: ['code', 'token'] }),
      { message: 'response_types', at: 'registration/response/body/response_types' },
    ],
    'another scope': [
      edit().requestBody('registration', { scope: 'a b' }).body('registration', { scope: 'a' }),
      { message: 'scope of the answer is "a", the client asked for "a b"' },
    ],
    'another method': [
      edit()
        .requestBody('registration', { token_endpoint_auth_method: 'client_secret_post' })
        .body('registration', confidential),
      { message: 'client_secret_basic' },
    ],
    'something that is no list': [
      edit().body('registration', { response_types: { code: true } }),
      { message: 'response_types' },
    ],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});

ruleTable('dcr-drops-refresh-token', {
  valid: {
    'the healthy answer': edit(),
    'an answer that is silent about grants': edit().body('registration', {
      grant_types: undefined,
    }),
    'a client that did not ask': edit()
      .requestBody('registration', { grant_types: ['authorization_code'] })
      .body('registration', { grant_types: ['authorization_code'] }),
  },
  invalid: {
    'the grant is gone': [
      edit().body('registration', { grant_types: ['authorization_code'] }),
      { message: 'refresh_token', at: 'registration/response/body/grant_types' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'ECONNRESET') },
});

ruleTable('dcr-response-nulls', {
  valid: {
    'the healthy answer': edit(),
    'an empty string where one may stand': edit().body('registration', { software_version: '' }),
  },
  invalid: {
    'a null': [
      edit().body('registration', { logo_uri: null }),
      { message: 'logo_uri of the answer is null', at: 'registration/response/body/logo_uri' },
    ],
    'an empty URL': [edit().body('registration', { client_uri: '' }), { message: 'client_uri' }],
    'an empty list': [edit().body('registration', { contacts: '' }), { message: 'contacts' }],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});

ruleTable('dcr-secret-for-public-client', {
  valid: {
    'the healthy answer': edit(),
    'a secret with the method that uses it': edit().body('registration', confidential),
    'an empty secret': edit().body('registration', { client_secret: '' }),
  },
  invalid: {
    'a secret and "none"': [
      edit().body('registration', { client_secret: 'x'.repeat(32) }),
      { message: 'got a client_secret', at: 'registration/response/body/client_secret' },
    ],
    'a secret and no method': [
      edit().body('registration', {
        client_secret: 'x'.repeat(32),
        token_endpoint_auth_method: undefined,
      }),
    ],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});

ruleTable('dcr-ignores-requested-none', {
  valid: {
    'the healthy answer': edit(),
    'a client that asked for a secret': edit()
      .requestBody('registration', { token_endpoint_auth_method: 'client_secret_basic' })
      .body('registration', confidential),
  },
  invalid: {
    'a confidential client': [
      edit().body('registration', confidential),
      { message: '"client_secret_basic", expected the "none"' },
    ],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});

ruleTable('dcr-secret-method-without-secret', {
  valid: {
    'no secret needed': edit(),
    'a secret given': edit().body('registration', confidential),
  },
  invalid: {
    'a secret method and no secret': [
      edit().body('registration', { ...confidential, client_secret: undefined }),
      {
        message: 'got no client_secret',
        at: 'registration/response/body/token_endpoint_auth_method',
      },
    ],
    'a null for a secret': [edit().body('registration', { ...confidential, client_secret: null })],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});
