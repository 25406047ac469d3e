import { firstCallRules } from '../../src/rules/first-call.ts';
import { pick } from './pick.ts';
import { edit, happyTrace, ruleTable } from './support.ts';

const failing = (code: number, status = 200) =>
  edit()
    .body('hello', { result: undefined, error: { code, message: 'boom' } })
    .status('hello', status);

ruleTable(pick(firstCallRules, 'post-auth-mcp-error'), {
  valid: {
    'all works': edit(),
    'all works on 2026-07-28': edit(happyTrace('2026-07-28')),
    'the server has no tools': edit()
      .without('refreshed-list')
      .body('list', { result: undefined, error: { code: -32601, message: 'Method not found' } }),
    'the token is refused': edit().answer('hello', 401, {}),
    'the scope is refused': edit()
      .answer('hello', 403, {})
      .header('hello', 'www-authenticate', 'Bearer error="insufficient_scope"'),
    'a redirect': edit().response('hello', () => ({
      status: 307,
      headers: [['location', '/x']],
      body: null,
    })),
    'a failure the client got over': edit().answer('list', 500, {}),
  },
  invalid: {
    'a JSON-RPC error': [
      failing(-32603),
      {
        message: 'initialize was answered 200 with JSON-RPC error -32603 "boom"',
        at: 'hello/response/body/error',
      },
    ],
    'an error without code': [
      edit().body('hello', { result: undefined, error: {} }),
      { message: 'error null null' },
    ],
    'a refusal without challenge': [
      edit().answer('hello', 403, {}),
      { message: 'initialize was answered 403', at: 'hello/response/status' },
    ],
    'a crash': [
      edit().answer('refreshed-list', 500, { detail: 'JWKS unreachable' }),
      { message: 'tools/list was answered 500 ("JWKS unreachable")', fix: 'its log' },
    ],
    'a gateway': [edit().answer('refreshed-list', 502, {}), { fix: 'A gateway answers' }],
    'a limit': [edit().answer('refreshed-list', 429, {}), { fix: 'wait, or raise' }],
    'a slow answer': [
      edit().exchange('list', (one) => ({ ...one, timing: { ...one.timing, total_ms: 6_200 } })),
      { message: 'tools/list took 6.2 s', severity: 'warning', at: 'list/timing/total_ms' },
    ],
    'a tool without schema': [
      edit().body('list', {
        result: { tools: [{ name: 'a', inputSchema: { type: 'object' } }, { name: 'b' }] },
      }),
      {
        message: 'tool "b" has inputSchema null',
        at: 'list/response/body/result/tools/1/inputSchema',
      },
    ],
    'no list of tools': [
      edit().body('list', { result: {} }),
      { message: 'tools of the answer to tools/list is absent, expected an array' },
    ],
    'a tool of another type': [
      edit().body('list', { result: { tools: [{ inputSchema: { type: 'string' } }] } }),
      { message: 'tool null has inputSchema {"type":"string"}' },
    ],
  },
  inconclusive: {
    'no answer': edit()
      .noAnswer('hello', 'EPIPE', 'wait')
      .noAnswer('list', 'EPIPE', 'wait')
      .noAnswer('refreshed-list', 'EPIPE', 'wait'),
  },
  notApplicable: {
    'no call carried a token': edit().without('hello', 'list', 'refreshed-list'),
    'modern questions to a server of the older era': edit(happyTrace('2026-07-28')).revision(
      'auto',
      '2025-11-25',
    ),
  },
});
