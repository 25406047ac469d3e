import { type Edit, edit, marked, ruleTable } from './support.ts';

const never = { 'no token request': edit().failedAt('authorization') };
const unseen = {
  'no answer': edit().noAnswer('token', 'ECONNRESET').failedAt('token'),
  'an answer that was cut': edit().cut('token'),
};
const form: Edit = edit().text(
  'token',
  'access_token=abc&token_type=bearer',
  'application/x-www-form-urlencoded',
);

ruleTable('token-content-type', {
  valid: {
    JSON: edit(),
    'JSON with a charset': edit().header(
      'token',
      'content-type',
      'application/json; charset=utf-8',
    ),
  },
  invalid: {
    'another type': [
      edit().text('token', '{"access_token":"a","token_type":"Bearer"}', 'text/plain'),
      {
        message: '"text/plain", expected "application/json"',
        at: 'token/response/headers/content-type',
      },
    ],
    'status 201': [
      edit().status('token', 201),
      { message: 'answered 201', at: 'token/response/status' },
    ],
  },
  inconclusive: unseen,
  notApplicable: {
    ...never,
    'a refusal': edit().answer('token', 400, { error: 'x' }).failedAt('token'),
  },
});

ruleTable('token-response-not-json', {
  valid: { JSON: edit() },
  invalid: {
    'a form': [form, { message: 'no JSON object', at: 'token/response/body' }],
    'a JSON string': [edit().body('token', 'token')],
    'a byte order mark': [
      edit().exchange('token', marked),
      { message: 'the token response begins with a byte order mark', fix: 'UTF-8' },
    ],
  },
  inconclusive: unseen,
  notApplicable: never,
});

const secret = { client_secret: 'x'.repeat(32), client_secret_expires_at: 0 };

ruleTable('token-cache-control', {
  valid: {
    'no-store': edit(),
    'among others': edit().header('token', 'cache-control', 'private, No-Store'),
    'a registration without a secret': edit().header('registration', 'cache-control', undefined),
  },
  invalid: {
    none: [
      edit().header('token', 'cache-control', undefined),
      { message: 'token response is absent', at: 'token/response/headers/cache-control' },
    ],
    another: [edit().header('token', 'cache-control', 'no-cache'), { message: '"no-cache"' }],
    'at the refresh': [
      edit().header('refresh', 'cache-control', 'private'),
      { at: 'refresh/response/headers/cache-control' },
    ],
    'at a registration with a secret': [
      edit().body('registration', secret).header('registration', 'cache-control', undefined),
      { message: 'registration response', severity: 'warning' },
    ],
  },
  inconclusive: { 'no answer': unseen['no answer'] },
  notApplicable: never,
});

ruleTable('token-access-token-missing', {
  valid: {
    'a token': edit(),
    'an error in disguise, which has a rule of its own': edit().body('token', {
      access_token: undefined,
      error: 'invalid_grant',
    }),
  },
  invalid: {
    none: [
      edit().body('token', { access_token: undefined }),
      { message: 'absent', at: 'token/response/body/access_token' },
    ],
    'an empty one': [edit().body('token', { access_token: '' }), { message: '""' }],
    'an object': [edit().body('token', { access_token: {} }), { message: '{}' }],
  },
  inconclusive: unseen,
  notApplicable: never,
});

ruleTable('token-response-schema', {
  valid: { 'by the book': edit(), 'no lifetime': edit().body('token', { expires_in: undefined }) },
  invalid: {
    'a wrapper': [
      edit().body('token', { access_token: undefined, data: { access_token: 'abc' } }),
      { message: '"data.access_token"', at: 'token/response/body/data' },
    ],
    'no time to live': [
      edit().body('token', { expires_in: 0 }),
      { message: 'expires_in is 0', severity: 'warning', at: 'token/response/body/expires_in' },
    ],
  },
  inconclusive: unseen,
  notApplicable: never,
});
