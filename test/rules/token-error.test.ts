import { type Edit, edit, ruleTable } from './support.ts';

const refused = (status: number, body: Readonly<Record<string, unknown>>): Edit =>
  edit().answer('token', status, body).failedAt('token');
const page = (status: number): Edit =>
  edit().text('token', '<h1>Oops</h1>', 'text/html').status('token', status).failedAt('token');
const shared = {
  inconclusive: {
    'no answer': edit().noAnswer('token', 'TIMEOUT').failedAt('token'),
    'an answer that was cut': refused(400, { error: 'x' }).cut('token'),
  },
  notApplicable: { 'no refusal': edit() },
};

ruleTable('token-error-format', {
  valid: {
    invalid_grant: refused(400, { error: 'invalid_grant' }),
    invalid_client: refused(401, { error: 'invalid_client' }),
    'a limit': page(429),
    'an outage': page(503),
    'nobody there': page(404),
    'nobody there, as a plain web server says it': page(501),
  },
  invalid: {
    'another status': [
      refused(403, { error: 'invalid_grant' }),
      { message: '403 invalid_grant, expected status 400', at: 'token/response/status' },
    ],
    '401 for a grant': [refused(401, { error: 'invalid_grant' })],
    'a page': [
      page(400),
      { message: '"text/html" without an error code', at: 'token/response/body' },
    ],
    'a crash': [page(500), { message: '500' }],
    'an error with status 200': [
      edit().body('token', { error: 'invalid_grant' }),
      { message: '200' },
    ],
  },
  ...shared,
});

const basic = (status: number, challenge?: string): Edit =>
  refused(status, { error: 'invalid_client' })
    .requestHeader('token', 'authorization', 'Basic Yzp4')
    .header('token', 'www-authenticate', challenge);

ruleTable('token-invalid-client-challenge', {
  valid: {
    'a challenge': basic(401, 'Basic realm="x"'),
    'a challenge behind another': basic(401, 'Bearer, basic realm="x"'),
    'a client that sent no header': refused(400, { error: 'invalid_client' }),
    'another error': refused(400, { error: 'invalid_grant' }),
  },
  invalid: {
    'no challenge': [
      basic(401),
      { message: 'no challenge', at: 'token/response/headers/www-authenticate' },
    ],
    'another challenge': [basic(401, 'Bearer'), { message: 'the challenge "Bearer"' }],
    'another status': [basic(400, 'Basic'), { message: 'status 400' }],
  },
  ...shared,
});

ruleTable('token-requires-json-or-rejects-form', {
  valid: { 'another refusal': refused(400, { error: 'invalid_grant' }) },
  invalid: {
    '415': [page(415), { message: '415' }],
    'in words': [
      refused(400, {
        error: 'invalid_request',
        error_description: 'Content-Type must be application/json',
      }),
      { message: 'must be application/json' },
    ],
  },
  ...shared,
});
