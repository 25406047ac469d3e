import type { Body } from '../../src/trace/schema.ts';
import { type Edit, edit, formBody, REDIRECT_URI, ruleTable, STATE } from './support.ts';

const never = { 'no authorization': edit().failedAt('registration') };
const hidden = edit().query('authorize', { request: 'eyJhbGciOiJub25lIn0.e30.' });
const posted = (body: Body | null, start = edit()): Edit =>
  start
    .query('callback', { code: undefined, state: undefined, iss: undefined })
    .exchange('callback', (one) => ({
      ...one,
      request: { ...one.request, method: 'POST', body },
    }));

ruleTable('authz-state-mismatch', {
  valid: {
    'the state sent': edit(),
    'none sent, none returned': edit()
      .query('authorize', { state: undefined })
      .query('callback', { state: undefined }),
    'an icon the browser asks for': edit()
      .again('callback')
      .url(100, 'http://127.0.0.1:49321/favicon.ico'),
    'a form_post response': posted(formBody({ code: 'c', state: STATE })),
  },
  invalid: {
    'another state': [
      edit().query('callback', { state: 'other' }),
      { message: 'not the one sent', at: 'callback/request/url' },
    ],
    none: [edit().query('callback', { state: undefined }), { message: 'has no state' }],
    'none with an error': [
      edit().query('callback', { state: undefined, code: undefined, error: 'access_denied' }),
    ],
  },
  inconclusive: { 'a request object': hidden },
  notApplicable: never,
});

ruleTable('authz-response-duplicate-params', {
  valid: { 'each once': edit() },
  invalid: {
    'two codes': [
      edit().url('callback', `${REDIRECT_URI}?code=a&code=b&state=${STATE}`),
      { message: 'code occurs 2 times', at: 'callback/request/url' },
    ],
    'code and error': [
      edit().query('callback', { error: 'server_error' }),
      { message: 'both code and error' },
    ],
  },
  inconclusive: {
    'a posted form that was not recorded whole': posted(formBody({ code: 'c' })).cutRequest(
      'callback',
    ),
    'a posted form that was not recorded': posted(null),
  },
  notApplicable: never,
});

const location = (value: string): Edit => edit().header('consent', 'location', value);
const unseen = edit().without('login', 'consent-page', 'consent');

ruleTable('authz-response-in-fragment', {
  valid: {
    'the query': edit(),
    'a browser we did not watch': unseen,
    'a redirect to somewhere else': location('https://login.demo.test/#code=1'),
  },
  invalid: {
    'the fragment': [
      location(`${REDIRECT_URI}#code=abc&state=${STATE}`),
      { message: 'code, state in its fragment', at: 'consent/response/headers/location' },
    ],
    'a token in the fragment': [
      location(`${REDIRECT_URI}#access_token=abc`),
      { message: '"access_token"' },
    ],
    'a token in the query': [
      location(`${REDIRECT_URI}?code=1&id_token=abc`),
      { message: '"id_token"' },
    ],
    'a token in the callback': [
      unseen.query('callback', { access_token: 'abc' }),
      { at: 'callback/request/url' },
    ],
  },
  inconclusive: { 'an empty callback and no redirect': unseen.url('callback', REDIRECT_URI) },
  notApplicable: never,
});

ruleTable('authz-redirect-preserves-post', {
  valid: {
    '303': edit(),
    '307 after a GET': edit().again('consent-page', (one) => ({
      ...one,
      response: { status: 307, headers: [['location', REDIRECT_URI]], body: null },
    })),
    'a POST that was asked for': edit()
      .query('authorize', { response_mode: 'form_post' })
      .exchange('callback', (one) => ({ ...one, request: { ...one.request, method: 'POST' } })),
  },
  invalid: {
    '307 after a form': [
      edit().status('consent', 307),
      { message: 'redirect 307', at: 'consent/response/status' },
    ],
    '308 after a form': [edit().status('consent', 308)],
    'a POST to the listener': [
      unseen.exchange('callback', (one) => ({
        ...one,
        request: { ...one.request, method: 'POST' },
      })),
      { message: 'came as a POST', at: 'callback/request/method' },
    ],
  },
  inconclusive: {
    'a POST that may have been asked for in a request object': posted(
      formBody({ code: 'c' }),
      hidden,
    ),
  },
  notApplicable: never,
});
