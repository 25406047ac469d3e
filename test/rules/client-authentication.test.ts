import { type Edit, edit, ruleTable } from './support.ts';

const secret = { client_secret: 's'.repeat(32), client_secret_expires_at: 0 };
const registered = (token_endpoint_auth_method: string | undefined): Edit =>
  edit().body('registration', { ...secret, token_endpoint_auth_method });
const basic = (start: Edit): Edit =>
  start
    .requestHeader('token', 'authorization', 'Basic Yzp4')
    .requestHeader('refresh', 'authorization', 'Basic Yzp4');
const inBody = (start: Edit): Edit =>
  start.form('token', { client_secret: 's' }).form('refresh', { client_secret: 's' });
const given = edit().without('registration');
const listed = (methods: unknown): Edit =>
  given.body('asm', { token_endpoint_auth_methods_supported: methods });

ruleTable('client-auth-method-mismatch', {
  valid: {
    'none, as registered': edit(),
    'Basic, as registered': basic(registered('client_secret_basic')),
    'the body, as registered': inBody(registered('client_secret_post')),
    'an assertion, as registered': registered('client_secret_jwt')
      .form('token', { client_assertion: 'eyJ' })
      .form('refresh', { client_assertion: 'eyJ' }),
    'a certificate, which shows in no parameter': registered('tls_client_auth'),
    'Basic, which a secret without a method means': basic(
      registered(undefined).requestBody('registration', { token_endpoint_auth_method: undefined }),
    ),
    'none, which no secret and no method means': edit()
      .body('registration', { token_endpoint_auth_method: undefined })
      .requestBody('registration', { token_endpoint_auth_method: undefined }),
    'a client from elsewhere by a listed method': basic(listed(['client_secret_basic'])),
    'a client from elsewhere by the default method': basic(listed(undefined)),
    'a client from elsewhere that has no secret': listed(['client_secret_basic']),
    'another client than the registered one': basic(edit())
      .form('token', { client_id: 'other' })
      .form('refresh', { client_id: 'other' })
      .body('asm', { token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
  },
  invalid: {
    'none instead of Basic': [
      registered('client_secret_basic'),
      { message: 'authenticates by none, expected "client_secret_basic"', at: 'token/request' },
    ],
    'Basic instead of the body': [
      basic(registered('client_secret_post')),
      { message: 'authenticates by client_secret_basic' },
    ],
    'a method the server does not list': [inBody(listed(['client_secret_basic', 'none']))],
    'two at once': [
      inBody(basic(registered('client_secret_basic'))),
      { message: 'client_secret_basic and client_secret_post, expected one method' },
    ],
    'a refused request tells what was agreed': [
      registered('client_secret_basic').answer('token', 401, { error: 'invalid_client' }),
      { message: 'the registration returned client_secret_basic and the request used none' },
    ],
  },
  inconclusive: { 'neither registration nor metadata': given.without('asm') },
  notApplicable: {
    'no token request': edit().failedAt('authorization'),
    'a token exchange with somebody else': edit()
      .without('refresh')
      .form('token', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }),
  },
});

ruleTable('token-client-auth-rejected', {
  valid: { 'another error': edit().answer('token', 400, { error: 'invalid_grant' }) },
  invalid: {
    'a registered client': [
      edit().answer('token', 401, { error: 'invalid_client' }),
      {
        message: 'the registration returned none and the request used none',
        at: 'token/response/body/error',
      },
    ],
    'a client from elsewhere': [
      listed(['none']).answer('token', 401, { error: 'invalid_client' }),
      { message: 'the metadata offers ["none"]' },
    ],
    'a client that the user brought': [
      edit()
        .metadata({ options: { client_id_given: true } })
        .answer('token', 401, { error: 'invalid_client' }),
      { message: '401 invalid_client', fault: 'user' },
    ],
    'a client of which nothing is known': [
      given.without('asm').answer('token', 401, { error: 'invalid_client' }),
      { message: 'the metadata offers []' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('token', 'TIMEOUT') },
  notApplicable: { 'no refusal': edit() },
});
