import { type Edit, edit, ruleTable } from './support.ts';

function refused(status: number, error_description: string): Edit {
  return edit()
    .answer('registration', status, { error: 'invalid_client_metadata', error_description })
    .failedAt('registration');
}

const silent = { 'no answer': edit().noAnswer('registration', 'TIMEOUT') };
const notRefused = { 'an accepted one': edit() };

ruleTable('dcr-trusted-hosts-policy', {
  valid: { 'another reason': refused(403, 'forbidden') },
  invalid: {
    'Keycloak’s words': [
      refused(403, "Policy 'Trusted Hosts' rejected request to client-registration service."),
      { message: 'Trusted Hosts', at: 'registration/response/body' },
    ],
  },
  inconclusive: silent,
  notApplicable: notRefused,
});

const page = (status: number) =>
  edit().text('registration', '<h1>Sorry</h1>', 'text/html').status('registration', status);

ruleTable('dcr-html-or-redirect', {
  valid: {
    JSON: refused(400, 'no'),
    'nothing is served there': page(404),
    'a gateway that is down': page(502),
  },
  invalid: {
    'a page': [
      edit().text('registration', '<h1>422</h1>', 'text/html').status('registration', 422),
    ],
    'a redirect': [
      edit().answer('registration', 302, {}).header('registration', 'location', '/login'),
      { message: 'the registration was answered 302 to "/login"', fix: 'final URL' },
    ],
  },
  inconclusive: silent,
  notApplicable: notRefused,
});

ruleTable('dcr-rate-limited', {
  valid: { 'another refusal': refused(400, 'too many') },
  invalid: { '429': [refused(429, 'slow down'), { message: '429' }] },
  inconclusive: silent,
  notApplicable: notRefused,
});

ruleTable('dcr-rejects-auth-method', {
  valid: { 'a limit': refused(429, 'auth method'), 'a crash': refused(500, 'auth method') },
  invalid: {
    'none is refused': [refused(400, 'token_endpoint_auth_method none is not supported')],
    'in words': [refused(400, 'unsupported client authentication method')],
  },
  inconclusive: silent,
  notApplicable: notRefused,
});

ruleTable('dcr-unknown-grant-or-missing-default', {
  valid: { 'another reason': refused(400, 'no') },
  invalid: { 'a grant is refused': [refused(400, 'grant_types: refresh_token is unknown')] },
  inconclusive: silent,
  notApplicable: notRefused,
});

ruleTable('dcr-client-name-policy', {
  valid: { 'another reason': refused(400, 'no') },
  invalid: {
    'a name is refused': [refused(400, 'client_name is reserved'), { message: 'reserved' }],
  },
  inconclusive: silent,
  notApplicable: notRefused,
});
