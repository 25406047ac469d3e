import { refreshRules } from '../../src/rules/refresh.ts';
import { pick } from './pick.ts';
import { edit, happyTrace, jwt, MCP_URL, ruleTable } from './support.ts';

const SENT = 'rt-1-Vw8Tn3Kx5Bq7Lm1Zr9Hc2Jd4Gf6Ps0Y';
const noRefresh = edit().without('refresh');
const unanswered = edit().noAnswer('refresh', 'ECONNRESET', 'wait');
const refused = (error: string, description?: string) =>
  edit().answer('refresh', 400, { error, error_description: description });

ruleTable(pick(refreshRules, 'refresh-failed'), {
  valid: {
    'new tokens came': edit(),
    'new tokens came at the second attempt': edit().again('refresh').answer('refresh', 429, {}),
  },
  invalid: {
    'an OAuth error': [
      refused('invalid_grant'),
      { message: 'was answered 400 "invalid_grant"', at: 'refresh/response/body/error' },
    ],
    'a page': [
      edit().text('refresh', '<h1>Error</h1>', 'text/html').status('refresh', 500),
      { message: 'was answered 500 without an access token' },
    ],
    'status 200 without a token': [
      edit().answer('refresh', 200, {}),
      { message: '200 without an access token' },
    ],
    'a client known by its Basic header': [
      edit()
        .form('refresh', { client_id: undefined })
        .answer('refresh', 401, { error: 'invalid_client' }),
    ],
  },
  inconclusive: {
    'no answer': unanswered,
    'half an answer': edit().text('refresh', '{"acc', 'application/json').brokenOff('refresh', 'X'),
    'a server that was too busy': edit().answer('refresh', 503, {}),
    'a nonce that was asked for first': refused('use_dpop_nonce'),
  },
  notApplicable: {
    'nothing was refreshed': noRefresh,
    'an older refresh token was sent': edit().form('refresh', { refresh_token: 'old' }),
    'another client sent it': edit().form('refresh', { client_id: 'other' }),
    'for another resource': edit().form('refresh', { resource: undefined }),
    'no refresh token was issued': edit().body('token', { refresh_token: undefined }),
  },
});

ruleTable(pick(refreshRules, 'refresh-not-rotated'), {
  valid: { 'a new one came': edit() },
  invalid: {
    'none came': [
      edit().body('refresh', { refresh_token: undefined }),
      { message: 'holds no refresh_token', at: 'refresh/response/body/refresh_token' },
    ],
    'the old one came back': [
      edit().body('refresh', { refresh_token: SENT }),
      { message: 'holds the refresh_token it was sent' },
    ],
    'on 2025-03-26 it is advice': [
      edit(happyTrace('2025-03-26')).body('refresh', { refresh_token: undefined }),
      { severity: 'warning' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('refresh', 'TIMEOUT', 'wait') },
  notApplicable: {
    'nothing was refreshed': noRefresh,
    'the refresh failed': refused('invalid_grant'),
    'the client has a secret': edit().form('refresh', { client_secret: 's' }),
    'the client signs': edit().form('refresh', { client_assertion: 'a' }),
    'the client sends Basic': edit().requestHeader('refresh', 'authorization', 'Basic eA=='),
    'the client proves possession': edit().requestHeader('refresh', 'dpop', 'proof'),
    'the token type is DPoP': edit().body('refresh', { token_type: 'DPoP' }),
    'the token is bound to a key': edit().body('refresh', {
      access_token: jwt({}, { cnf: { jkt: 'x' } }),
    }),
  },
});

const token = (claims: object) => jwt({}, { aud: MCP_URL, scope: 'notes.read', ...claims });

ruleTable(pick(refreshRules, 'refresh-audience-lost'), {
  valid: {
    'all is kept': edit(),
    'only the answers tell': edit()
      .body('token', { access_token: 'opaque-1' })
      .body('refresh', { access_token: 'opaque-2' }),
    'a scope in another order': edit()
      .body('token', { access_token: token({ scp: ['a', 'b'], scope: undefined }), scope: 'a b' })
      .body('refresh', { access_token: token({ scope: 'b a' }), scope: 'b a' }),
  },
  invalid: {
    'the audience changed': [
      edit().body('refresh', { access_token: token({ aud: 'https://other.test' }) }),
      {
        message: `aud is "https://other.test", expected "${MCP_URL}"`,
        at: 'refresh/response/body/access_token',
      },
    ],
    'the claim changed': [
      edit().body('refresh', { access_token: token({ scope: 'all' }) }),
      { message: 'scope is "all"' },
    ],
    'the echo changed': [
      edit().body('refresh', { scope: 'notes.read notes.write' }),
      { message: 'scope is "notes.read notes.write"', at: 'refresh/response/body/scope' },
    ],
  },
  inconclusive: {
    'opaque tokens': edit()
      .body('token', { access_token: 'opaque-1', scope: undefined })
      .body('refresh', { access_token: 'opaque-2', scope: undefined }),
  },
  notApplicable: {
    'nothing was refreshed': noRefresh,
    'less scope was asked for': edit().form('refresh', { scope: 'notes.read' }),
    'another resource was asked for': edit().form('refresh', { resource: 'https://b.test' }),
    'the first token is not in the trace': edit().without('token'),
  },
});

ruleTable(pick(refreshRules, 'refresh-rejects-resource'), {
  valid: {
    'new tokens came': edit(),
    'another error': refused('invalid_grant'),
    'the user is gone': refused('invalid_grant', 'The resource owner has been disabled'),
    'no resource was sent': refused('invalid_target').form('refresh', { resource: undefined }),
  },
  invalid: {
    invalid_target: [
      refused('invalid_target'),
      { message: `resource="${MCP_URL}" was answered 400 "invalid_target"` },
    ],
    'a description': [
      refused('invalid_request', 'Parameter resource is not allowed'),
      { message: '"invalid_request" "Parameter resource is not allowed"' },
    ],
  },
  inconclusive: { 'no answer': unanswered },
  notApplicable: { 'nothing was refreshed': noRefresh },
});

ruleTable(pick(refreshRules, 'refresh-needs-scope'), {
  valid: {
    'new tokens came': edit(),
    'another error': refused('invalid_grant'),
    'a grant without the scope': refused('invalid_grant', 'The token has no offline scope'),
    'a scope was sent': refused('invalid_scope').form('refresh', { scope: 'x' }),
  },
  invalid: {
    invalid_scope: [refused('invalid_scope'), { message: 'the refresh without scope' }],
    'the code of Entra': [
      refused('invalid_request', 'AADSTS90009: …'),
      { at: 'refresh/response/body/error' },
    ],
  },
  inconclusive: { 'no answer': unanswered },
  notApplicable: { 'nothing was refreshed': noRefresh },
});

const twice = (later: string, error = 'invalid_grant') =>
  edit()
    .again('refresh', (one) => ({ ...one, started_at: later }), 30)
    .answer(30, 400, { error });

ruleTable(pick(refreshRules, 'refresh-omits-new-token'), {
  valid: {
    'new tokens came': edit(),
    'the first refresh failed': refused('invalid_grant'),
    'another one had come': twice('2026-01-15T10:31:00.000Z'),
  },
  invalid: {
    'the old one was retired silently': [
      twice('2026-01-15T10:31:00.000Z').body('refresh', { refresh_token: undefined }),
      { message: 'after exchange 15 gave no other one', at: '30/response/body/error' },
    ],
  },
  inconclusive: { 'no answer': unanswered },
  notApplicable: { 'nothing was refreshed': noRefresh },
});

ruleTable(pick(refreshRules, 'refresh-no-grace'), {
  valid: {
    'new tokens came': edit(),
    'the second use came late': twice('2026-01-15T10:31:00.000Z'),
    'the token stays the same': twice('2026-01-15T10:30:01.000Z').body('refresh', {
      refresh_token: SENT,
    }),
  },
  invalid: {
    'a race': [
      twice('2026-01-15T10:30:02.000Z'),
      { message: '"invalid_grant" 2 s after its first use', at: '30/response/body/error' },
    ],
  },
  inconclusive: { 'no answer': unanswered },
  notApplicable: { 'nothing was refreshed': noRefresh },
});

ruleTable(pick(refreshRules, 'client-refresh-token-reused'), {
  valid: { 'used once': edit(), 'a race': twice('2026-01-15T10:30:02.000Z') },
  invalid: {
    'used long after': [twice('2026-01-15T10:31:00.000Z'), { at: '30/request/body/refresh_token' }],
  },
  inconclusive: {
    'after an answer that was cut': twice('2026-01-15T10:31:00.000Z').cut('refresh'),
    'after no answer': twice('2026-01-15T10:31:00.000Z').noAnswer('refresh', 'TIMEOUT', 'wait'),
  },
  notApplicable: { 'nothing was refreshed': noRefresh },
});
