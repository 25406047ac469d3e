import { modernRules } from '../../src/rules/modern.ts';
import { modernDetailRules } from '../../src/rules/modern-detail.ts';
import { pick } from './pick.ts';
import { type Edit, edit, happyTrace, type Part, ruleTable } from './support.ts';

const modern = (): Edit => edit(happyTrace('2026-07-28'));
const legacy = edit();
const CALLS = ['challenge', 'hello', 'list', 'call', 'refreshed-list'] as const;
const silent = CALLS.reduce((trace: Edit, part) => trace.noAnswer(part, 'EPIPE', 'wait'), modern());

/** A result with members set or, with undefined, removed. */
const result = (part: Part, members: object, start = modern()): Edit => {
  const text = start.trace.trace_log.find(({ id }) => id === IDS[part])?.response?.body?.text;
  const before = (JSON.parse(text ?? '{}') as { result?: object }).result;
  return start.body(part, { result: { ...before, ...members } });
};
const IDS: Partial<Record<Part, number>> = { hello: 11, list: 13, call: 14, 'refreshed-list': 16 };
const failing = (part: Part, code: number, status = 200): Edit =>
  modern()
    .status(part, status)
    .body(part, { result: undefined, error: { code, message: 'no' } });

ruleTable(pick(modernRules, 'modern-discover-missing'), {
  valid: { 'it answers': modern() },
  invalid: {
    'it is unknown': [
      failing('hello', -32601, 404),
      {
        message: 'server/discover was answered 404 with JSON-RPC error -32601',
        at: 'hello/response/status',
      },
    ],
    'it crashes': [
      modern().text('hello', 'oops', 'text/plain').status('hello', 500),
      { message: 'was answered 500, expected its result' },
    ],
    'no versions': [
      result('hello', { supportedVersions: [] }),
      {
        message: 'supportedVersions [], expected a list of versions',
        at: 'hello/response/body/result/supportedVersions',
      },
    ],
    'no capabilities': [
      result('hello', { capabilities: undefined }),
      { message: 'capabilities null, expected an object' },
    ],
  },
  inconclusive: { 'nothing succeeded': silent },
  notApplicable: {
    'it was not sent': modern().without('challenge', 'hello'),
    'another era': legacy,
  },
});

ruleTable(pick(modernRules, 'modern-result-type-missing'), {
  valid: {
    'it is there': modern(),
    'a tool asks for input': result('call', { resultType: 'input_required' }),
    'a type of an extension': result(
      'call',
      { resultType: 'task' },
      result('hello', { capabilities: { extensions: { 'x/tasks': {} } } }),
    ),
  },
  invalid: {
    'it is missing': [
      result('list', { resultType: undefined }),
      {
        message: 'the result of tools/list has resultType null',
        at: 'list/response/body/result/resultType',
      },
    ],
    'nobody knows it': [result('call', { resultType: 'task' }), { message: '"task"' }],
    'a list asks for input': [result('list', { resultType: 'input_required' })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'another era': legacy },
});

ruleTable(pick(modernRules, 'modern-cache-hints-invalid'), {
  valid: {
    'both hints': modern(),
    'an interim result has none': result('list', {
      resultType: 'input_required',
      ttlMs: undefined,
    }),
    'a shared discovery': result('hello', { cacheScope: 'public' }),
  },
  invalid: {
    'no time': [
      result('list', { ttlMs: undefined }),
      { message: 'tools/list has ttlMs null', at: 'list/response/body/result/ttlMs' },
    ],
    'a negative time': [result('list', { ttlMs: -1 }), { message: 'ttlMs -1' }],
    'no scope in an answer without type': [
      result('list', { cacheScope: undefined, resultType: undefined }),
      { message: 'cacheScope null' },
    ],
    'a shared list': [
      result('list', { cacheScope: 'public' }),
      { message: 'cacheScope "public", expected "private"', severity: 'info' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'another era': legacy },
});

ruleTable(pick(modernRules, 'modern-server-info-missing'), {
  valid: { 'it is there': modern() },
  invalid: {
    'no _meta': [
      result('call', { _meta: undefined }),
      {
        message: 'the result of tools/call has no serverInfo',
        at: 'call/response/body/result/_meta',
      },
    ],
    'another _meta': [result('call', { _meta: { a: 1 } })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'another era': legacy },
});

ruleTable(pick(modernRules, 'modern-session-id-minted'), {
  valid: { 'no session': modern() },
  invalid: {
    'a session': [
      modern().header('list', 'mcp-session-id', 'abc'),
      {
        message: 'the answer to tools/list carries Mcp-Session-Id',
        at: 'list/response/headers/mcp-session-id',
      },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'another era': legacy },
});

ruleTable(pick(modernRules, 'modern-server-initiated-request'), {
  valid: {
    'only answers': modern(),
    'a notification': modern().text(
      'list',
      'data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n',
      'text/event-stream',
    ),
  },
  invalid: {
    'a request on the stream': [
      modern().text(
        'list',
        'data: {"jsonrpc":"2.0","id":9,"method":"sampling/createMessage"}\n\n',
        'text/event-stream',
      ),
      { message: 'holds the request "sampling/createMessage"', at: 'list/response/body' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'another era': legacy },
});

ruleTable(pick(modernDetailRules, 'modern-reserved-error-code'), {
  valid: {
    'a code of the specification': failing('call', -32022),
    'a code of JSON-RPC': failing('call', -32602),
    'a code that is none': modern().body('call', { result: undefined, error: { code: 'x' } }),
  },
  invalid: {
    'a reserved code': [
      failing('call', -32050),
      {
        message: 'tools/call was answered with error code -32050',
        at: 'call/response/body/error/code',
      },
    ],
    'a retired code': [failing('call', -32002)],
  },
  inconclusive: { 'no answer': modern().noAnswer('call', 'TIMEOUT', 'wait') },
  notApplicable: { 'no error': modern() },
});

const initialize = (error: object): Edit =>
  modern().requestBody('call', { method: 'initialize' }).body('call', { result: undefined, error });

ruleTable(pick(modernDetailRules, 'modern-initialize-error-no-versions'), {
  valid: { 'they are named': initialize({ code: -32022, data: { supported: ['2026-07-28'] } }) },
  invalid: {
    'a bare error': [
      initialize({ code: -32601, message: 'Method not found' }),
      { message: 'refused with "Method not found"', at: 'call/response/body/error' },
    ],
    'an empty error': [initialize({}), { message: 'null' }],
    'words about the version': [initialize({ code: -32000, message: 'Old protocol version' })],
  },
  inconclusive: { 'no answer': edit().noAnswer('hello', 'TIMEOUT', 'wait') },
  notApplicable: {
    'initialize was not sent': modern(),
    'a 401 with a JSON-RPC error in it': initialize({ code: -32000 }).status('call', 401),
    'a crash': initialize({ code: -32603, message: 'Internal error' }),
    'a crash of the whole': initialize({ code: -32601, message: 'Oops' }).status('call', 500),
    'a session that is wanted': initialize({ code: -32000, message: 'No valid session ID' }),
  },
});

const tool = (inputSchema: unknown): Edit =>
  result('list', { tools: [{ name: 'sql', inputSchema }] });
const property = (schema: object): Edit => tool({ type: 'object', properties: { a: schema } });
const deep = (depth: number): object =>
  depth === 0 ? { 'x-mcp-header': '' } : { properties: { a: deep(depth - 1) } };

ruleTable(pick(modernDetailRules, 'modern-x-mcp-header-invalid'), {
  valid: {
    'no annotation': modern(),
    'a string': property({ type: 'string', 'x-mcp-header': 'Region' }),
    'an integer below': property({
      type: 'object',
      properties: { b: { type: 'integer', 'x-mcp-header': 'Count' } },
    }),
    'no list': result('list', { tools: 'none' }),
    'deeper than anybody looks': tool(deep(80)),
  },
  invalid: {
    'no header name': [
      property({ type: 'string', 'x-mcp-header': 'My Region' }),
      {
        message: 'tool "sql": x-mcp-header is "My Region", expected a header name',
        at: 'list/response/body/result/tools/0/inputSchema',
      },
    ],
    'twice, in another case': [
      tool({
        properties: {
          a: { type: 'string', 'x-mcp-header': 'A' },
          b: { type: 'string', 'x-mcp-header': 'a' },
        },
      }),
      { message: '"a" occurs again' },
    ],
    'a number': [property({ type: 'number', 'x-mcp-header': 'N' }), { message: 'type "number"' }],
    'no type': [property({ 'x-mcp-header': 'N' }), { message: 'type null' }],
    'below a list': [
      property({ anyOf: [{ type: 'string', 'x-mcp-header': 'N' }] }),
      { message: 'is not reached through properties' },
    ],
    'on the schema itself': [
      tool({ type: 'object', 'x-mcp-header': 'N' }),
      { message: 'is not reached' },
    ],
  },
  inconclusive: { 'no answer': modern().noAnswer('list', 'TIMEOUT', 'wait') },
  notApplicable: { 'another era': legacy },
});
