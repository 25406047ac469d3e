import { callRules } from '../../src/rules/call.ts';
import { pick } from './pick.ts';
import { accessToken, edit, jwt, MCP_URL, ruleTable } from './support.ts';

const none = edit().without('token', 'refresh');
const unanswered = edit()
  .noAnswer('hello', 'ECONNRESET', 'wait')
  .noAnswer('initialized', 'ECONNRESET', 'wait')
  .noAnswer('list', 'ECONNRESET', 'wait')
  .noAnswer('call', 'ECONNRESET', 'wait')
  .noAnswer('refreshed-list', 'ECONNRESET', 'wait')
  .noAnswer('goodbye', 'ECONNRESET', 'wait');
const anonymous = edit().trace.trace_log[0]?.response ?? null;
const refused = edit().answer('list', 401, { error: 'invalid_token' });

/** The trace with another first token, shown and refused. */
const withToken = (token: string) =>
  edit()
    .body('token', { access_token: token })
    .requestHeader('list', 'authorization', `Bearer ${token}`)
    .answer('list', 401, {});
const claims = {
  iss: 'https://login.demo.test/t1',
  aud: MCP_URL,
  exp: Date.parse('2026-01-15T11:30:00Z') / 1000,
};
const refusedWith = (description: string) =>
  edit()
    .answer('list', 401, {})
    .header('list', 'www-authenticate', `Bearer error_description="${description}"`);

ruleTable(pick(callRules, 'mcp-fresh-token-rejected'), {
  valid: {
    'every token is taken': edit(),
    'more scope is asked for': edit()
      .answer('list', 401, {})
      .header('list', 'www-authenticate', 'Bearer error="insufficient_scope"'),
    'a DPoP nonce is asked for': edit()
      .answer('list', 401, {})
      .header('list', 'www-authenticate', 'DPoP error="use_dpop_nonce"'),
    'an older token': edit()
      .requestHeader(
        'refreshed-list',
        'authorization',
        `Bearer ${accessToken('2025-11-25', 1, 'notes.read')}`,
      )
      .answer('refreshed-list', 401, {}),
    'an expired token': edit().body('token', { expires_in: 0 }).answer('list', 401, {}),
    'a token of unknown lifetime after some minutes': edit()
      .body('token', { expires_in: undefined })
      .exchange('list', (one) => ({ ...one, started_at: '2026-01-15T10:40:00.000Z' }))
      .answer('list', 401, {}),
    'a revoked token': edit()
      .form('revocation', { token: accessToken('2025-11-25', 2, 'notes.read') })
      .again('refreshed-list', (one) => one, 30)
      .answer(30, 401, {}),
    'the server moved to another authorization server': refused
      .again('prm', (one) => one, 100)
      .body(100, { authorization_servers: ['https://new.demo.test'] }),
  },
  invalid: {
    'a token just issued': [
      refused,
      {
        message: 'tools/list was answered 401 though its token was 0 s old and good for 3600 s',
        at: 'list/response/status',
      },
    ],
    'the server names the same authorization server again': [
      refused.again('prm', (one) => one, 100),
      {},
    ],
    'a lifetime in text': [
      edit().body('token', { expires_in: '3600' }).answer('list', 401, {}),
      { message: 'good for 3600 s' },
    ],
    'an opaque token of unknown lifetime': [
      withToken('opaque-token').body('token', { expires_in: {} }),
      { message: 'good for 60 s' },
    ],
    'another audience': [
      withToken(jwt({}, { ...claims, aud: 'https://other.test' })),
      { message: `the token's aud is "https://other.test", the resource is "${MCP_URL}"` },
    ],
    'no audience and another issuer': [
      withToken(jwt({}, { exp: claims.exp, iss: 'https://x.test' })),
      { message: `the token's iss is "https://x.test"` },
    ],
    'no issuer': [withToken(jwt({}, { ...claims, iss: undefined })), { message: 'iss is null' }],
    'an exp in the past': [
      withToken(jwt({}, { ...claims, exp: 12 })).without('prm'),
      { message: 'its exp lies in the past' },
    ],
    'an nbf in the future': [
      withToken(jwt({}, { ...claims, nbf: claims.exp })),
      { message: 'its nbf lies in the future still', fix: 'seconds of difference' },
    ],
    'a token that was taken before': [
      refused,
      { message: 'initialize was answered 200 to the same token', fix: 'every instance' },
    ],
    'the answer of a request without a token': [
      edit().exchange('hello', ({ response: _, ...one }) => ({ ...one, response: anonymous })),
      { message: 'without a token is answered word for word so', fix: 'header arrives' },
    ],
    'an explanation in the challenge': [
      refusedWith('unknown key'),
      { message: 'the server says "unknown key"' },
    ],
    'an explanation in a JSON-RPC error': [
      edit().answer('list', 401, { error: { message: 'bad signature' } }),
      { message: '"bad signature"' },
    ],
    'an explanation in text': [
      edit().text('list', 'go away', 'text/plain').status('list', 401),
      { message: '"go away"' },
    ],
    'an explanation nowhere': [
      edit().response('list', () => ({ status: 401, headers: [], body: null })),
      { message: 'expected it to be accepted' },
    ],
  },
  inconclusive: { 'no call was answered': unanswered },
  notApplicable: {
    'no token was issued': none,
    'another token was shown': edit().body('token', { access_token: 7 }).without('refresh'),
  },
});

ruleTable(pick(callRules, 'authorization-header-stripped'), {
  valid: {
    'every token is taken': edit(),
    'the answer fits a bad token as well': refusedWith('Missing or invalid access token'),
    'no reason is given': refused,
    ...Object.fromEntries(
      [
        'No matching key for access token',
        'Access token not found',
        'The access token is missing required scopes',
        'Token has no audience for this authorization server',
        'There is no user behind this access token',
      ].map((text) => [text, refusedWith(text)]),
    ),
  },
  invalid: {
    ...Object.fromEntries(
      [
        'No authorization header',
        'Missing the required Bearer token',
        'Request is missing an access token',
        'Authorization header is missing.',
        'Authorization header not found',
        'No credentials were given',
      ].map((text) => [text, [refusedWith(text)] as const]),
    ),
    'the header is said to be missing': [
      refusedWith('Missing Authorization header'),
      { message: '"Missing Authorization header"', at: 'list/response/status' },
    ],
    'the token is said not to be there': [
      edit().answer('list', 401, { message: 'Access token not provided' }),
      { message: 'not provided' },
    ],
  },
  inconclusive: { 'no call was answered': unanswered },
  notApplicable: { 'no token was issued': none },
});

ruleTable(pick(callRules, 'bearer-middleware-needs-expiry'), {
  valid: { 'every token is taken': edit(), 'another reason': refused },
  invalid: {
    'no expiry': [
      edit().answer('list', 401, { error_description: 'Token has no expiration time' }),
      { message: 'no expiration time' },
    ],
  },
  inconclusive: { 'no call was answered': unanswered },
  notApplicable: { 'no token was issued': none },
});

ruleTable(pick(callRules, 'expired-token-hidden-in-tool-error'), {
  valid: {
    'the call worked': edit(),
    'the tool failed for another reason': edit().body('call', {
      result: { isError: true, content: [{ type: 'text', text: 'no such file' }, 7, {}] },
    }),
    'a number that is no status': edit().body('call', {
      result: { isError: true, content: [{ type: 'text', text: 'Order 401 does not exist' }] },
    }),
    'a failure without content': edit().body('call', { result: { isError: true, content: 'x' } }),
    'an error without message': edit().body('call', { result: undefined, error: {} }),
  },
  invalid: {
    'the tool asks for a login': [
      edit().body('call', {
        result: { isError: true, content: [{ type: 'text', text: 'Please sign in again' }] },
      }),
      {
        message: 'tools/call was answered 200 with "Please sign in again"',
        at: 'call/response/body',
      },
    ],
    ...Object.fromEntries(
      ['401 Client Error', 'Request failed with status code 401', 'HTTP 401', '"status":401'].map(
        (text) => [
          text,
          [edit().body('call', { result: { isError: true, content: [{ type: 'text', text }] } })],
        ],
      ),
    ),
    'a JSON-RPC error speaks of the token': [
      edit().body('call', { result: undefined, error: { code: -32001, message: 'Unauthorized' } }),
      { message: '"Unauthorized"' },
    ],
  },
  inconclusive: { 'no call was answered': unanswered },
  notApplicable: { 'no token was shown': edit().failedAt('token') },
});
