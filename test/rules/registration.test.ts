import { edit, marked, REDIRECT_URI, ruleTable } from './support.ts';

ruleTable('dcr-response-format', {
  valid: {
    'the healthy answer': edit(),
    'a secret with its expiry': edit().body('registration', {
      client_secret: 'x'.repeat(32),
      client_secret_expires_at: 0,
    }),
  },
  invalid: {
    'no client_id': [
      edit().body('registration', { client_id: undefined }),
      { message: 'client_id of the answer is absent', at: 'registration/response/body/client_id' },
    ],
    'a byte order mark': [
      edit().exchange('registration', marked),
      { message: 'the answer begins with a byte order mark', at: 'registration/response/body' },
    ],
    'an error under 200': [
      edit().answer('registration', 200, { error: 'invalid_client_metadata', message: 'a name' }),
      {
        message: 'the registration endpoint answered 200 invalid_client_metadata ("a name")',
        at: 'registration/response/body/error',
        fix: 'Mend what the error names',
      },
    ],
    'a number as client_id': [edit().body('registration', { client_id: 17 }), { message: '17' }],
    'status 200': [
      edit().status('registration', 200),
      { message: 'answered 200, expected 201', severity: 'warning' },
    ],
    'a page': [
      edit().text('registration', '<p>ok</p>', 'text/html'),
      { message: 'no JSON object' },
    ],
    'JSON as text': [
      edit().text('registration', '{"client_id":"c","redirect_uris":[]}', 'text/plain'),
      {
        message: 'text/plain',
        severity: 'warning',
        at: 'registration/response/headers/content-type',
      },
    ],
    'a secret without its expiry': [
      edit().body('registration', { client_secret: 'x'.repeat(32) }),
      { message: 'no client_secret_expires_at', severity: 'warning' },
    ],
    'a missing client_id outweighs the status': [
      edit().status('registration', 200).body('registration', { client_id: '' }),
      { message: 'client_id of the answer is ""' },
    ],
  },
  inconclusive: {
    'no answer': edit().noAnswer('registration', 'ECONNRESET'),
    'an answer that was cut': edit().cut('registration'),
  },
  notApplicable: {
    'no registration': edit().without('registration'),
    'a refused one': edit().answer('registration', 400, { error: 'invalid_redirect_uri' }),
  },
});

ruleTable('dcr-redirect-uris-changed', {
  valid: {
    'the healthy answer': edit(),
    'more than was asked for': edit().body('registration', {
      redirect_uris: [REDIRECT_URI, 'http://localhost/callback'],
    }),
    'nothing asked for': edit().requestBody('registration', { redirect_uris: 'none' }),
    'an error under 200': edit().answer('registration', 200, { error: 'access_denied' }),
  },
  invalid: {
    'a dropped URI': [
      edit().body('registration', { redirect_uris: ['http://127.0.0.1/'] }),
      { message: REDIRECT_URI, at: 'registration/response/body/redirect_uris' },
    ],
    'no list': [
      edit().body('registration', { redirect_uris: undefined }),
      { message: 'absent', severity: 'warning' },
    ],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});

ruleTable('dcr-status-other-2xx', {
  valid: { '201': edit(), '200': edit().status('registration', 200) },
  invalid: {
    '202': [
      edit().status('registration', 202),
      { message: 'answered 202, expected 201', at: 'registration/response/status' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'TIMEOUT') },
  notApplicable: { 'no registration': edit().without('registration') },
});

ruleTable('dcr-no-cleanup', {
  valid: { 'the healthy answer': edit() },
  invalid: {
    'no management at all': [
      edit().body('registration', {
        registration_client_uri: undefined,
        registration_access_token: undefined,
      }),
      { message: 'no registration_client_uri and no registration_access_token' },
    ],
    'half of it': [
      edit().body('registration', { registration_access_token: undefined }),
      { message: 'no registration_access_token' },
    ],
  },
  inconclusive: { 'an answer that was cut': edit().cut('registration') },
});
