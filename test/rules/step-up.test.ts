import { stepUpRules } from '../../src/rules/step-up.ts';
import { pick } from './pick.ts';
import { accessToken, type Edit, edit, happyTrace, ruleTable } from './support.ts';

const POINTER = 'resource_metadata="https://api.demo.test/.well-known/oauth-protected-resource"';
const demanding = (scope: string, start: Edit = edit()): Edit =>
  start
    .status('call', 403)
    .header(
      'call',
      'www-authenticate',
      `Bearer error="insufficient_scope", scope="${scope}", ${POINTER}`,
    );
const challenged = (value: string | undefined, start = edit()): Edit =>
  start.status('call', 403).header('call', 'www-authenticate', value);

/** A second authorization that asked for both scopes and got what `granted` says. */
const again = (granted: string): Edit =>
  demanding('notes.write')
    .again('authorize', (one) => one, 101)
    .query(101, { scope: 'notes.read notes.write' })
    .again('token', (one) => one, 102)
    .body(102, { access_token: 'second', scope: granted })
    .again('call', (one) => one, 103)
    .requestHeader(103, 'authorization', 'Bearer second');

const inAnyOrder = (start: Edit): Edit =>
  edit({
    ...start.trace,
    trace_log: [...start.trace.trace_log].sort((one, other) => one.id - other.id),
  });

ruleTable(pick(stepUpRules, 'mcp-scope-contradiction'), {
  valid: {
    'the scope is new': demanding('notes.write'),
    'one of two scopes is new': demanding('notes.read notes.write'),
  },
  invalid: {
    'the token holds the scope': [
      demanding('notes.read'),
      {
        message: 'asks for scope "notes.read", which its token holds already ("notes.read")',
        at: 'call/response/headers/www-authenticate',
      },
    ],
    'the scope was asked for and the answer names none': [
      demanding('notes.read', edit().body('token', { scope: undefined })),
    ],
    'the refreshed token keeps the scope': [
      edit()
        .body('refresh', { scope: undefined })
        .status('refreshed-list', 403)
        .header(
          'refreshed-list',
          'www-authenticate',
          'Bearer error="insufficient_scope", scope="notes.read"',
        ),
    ],
    'the token request names the scope': [
      demanding('a', edit().body('token', { scope: undefined }).form('token', { scope: 'a b' })),
    ],
  },
  inconclusive: {
    'no scope is named': challenged('Bearer error="insufficient_scope"'),
    'the scope is no scope': challenged('Bearer error="insufficient_scope", scope="a,  b"'),
    'the token is not of this trace': demanding('x').without('token', 'refresh'),
  },
  notApplicable: { 'nothing was refused': edit() },
});

ruleTable(pick(stepUpRules, 'insufficient-scope-loop'), {
  valid: {
    'asked once': demanding('notes.write'),
    'the second token holds the scope': inAnyOrder(again('notes.read notes.write')),
    'the scope was never asked for': inAnyOrder(again('notes.read').query(101, { scope: 'x' })),
  },
  invalid: {
    'the second token lacks it again': [
      inAnyOrder(again('notes.read')),
      { message: 'asks for scope "notes.write" again after a new authorization' },
    ],
  },
  inconclusive: { 'no scope is named': challenged('Bearer error="insufficient_scope"') },
  notApplicable: { 'nothing was refused': edit() },
});

ruleTable(pick(stepUpRules, 'insufficient-scope-challenge'), {
  valid: {
    'all is named': demanding('notes.write'),
    'the error alone on 2025-03-26': challenged(
      'Bearer error="insufficient_scope"',
      edit(happyTrace('2025-03-26')),
    ),
    'all is named in a trace without revision': demanding('x').revision('auto', null),
  },
  invalid: {
    'the error is missing': [
      challenged(`Bearer scope="x", ${POINTER}`),
      { message: 'lacks error="insufficient_scope"', at: 'call/response/headers/www-authenticate' },
    ],
    'another error': [
      challenged(`Bearer error="invalid_token", scope="x", ${POINTER}`),
      { message: 'with error="invalid_token" lacks error=' },
    ],
    'scope and pointer are missing': [
      challenged('Bearer error="insufficient_scope"'),
      { message: 'lacks scope, resource_metadata' },
    ],
    'another status': [
      demanding('x').status('call', 401),
      { message: 'came with status 401, expected 403', at: 'call/response/status' },
    ],
    'only the body speaks of the scope': [
      edit().answer('call', 403, { error: 'insufficient_scope' }),
      { message: 'without a Bearer challenge' },
    ],
  },
  inconclusive: { 'a 403 that says nothing': challenged(undefined) },
  notApplicable: { 'nothing was refused': edit() },
});

/** Refused, asked again and refused again, this many times. */
const loop = (times: number): Edit => {
  const rounds = Array.from({ length: times }, (_, index) => 200 + index * 2);
  const grown = rounds.reduce(
    (trace, id) =>
      trace
        .again('authorize', (one) => one, id)
        .again('call', (one) => one, id + 1)
        .requestHeader(id + 1, 'authorization', `Bearer ${accessToken('2025-11-25', id, 'x')}`),
    demanding('notes.write'),
  );
  return inAnyOrder(grown);
};

ruleTable(pick(stepUpRules, 'client-step-up-retry-limit'), {
  valid: {
    'three times': loop(3),
    'redirects of one authorization': inAnyOrder(
      Array.from({ length: 6 }, (_, index) => 200 + index).reduce(
        (trace, id) => trace.again('authorize', (one) => one, id),
        demanding('x'),
      ),
    ),
    'another call in between': inAnyOrder(
      loop(1).requestBody('call', { method: 'resources/read', params: { uri: 'a:b' } }),
    ),
    'a call without a name': inAnyOrder(loop(1).requestBody('call', { params: {} })),
  },
  invalid: {
    'four times': [
      loop(4),
      {
        message: '"tools/call whoami" was followed by 4 authorizations',
        at: '207/response/status',
      },
    ],
  },
  inconclusive: { 'nobody knows what was refused': inAnyOrder(demanding('x').cutRequest('call')) },
  notApplicable: { 'nothing was refused': edit() },
});
