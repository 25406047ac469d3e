import { describe, expect, it } from 'vitest';
import { authorizationAdvice } from '../../src/rules/authorization-advice.ts';
import { judge } from '../../src/rules/judge.ts';
import { type Edit, edit, ruleTable } from './support.ts';

/** The callback carries an error. */
function denied(error: string | undefined, error_description?: string): Edit {
  return edit()
    .query('callback', { code: undefined, error, error_description })
    .failedAt('authorization');
}

/** The authorization endpoint answers with an error of its own. */
function turnedAway(status: number, body: Readonly<Record<string, unknown>> | string): Edit {
  const alone = edit().without('login', 'consent-page', 'consent', 'callback');
  const answered =
    typeof body === 'string'
      ? alone.text('authorize', body, 'text/html').status('authorize', status)
      : alone.answer('authorize', status, body);
  return answered.failedAt('authorization');
}

const openEnd = edit().without('callback').failedAt('authorization');
const never = edit().failedAt('registration');
const shared = {
  inconclusive: { 'an end out of sight': openEnd },
  notApplicable: { 'no authorization': never },
};

ruleTable('authz-request-failed', {
  valid: {
    'a code': edit(),
    'a token that was refused': edit().answer('token', 400, { error: 'invalid_grant' }),
  },
  invalid: {
    'an error in the callback': [
      denied('access_denied', 'not today'),
      {
        message: 'the callback carries error access_denied ("not today"), expected a code',
        at: 'callback/request/url',
      },
    ],
    'whoever said no, or a policy': [
      denied('access_denied', 'The resource owner or authorization server denied the request.'),
      { fault: undefined },
    ],
    'a policy that names the user': [
      denied('access_denied', 'User was denied by policy'),
      { fault: undefined },
    ],
    'nobody, where no scope was sent as none is named': [
      unnamed(denied('access_denied')),
      { fault: undefined, fix: 'No scope was sent' },
    ],
    'the user, in the server’s words': [
      denied('access_denied', 'The user denied access'),
      { fault: 'user' },
    ],
    'the user, by the button': [
      denied('access_denied').form('consent', { decision: 'deny' }),
      { fault: 'user' },
    ],
    'the user, by the name of the button': [
      denied('access_denied').form('consent', { decision: undefined, cancel: 'No' }),
      { fault: 'user' },
    ],
    'an error of the server after that button': [
      denied('server_error').form('consent', { decision: 'deny' }),
      { fault: undefined },
    ],
    'an error with strange characters': [denied('a\u001bb c'), { message: '"a\\u001bb c"' }],
    'neither code nor error': [denied(undefined), { message: 'neither code nor error' }],
    'a page': [
      turnedAway(400, '<style>p{}</style><h1>Bad</h1> request<script>x()</script>'),
      { message: 'answered 400 ("Bad request")', at: 'authorize/response/body' },
    ],
    'a JSON error': [
      turnedAway(400, { error: 'invalid_request' }),
      { message: '400 invalid_request' },
    ],
    'a page after the login': [
      edit().without('consent', 'callback').status('consent-page', 500).failedAt('authorization'),
      { message: 'answered 500', at: 'consent-page/response/body' },
    ],
    'a callback that no request led to': [
      edit().without('authorize').query('callback', { code: undefined, error: 'server_error' }),
      { message: 'server_error' },
    ],
  },
  ...shared,
});

ruleTable('resource-param-rejected', {
  valid: {
    'another error': denied('access_denied'),
    'no resource sent': denied('invalid_target').query('authorize', { resource: undefined }),
    'a page that is not there': turnedAway(404, 'The resource cannot be found.'),
    'a page that is forbidden': turnedAway(
      403,
      'You don’t have permission to access this resource.',
    ),
    'a framework that finds no page': turnedAway(404, {
      error: 'Not Found',
      message: 'No such resource',
    }),
    'a user who said no': denied('access_denied', 'The resource owner denied the request'),
    'a user who may not': denied('access_denied', 'You may not access this resource'),
    'a request the user has to see': denied('invalid_request', 'The resource owner must approve'),
    'a page that takes no GET': turnedAway(405, 'The requested resource does not support GET.'),
  },
  invalid: {
    'by code': [
      denied('invalid_target'),
      { message: 'resource was "https://api.demo.test/team/mcp"' },
    ],
    'in words': [denied('invalid_request', 'AADSTS9010010: …')],
    'on a page': [turnedAway(400, 'Unknown resource requested')],
    'at the token endpoint': [
      edit().answer('token', 400, { error: 'invalid_target' }).failedAt('token'),
      { message: 'the token endpoint answered 400 invalid_target', at: 'token/response/body' },
    ],
  },
  ...shared,
});

ruleTable('invalid-scope', {
  valid: { 'another error': denied('access_denied') },
  invalid: {
    'a scope the server lists': [
      denied('invalid_scope'),
      { message: 'scope was "notes.read", expected' },
    ],
    'a scope the server does not list': [
      denied('invalid_scope').body('asm', { scopes_supported: ['a'] }),
      { message: 'of which the server does not list ["notes.read"]' },
    ],
    'a scope that nobody named': [
      denied('invalid_scope').query('authorize', { scope: 'notes.read nosuch' }),
      { message: 'the server does not list ["nosuch"]', fault: 'client' },
    ],
    'no scope': [
      denied('invalid_scope').query('authorize', { scope: undefined }),
      { message: 'absent' },
    ],
  },
  ...shared,
});

/** Nobody names a scope, and none is sent. */
function unnamed(start: Edit): Edit {
  return start
    .query('authorize', { scope: undefined })
    .header('challenge', 'www-authenticate', 'Bearer')
    .body('prm', { scopes_supported: undefined });
}

ruleTable('no-scope-sent', {
  valid: {
    'a scope was sent': denied('invalid_scope'),
    'the challenge names one': denied('invalid_scope').query('authorize', { scope: undefined }),
    'the metadata names one': unnamed(denied('invalid_scope')).body('prm', {
      scopes_supported: ['notes.read'],
    }),
    'another error': unnamed(denied('access_denied')),
    'the token endpoint': unnamed(edit().answer('token', 400, { error: 'invalid_scope' })),
  },
  invalid: {
    'by code': [unnamed(denied('invalid_scope')), { message: 'no scope was sent' }],
    'in words': [unnamed(denied('invalid_request', 'missing scope'))],
  },
  ...shared,
});

ruleTable('dcr-scope-not-allowed', {
  valid: {
    'no scope registered': denied('invalid_scope'),
    'all of it registered': denied('invalid_scope').body('registration', { scope: 'notes.read b' }),
  },
  invalid: {
    'less registered': [
      denied('invalid_scope').body('registration', { scope: 'b' }),
      { message: 'registered for "b", expected the registration to allow ["notes.read"]' },
    ],
  },
  ...shared,
});

ruleTable('stale-client-id', {
  valid: {
    'another page': turnedAway(400, 'Bad request'),
    'a redirect that a client understands': denied('invalid_client'),
    'a client that is known and asks for too much': turnedAway(
      400,
      'The client provided an invalid scope',
    ),
    'a redirect URI that is not the client’s': turnedAway(400, 'client: redirect_uri is invalid'),
    'a document as client_id': turnedAway(400, 'unknown client').query('authorize', {
      client_id: 'https://tools.example.com/client.json',
    }),
  },
  invalid: {
    'a registration of this run': [
      turnedAway(400, 'Unrecognized client_id'),
      { message: 'was registered in this very run' },
    ],
    'an earlier registration': [
      turnedAway(401, { error: 'invalid_client' }).without('registration'),
      { message: 'from an earlier registration' },
    ],
    'an id that the user gave': [
      turnedAway(400, 'unknown client').metadata({ options: { client_id_given: true } }),
      { message: 'given by the user', fault: 'user' },
    ],
    'an id that is invalid': [turnedAway(400, 'Client ID c-17 is invalid.')],
    'other words': [turnedAway(404, 'Client with id c-17 not found')],
  },
  ...shared,
});

ruleTable('redirect-uri-mismatch-after-dcr', {
  valid: {
    'another reason': turnedAway(400, 'Bad request'),
    'a URI that was not registered': turnedAway(400, 'redirect_uri mismatch').query('authorize', {
      redirect_uri: 'http://127.0.0.1:1/other',
    }),
    'a client from elsewhere': turnedAway(400, 'redirect_uri mismatch').without('registration'),
  },
  invalid: {
    'the registered URI': [
      turnedAway(400, 'Invalid redirect URI'),
      { message: 'just as registered' },
    ],
    'the URI that was asked for, when the answer lists none': [
      turnedAway(400, 'redirect_uri mismatch').body('registration', { redirect_uris: undefined }),
    ],
  },
  ...shared,
});

describe('advice', () => {
  it.each([
    ['access_denied', 0, 'said no'],
    ['toString', 404, 'authorization_endpoint'],
    [undefined, 501, 'GET'],
    [undefined, 503, 'log'],
    ['unheard_of', 400, 'client_id or redirect_uri'],
  ])('for %s and %s', (error, status, words) => {
    expect(authorizationAdvice(error, status)).toContain(words);
  });
});

it('a refusal with a known cause gives one finding', () => {
  const ids = (start: Edit): readonly string[] =>
    judge(start.trace).findings.map(({ rule }) => rule.id);
  expect(ids(denied('invalid_target'))).toEqual(['resource-param-rejected']);
  expect(ids(denied('invalid_scope'))).toEqual(['invalid-scope']);
  expect(ids(turnedAway(400, 'unknown client'))).toEqual(['stale-client-id']);
});
