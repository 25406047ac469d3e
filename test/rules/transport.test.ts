import { transportRules } from '../../src/rules/transport.ts';
import { pick } from './pick.ts';
import { type Edit, edit, exchangeOf, MCP_URL, ruleTable, textBody } from './support.ts';

const CALLS = ['challenge', 'hello', 'initialized', 'list', 'call', 'refreshed-list'] as const;
const silent = CALLS.reduce(
  (trace: Edit, part) => trace.noAnswer(part, 'ECONNRESET', 'wait'),
  edit(),
);
const noCalls = edit().without(...CALLS, 'goodbye');
const cut = edit().response('list', (one) => ({
  ...one,
  body: { media_type: 'application/json', size: 900, text: '{"jsonrpc"', truncated: true },
}));

const failedPosts = CALLS.reduce((trace: Edit, part) => trace.status(part, 404), edit());
const stream = (text: string, type = 'text/event-stream') =>
  failedPosts.add({
    ...exchangeOf(
      'goodbye',
      'call',
      { url: MCP_URL },
      { status: 200, headers: [['content-type', type]], body: textBody(text, type) },
    ),
    id: 40,
  });

/** Everything after the failed POSTs goes to the endpoint that the stream names, and is answered on it. */
const oldTransport = (['list', 'call', 'refreshed-list'] as const).reduce(
  (trace: Edit, part) =>
    trace
      .url(part, new URL('/messages?id=2', MCP_URL).href)
      .text(part, 'Accepted', 'text/plain')
      .status(part, 202),
  stream('event: endpoint\ndata: /messages?id=1\n\n'),
);

ruleTable(pick(transportRules, 'transport-content-type'), {
  valid: {
    'answers on the stream of the old transport': oldTransport,
    'JSON everywhere': edit(),
    'parameters do not matter': edit().header('list', 'content-type', 'application/json; a=b'),
    'an event stream': edit().text('list', ': ping\n\ndata: {}\n\n', 'text/event-stream'),
    'a refusal may be text': edit().text('list', 'no', 'text/plain').status('list', 500),
  },
  invalid: {
    'a page': [
      edit().text('list', '<html>', 'text/html; charset=utf-8'),
      {
        message: 'tools/list was answered 200 with content-type "text/html"',
        at: 'list/response/headers/content-type',
      },
    ],
    'JSON as an event stream': [
      edit().text('list', '{"jsonrpc":"2.0"}', 'text/event-stream'),
      { message: 'content-type "text/event-stream", expected application/json for a body of JSON' },
    ],
    'an event stream as JSON': [
      edit().text('list', 'event: message\ndata: {}\n\n', 'application/json'),
      { message: 'expected text/event-stream for a body of events' },
    ],
    'nothing at all': [
      edit().response('call', () => ({ status: 202, headers: [], body: null })),
      {
        message: 'tools/call was answered 202 with an empty body and no content-type',
        fix: 'notifications alone',
      },
    ],
  },
  inconclusive: { 'no answer': silent, 'an answer was cut': cut },
  notApplicable: { 'nothing was asked': noCalls },
});

ruleTable(pick(transportRules, 'transport-notification-status'), {
  valid: {
    '202 and nothing else': edit(),
    'a word on the old transport': oldTransport
      .url('initialized', new URL('/messages', MCP_URL).href)
      .text('initialized', 'Accepted', 'text/plain')
      .status('initialized', 202),
    'the token is refused': edit().status('initialized', 401),
    'the scope is refused': edit().status('initialized', 403),
  },
  invalid: {
    'another status': [
      edit().status('initialized', 200),
      { message: 'was answered 200, expected 202', at: 'initialized/response/status' },
    ],
    'a body': [
      edit().text('initialized', 'ok', 'text/plain'),
      { message: 'answered 202 with 2 bytes', at: 'initialized/response/body' },
    ],
    'a refusal': [edit().status('initialized', 400), { message: 'answered 400' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'it was not sent': edit().without('initialized') },
});

ruleTable(pick(transportRules, 'transport-legacy-sse-only'), {
  valid: {
    'POST works': edit(),
    'the refusal is modern': failedPosts.body('hello', {
      result: undefined,
      error: { code: -32022, message: 'Unsupported' },
    }),
    'the stream begins otherwise': stream('event: message\ndata: {}\n\n'),
    'the GET answers JSON': stream('event: endpoint', 'application/json'),
    'POST is refused for another reason': CALLS.reduce(
      (trace: Edit, part) => trace.status(part, 401),
      edit(),
    ),
  },
  invalid: {
    'the stream begins with its endpoint': [
      stream('event: endpoint\ndata: /messages?id=1\n\n'),
      { message: 'POST was answered 404 and GET opened', at: '40/response/body' },
    ],
    'the client went on there': [oldTransport, { at: '40/response/body' }],
  },
  inconclusive: { 'no GET was tried': failedPosts },
  notApplicable: { 'nothing was asked': noCalls },
});

ruleTable(pick(transportRules, 'transport-jsonrpc-id-mismatch'), {
  valid: {
    'the ids agree': edit(),
    'an error without id': edit().body('list', { id: null, result: undefined, error: { code: 1 } }),
    'a notification before the response': edit().text(
      'list',
      'data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\ndata: {"jsonrpc":"2.0","id":2,"result":{}}\n\n',
      'text/event-stream',
    ),
  },
  invalid: {
    'a string for a number': [
      edit().body('list', { id: '2' }),
      {
        message: 'tools/list with id 2 was answered with id "2"',
        at: 'list/response/body/id',
      },
    ],
    'no id': [edit().body('call', { id: undefined }), { message: 'answered with id' }],
  },
  inconclusive: { 'no answer': silent, 'an answer was cut': cut },
  notApplicable: { 'nothing was asked': noCalls },
});

ruleTable(pick(transportRules, 'transport-accept-rejected'), {
  valid: { 'it is accepted': edit() },
  invalid: {
    'a 406': [
      edit().status('hello', 406),
      {
        message: 'initialize with Accept "application/json, text/event-stream" was answered 406',
        at: 'hello/response/status',
      },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'nothing was asked': noCalls },
});

ruleTable(pick(transportRules, 'mcp-accept-406'), {
  valid: { 'any type gets JSON': edit().requestHeader('list', 'accept', '*/*') },
  invalid: {
    'any type gets 406': [
      edit().requestHeader('list', 'accept', '*/*').status('list', 406),
      { message: 'tools/list with Accept "*/*" was answered 406' },
    ],
    'no header gets 406': [
      edit().requestHeader('list', 'accept', undefined).status('list', 406),
      { message: 'Accept null' },
    ],
  },
  inconclusive: {
    'no answer': edit()
      .requestHeader('list', 'accept', '*/*')
      .noAnswer('list', 'ECONNRESET', 'wait'),
  },
  notApplicable: { 'every request lists both': edit() },
});
