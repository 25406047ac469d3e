import { CHALLENGE, edit, formBody, ruleTable, VERIFIER } from './support.ts';

/** A pushed authorization request that the browser's request only points to. */
const pushed = edit()
  .add({
    ...edit().trace.trace_log[3]!,
    id: 90,
    request: {
      method: 'POST',
      url: 'https://login.demo.test/t1/par',
      headers: [],
      body: formBody({ response_type: 'code', client_id: 'c-17' }),
    },
    response: {
      status: 201,
      headers: [],
      body: { media_type: 'application/json', size: 1, text: '{"request_uri":"urn:one"}' },
    },
  })
  .url('authorize', 'https://login.demo.test/t1/authorize?client_id=c-17&request_uri=urn%3Aone');
const outOfSight = edit().url(
  'authorize',
  'https://login.demo.test/t1/authorize?client_id=c-17&request_uri=urn%3Aother',
);

ruleTable('client-pkce-missing', {
  valid: { 'both halves': edit() },
  invalid: {
    'no challenge': [
      edit().query('authorize', { code_challenge: undefined }),
      { message: 'the authorization request has no code_challenge', at: 'authorize/request' },
    ],
    'no verifier': [
      edit().form('token', { code_verifier: undefined }),
      { message: 'the code exchange has no code_verifier', at: 'token/request' },
    ],
    'no challenge in a pushed request': [pushed, { message: 'no code_challenge' }],
  },
  inconclusive: {
    'a pushed request that is not in the trace': outOfSight,
    'a request object': edit().query('authorize', { request: 'eyJhbGciOiJub25lIn0.e30.' }),
  },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});

ruleTable('client-pkce-weak', {
  valid: {
    'S256 and a fresh verifier': edit(),
    'a page that was loaded again': edit().again('authorize'),
    'no challenge at all, which has a rule of its own': edit().query('authorize', {
      code_challenge: undefined,
      code_challenge_method: undefined,
    }),
    'a verifier of which nothing is known': edit().form('token', {
      code_verifier: '<code_verifier abcdefghijkl>',
    }),
  },
  invalid: {
    plain: [
      edit().query('authorize', { code_challenge_method: 'plain' }),
      { message: '"plain", expected "S256"', at: 'authorize/request/url' },
    ],
    'no method, which means plain': [
      edit().query('authorize', { code_challenge_method: undefined }),
      { message: 'absent, expected "S256"' },
    ],
    'a short verifier': [
      edit().form('token', { code_verifier: 'short' }),
      { message: 'has 5 characters', at: 'token/request/body' },
    ],
    'a verifier of other characters': [
      edit().form('token', { code_verifier: `${VERIFIER}+/` }),
      { message: 'some of them not unreserved' },
    ],
    'a challenge used for two states': [
      edit().again('authorize').query(100, { state: 'Another-state-0123456789-0123456789' }),
      { message: 'code_challenge was used before', at: '100/request' },
    ],
    'a verifier used for two codes': [
      edit().again('token').form(100, { code: 'code-2' }),
      { message: 'code_verifier was used before' },
    ],
  },
  inconclusive: { 'a pushed request that is not in the trace': outOfSight },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});

ruleTable('client-pkce-weak', {
  valid: {
    'a labelled verifier with its entry': edit({
      ...edit().form('token', { code_verifier: `<code_verifier ${CHALLENGE.slice(0, 12)}>` }).trace,
      secrets: [
        {
          label: `<code_verifier ${CHALLENGE.slice(0, 12)}>`,
          length: 43,
          alphabet: 'unreserved',
        },
      ],
    }),
  },
});
