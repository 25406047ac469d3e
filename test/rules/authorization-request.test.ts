import { edit, ruleTable, STATE } from './support.ts';

ruleTable('client-state-missing', {
  valid: {
    'a fresh state': edit(),
    'a page that was loaded again': edit().again('authorize'),
    'a wrong state that was dropped': edit()
      .query('callback', { state: 'forged' })
      .failedAt('authorization'),
    'a wrong state that the user told us to go on with': edit()
      .query('callback', { state: 'forged' })
      .metadata({ lenient: true }),
    'a state of which nothing is known': edit()
      .query('authorize', { state: '<state abcdefghijkl>' })
      .query('callback', { state: '<state abcdefghijkl>' }),
    'a callback without a code': edit().query('callback', { code: undefined, state: 'forged' }),
  },
  invalid: {
    none: [
      edit().query('authorize', { state: undefined }),
      { message: 'has no state', at: 'authorize/request' },
    ],
    'a short one': [
      edit().query('authorize', { state: 'abc' }).query('callback', { state: 'abc' }),
      { message: 'state has 3 characters', at: 'authorize/request/url' },
    ],
    'one used for two challenges': [
      edit()
        .again('authorize')
        .query(100, { code_challenge: 'x'.repeat(43) }),
      { message: 'state was used before' },
    ],
    'a wrong one that was not dropped': [
      edit().query('callback', { state: `${STATE}x` }),
      { message: 'came with another state', at: 'token/request/body' },
    ],
  },
  inconclusive: {
    'a request object': edit().query('authorize', { request: 'eyJhbGciOiJub25lIn0.e30.' }),
  },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});

ruleTable('client-redirect-uri-insecure', {
  valid: {
    'a loopback address': edit(),
    https: edit().query('authorize', { redirect_uri: 'https://tools.example.com/cb' }),
    'none, where one is registered': edit().query('authorize', { redirect_uri: undefined }),
    'the form driver behind the login': edit().again('authorize', (one) => ({
      ...one,
      caused_by: 5,
      request: {
        ...one.request,
        url: 'http://idp.test/?response_type=code&redirect_uri=http://x.test',
      },
    })),
  },
  invalid: {
    'http on another host': [
      edit().query('authorize', { redirect_uri: 'http://tools.example.com/cb' }),
      { message: 'http://tools.example.com/cb', at: 'authorize/request/url' },
    ],
    'a private-use scheme': [
      edit().query('authorize', { redirect_uri: 'com.example.app:/cb' }),
      { severity: 'warning' },
    ],
    'a script': [
      edit().query('authorize', { redirect_uri: 'javascript:alert(1)' }),
      { message: 'javascript' },
    ],
    'no URL': [edit().query('authorize', { redirect_uri: '/callback' })],
  },
  inconclusive: {
    'a request object': edit().query('authorize', { request: 'eyJhbGciOiJub25lIn0.e30.' }),
  },
  notApplicable: { 'no authorization': edit().failedAt('registration') },
});
