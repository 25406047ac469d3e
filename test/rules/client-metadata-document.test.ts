import { expect, it } from 'vitest';
import { judge } from '../../src/rules/judge.ts';
import { type Edit, edit, exchangeOf, jsonBody, ruleTable } from './support.ts';

const URL_ID = 'https://tools.demo.test/client.json';
const DOCUMENT = {
  client_id: URL_ID,
  client_name: 'mcp-oauth-trace',
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
};

/** A run whose client is its own document. */
function documented(
  members: Readonly<Record<string, unknown>> = {},
  id = URL_ID,
  status = 200,
): Edit {
  const exchange = exchangeOf(
    'registration',
    'registration',
    { url: id },
    { status, headers: [], body: jsonBody({ ...DOCUMENT, ...members }) },
  );
  return edit()
    .without('registration')
    .add(exchange)
    .query('authorize', { client_id: id })
    .form('token', { client_id: id });
}

const without = documented().without('registration');

ruleTable('client-cimd-document-invalid', {
  valid: { 'a document in order': documented() },
  invalid: {
    http: [
      without.query('authorize', { client_id: 'http://tools.demo.test/c' }),
      { message: 'not https' },
    ],
    'no path': [
      without.query('authorize', { client_id: 'https://tools.demo.test' }),
      { message: 'no path' },
    ],
    'a fragment': [
      without.query('authorize', { client_id: `${URL_ID}#x` }),
      { message: 'fragment' },
    ],
    'a user': [
      without.query('authorize', { client_id: 'https://a:b@tools.demo.test/c' }),
      { message: 'user' },
    ],
    'dot segments': [
      without.query('authorize', { client_id: 'https://tools.demo.test/a/../c' }),
      { message: 'dot' },
    ],
    'no URL after all': [
      without.query('authorize', { client_id: 'https://:x/' }),
      { message: 'not https' },
    ],
    'another client_id': [
      documented({ client_id: 'https://tools.demo.test/other' }),
      { message: 'client_id of the document', at: 'registration/response/body/client_id' },
    ],
    'no name': [
      documented({ client_name: undefined }),
      { message: 'client_name of the document is absent' },
    ],
    'no redirect URIs': [documented({ redirect_uris: 'x' }), { message: 'redirect_uris' }],
    'a shared secret method': [
      documented({ token_endpoint_auth_method: 'client_secret_post' }),
      { message: 'without a shared secret' },
    ],
    'a secret': [documented({ client_secret: 's' }), { message: 'holds a client_secret' }],
    'not found': [documented({}, URL_ID, 404), { message: 'answered 404, expected 200' }],
    'a page': [
      documented().text('registration', '<p>', 'text/html'),
      { message: 'without a JSON object' },
    ],
  },
  inconclusive: {
    'a document that is not in the trace': without,
    'no answer': documented().noAnswer('registration', 'TIMEOUT'),
  },
  notApplicable: { 'a registered client': edit() },
});

it('a document that was cut is not judged', () => {
  const ids = judge(documented({ client_secret: 's' }).cut('registration').trace).findings;
  expect(ids.map(({ rule }) => rule.id)).not.toContain('client-cimd-document-invalid');
});

function denied(start: Edit, error: string, error_description?: string): Edit {
  return start
    .query('callback', { code: undefined, error, error_description })
    .failedAt('authorization');
}

function crashed(start: Edit): Edit {
  return start
    .without('login', 'consent-page', 'consent', 'callback')
    .text('authorize', 'Internal error', 'text/html')
    .status('authorize', 500)
    .failedAt('authorization');
}

const openEnd = documented().without('callback').failedAt('authorization');

ruleTable('cimd-advertised-but-rejected', {
  valid: {
    'it is accepted': documented(),
    'the user said no': denied(documented(), 'access_denied'),
    'a registered client is refused': denied(edit(), 'invalid_client'),
    'a page that is not there': crashed(documented()).status('authorize', 404),
    'a page that takes no GET': crashed(documented()).status('authorize', 405),
  },
  invalid: {
    'an unknown client': [denied(documented(), 'invalid_client'), { message: URL_ID }],
    'a crash': [crashed(documented()), { message: 'answered 500' }],
  },
  inconclusive: {
    'a document that is not in order': denied(documented({ client_name: 3 }), 'invalid_client'),
    'an end out of sight': openEnd,
  },
  notApplicable: {
    'not advertised': documented().body('asm', { client_id_metadata_document_supported: false }),
    'no authorization': documented().failedAt('registration'),
  },
});

ruleTable('cimd-loopback-port-mismatch', {
  valid: { 'another reason': denied(documented(), 'invalid_request', 'no') },
  invalid: {
    'the redirect URI is refused': [
      denied(documented(), 'invalid_request', 'redirect_uri does not match'),
    ],
  },
  inconclusive: { 'an end out of sight': openEnd },
});

ruleTable('cimd-fetch-blocked', {
  valid: { 'another reason': denied(documented(), 'invalid_client', 'no') },
  invalid: {
    'the fetch failed': [denied(documented(), 'invalid_client', 'metadata fetch returned 403')],
  },
  inconclusive: { 'an end out of sight': openEnd },
});

ruleTable('cimd-private-key-jwt-refused', {
  valid: { 'another reason': denied(documented(), 'invalid_client', 'no') },
  invalid: {
    'the method is refused': [
      denied(documented(), 'invalid_client', 'private_key_jwt is not supported'),
    ],
  },
  inconclusive: { 'an end out of sight': openEnd },
});
