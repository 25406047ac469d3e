import { type Edit, edit, ruleTable } from './support.ts';

function refused(status: number, body: Readonly<Record<string, unknown>>): Edit {
  return edit().answer('registration', status, body).failedAt('registration');
}

const badUri = { error: 'invalid_redirect_uri' };
const web = { redirect_uris: ['https://tools.example.com/cb'] };

ruleTable('dcr-error-format', {
  valid: {
    'an error by the book': refused(400, { error: 'invalid_client_metadata' }),
    'a closed endpoint, which has a rule of its own': refused(403, {}),
    'no endpoint': refused(404, {}),
    'no endpoint, as a plain web server says it': refused(501, {}),
  },
  invalid: {
    'another status': [
      refused(422, { error: 'invalid_client_metadata' }),
      { message: '422 invalid_client_metadata, expected 400', at: 'registration/response/status' },
    ],
    'no error code': [
      refused(400, { message: 'no' }),
      { message: 'without an error code', at: 'registration/response/body' },
    ],
    'an error that is no string': [refused(400, { error: { code: 3 } })],
    'a crash': [refused(500, {}), { message: '500' }],
  },
  inconclusive: {
    'no answer': edit().noAnswer('registration', 'ECONNRESET'),
    'an answer that was cut': refused(400, badUri).cut('registration'),
  },
  notApplicable: { 'an accepted one': edit(), 'no registration': edit().without('registration') },
});

ruleTable('dcr-closed', {
  valid: {
    'another refusal': refused(400, badUri),
    'a token that was shown': refused(401, { error: 'invalid_token' }).requestHeader(
      'registration',
      'authorization',
      'Bearer initial-3kP9xQ7tLm',
    ),
  },
  invalid: {
    'a token is wanted': [
      refused(401, { error: 'invalid_token' }),
      { message: 'answered 401 invalid_token', at: 'registration/response/status' },
    ],
    'it is forbidden': [refused(403, {}), { message: 'answered 403' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'TIMEOUT') },
  notApplicable: { 'an accepted one': edit() },
});

ruleTable('dcr-loopback-rejected', {
  valid: {
    'another reason': refused(400, { error: 'invalid_client_metadata' }),
    'another URI': refused(400, badUri).requestBody('registration', web),
    'a crash': refused(500, badUri),
  },
  invalid: {
    'a native client': [
      refused(400, badUri),
      { message: 'application_type "native"', at: 'registration/response/body/error' },
    ],
    'told in words only': [
      refused(400, {
        error: 'invalid_client_metadata',
        error_description: 'redirect_uri must use HTTPS',
      }),
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'TIMEOUT') },
});

ruleTable('dcr-web-type-rejects-loopback', {
  valid: {
    'a native client': refused(400, badUri),
    'a client that calls itself a web application': refused(400, badUri).requestBody(
      'registration',
      { application_type: 'web' },
    ),
    'a client of a strange type': refused(400, badUri).requestBody('registration', {
      application_type: 'toString',
    }),
  },
  invalid: {
    'a client without a type': [
      refused(400, badUri).requestBody('registration', { application_type: undefined }),
      { message: 'application_type absent' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'TIMEOUT') },
});

ruleTable('dcr-rejects-mixed-uri-set', {
  valid: { 'one URI': refused(400, badUri) },
  invalid: {
    'a scheme and a loopback URI': [
      refused(400, badUri).requestBody('registration', {
        redirect_uris: ['cursor://callback', 'http://127.0.0.1:8787/callback'],
      }),
      { message: 'cursor:' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'TIMEOUT') },
});

ruleTable('dcr-redirect-uri-rejected', {
  valid: { 'a loopback URI': refused(400, badUri) },
  invalid: {
    'an https URI': [
      refused(400, badUri).requestBody('registration', web),
      { message: 'tools.example.com' },
    ],
    'no URI at all': [refused(400, badUri).requestBody('registration', { redirect_uris: [] })],
  },
  inconclusive: { 'no answer': edit().noAnswer('registration', 'TIMEOUT') },
});
