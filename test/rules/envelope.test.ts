import { envelopeRules } from '../../src/rules/envelope.ts';
import { tokenPlacementRules } from '../../src/rules/token-placement.ts';
import { pick } from './pick.ts';
import { accessToken, type Edit, edit, happyTrace, type Part, ruleTable } from './support.ts';

const modern = (): Edit => edit(happyTrace('2026-07-28'));
const without = (part: Part, header: string, start = edit()): Edit =>
  start.requestHeader(part, header, undefined);
const params = (part: Part, value: object): Edit => modern().requestBody(part, { params: value });

ruleTable(pick(envelopeRules, 'client-modern-envelope'), {
  valid: {
    'all is there': modern(),
    'a name that is not ASCII': modern()
      .requestBody('call', {
        params: {
          name: 'größe',
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      })
      .requestHeader('call', 'mcp-name', '=?base64?Z3LDtsOfZQ==?='),
    'a notification has no rules': modern().requestBody('call', { id: undefined }),
  },
  invalid: {
    'no version header': [
      without('list', 'mcp-protocol-version', modern()),
      {
        message: 'tools/list has mcp-protocol-version null, expected "2026-07-28"',
        at: 'list/request/headers/mcp-protocol-version',
      },
    ],
    'another method in the header': [
      modern().requestHeader('list', 'mcp-method', 'tools/call'),
      { message: 'mcp-method "tools/call", expected "tools/list"' },
    ],
    'no name': [without('call', 'mcp-name', modern()), { message: 'mcp-name null' }],
    'one media type': [
      modern().requestHeader('list', 'accept', 'application/json'),
      { message: 'tools/list has Accept "application/json"' },
    ],
    'no metadata': [
      params('list', {}),
      {
        message: 'has no io.modelcontextprotocol/protocolVersion in _meta',
        at: 'list/request/body/params/_meta',
      },
    ],
    'no metadata and no header': [
      without('list', 'mcp-protocol-version', params('list', {})),
      { message: 'mcp-protocol-version null, expected it' },
    ],
    'a session': [
      modern().requestHeader('list', 'mcp-session-id', 'abc'),
      { message: 'carries mcp-session-id', at: 'list/request/headers/mcp-session-id' },
    ],
  },
  inconclusive: {
    'a request that was not recorded whole': modern().cutRequest('call'),
    'not one request was': ['challenge', 'hello', 'list', 'call', 'refreshed-list'].reduce(
      (trace, part) => trace.cutRequest(part as Part),
      modern(),
    ),
  },
  notApplicable: {
    'a run that settled on nothing and sent nothing modern': edit().revision('auto', null),
    'no call': modern().without('challenge', 'hello', 'list', 'call', 'refreshed-list'),
  },
});

ruleTable(pick(envelopeRules, 'client-legacy-envelope'), {
  valid: {
    'all is there': edit(),
    'no version on 2025-03-26': edit(happyTrace('2025-03-26')),
    'no handshake, no session': without('list', 'mcp-session-id', edit().without('hello')),
    'a ping during the handshake': edit()
      .again('hello', (one) => one, 40)
      .requestBody(40, { method: 'ping' })
      .requestHeader(40, 'mcp-session-id', 'session-1f0c9a52-7d3e-4b7a-9c55-0a6f4f1e2d3b')
      .requestHeader(40, 'mcp-protocol-version', '2025-11-25'),
    'a server without sessions': without(
      'list',
      'mcp-session-id',
      edit().header('hello', 'mcp-session-id', undefined),
    ),
    'a handshake whose answer names no version': without(
      'list',
      'mcp-protocol-version',
      edit().body('hello', { result: {} }),
    ),
    'a handshake after the end': edit().again('hello', (one) => one, 40),
  },
  invalid: {
    'any type': [
      edit().requestHeader('list', 'accept', '*/*'),
      { message: 'tools/list has Accept "*/*"', at: 'list/request/headers/accept' },
    ],
    'no Accept': [without('hello', 'accept'), { message: 'Accept null' }],
    'no session': [
      without('list', 'mcp-session-id'),
      {
        message: 'tools/list carries no mcp-session-id',
        at: 'list/request/headers/mcp-session-id',
      },
    ],
    'no session when it ends': [
      without('goodbye', 'mcp-session-id'),
      { message: 'DELETE carries no' },
    ],
    'no version': [
      without('list', 'mcp-protocol-version'),
      { message: 'tools/list carries no mcp-protocol-version' },
    ],
    'an unfinished handshake': [
      edit().without('initialized'),
      {
        message: 'tools/list was sent before notifications/initialized',
        at: 'list/request/body/method',
      },
    ],
  },
  inconclusive: { 'a request that was not recorded whole': edit().cutRequest('call') },
  notApplicable: {
    'no call': edit().without(
      'challenge',
      'hello',
      'initialized',
      'list',
      'call',
      'refreshed-list',
      'goodbye',
    ),
  },
});

const firstOf = ({ trace }: Edit) => trace.trace_log[0] as (typeof trace.trace_log)[number];
const TOKEN = accessToken('2025-11-25', 1, 'notes.read');

ruleTable(pick(tokenPlacementRules, 'client-token-placement'), {
  valid: {
    'in the header, always': edit(),
    'a new challenge without it': edit().add({ ...firstOf(edit()), id: 200 }),
    'before the first success': without('hello', 'authorization', edit()),
    'at the user info': edit()
      .body('asm', { userinfo_endpoint: 'https://login.demo.test/me' })
      .again('deletion', (one) => one, 200)
      .url(200, 'https://login.demo.test/me')
      .requestHeader(200, 'authorization', `Bearer ${TOKEN}`),
    'a probe': edit()
      .again('list', (one) => ({ ...one, channel: 'probe' }), 200)
      .url(200, `https://elsewhere.test/mcp?access_token=${TOKEN}`),
  },
  invalid: {
    'in a URL': [
      edit().url('list', `https://api.demo.test/team/mcp?t=${TOKEN}`),
      { message: 'stands in a URL', at: 'list/request/url' },
    ],
    'an unknown one in a URL': [
      edit().url('list', 'https://api.demo.test/team/mcp?access_token=x'),
      { message: 'stands in a URL' },
    ],
    'at another host': [
      edit().url('list', 'https://www.demo.test/team/mcp'),
      { message: 'sent to "https://www.demo.test"', at: 'list/request/headers/authorization' },
    ],
    'at no host': [edit().url('list', 'mcp'), { message: 'sent to "mcp"' }],
    'missing on the way': [
      without('goodbye', 'authorization'),
      { message: 'DELETE carries no Authorization', at: 'goodbye/request/headers/authorization' },
    ],
  },
  inconclusive: {
    'an answer of the token endpoint that was cut': edit().cut('token'),
    'the only one': edit().without('refresh').cut('token'),
  },
  notApplicable: { 'no token was issued': edit().without('token', 'refresh') },
});
