import { sessionRules } from '../../src/rules/session.ts';
import { pick } from './pick.ts';
import { type Edit, edit, happyTrace, MCP_URL, ruleTable } from './support.ts';

const noSession = edit().header('hello', 'mcp-session-id', undefined);
const withSession = (id: string): Edit => edit().header('hello', 'mcp-session-id', id);
const later = (part: 'list', trace: Edit): Edit =>
  trace.exchange(part, (one) => ({ ...one, started_at: '2026-01-15T10:30:05.000Z' }));

ruleTable(pick(sessionRules, 'session-lost'), {
  valid: {
    'the session holds': edit(),
    'a DELETE may find it gone': edit().status('goodbye', 404),
    'the client had ended it': edit()
      .again('list', (one) => one, 40)
      .status(40, 404),
    'a 404 for a method that is not found': edit().answer('call', 404, {
      jsonrpc: '2.0',
      id: 3,
      error: { code: -32601, message: 'Method not found' },
    }),
    'a 404 where a redirect led': edit().url('list', `${MCP_URL}/`).status('list', 404),
    'a 400 about something else': edit().answer('list', 400, { message: 'bad cursor' }),
  },
  invalid: {
    'a 404 right after': [
      later('list', edit().status('list', 404)),
      {
        message: 'tools/list was answered 404 5 s after the server opened its session',
        at: 'list/response/status',
      },
    ],
    'a 400 about the session': [
      edit().answer('initialized', 400, { message: 'Server not initialized' }),
      { message: 'notifications/initialized was answered 400' },
    ],
  },
  inconclusive: {
    'the trace ends with the handshake': edit()
      .failedAt('call')
      .without('initialized', 'list', 'call'),
  },
  notApplicable: { 'no session was opened': noSession },
});

ruleTable(pick(sessionRules, 'transport-session-id-charset'), {
  valid: { 'visible characters': edit(), 'all of them': withSession('!~{"session"}-0123456789') },
  invalid: {
    'a blank': [
      withSession('session 1 of 2 0123'),
      { at: 'hello/response/headers/mcp-session-id' },
    ],
    'an umlaut': [withSession('sitzung-für-dich-0123'), { message: 'visible ASCII' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('hello', 'TIMEOUT', 'wait') },
  notApplicable: { 'no session was opened': noSession },
});

ruleTable(pick(sessionRules, 'transport-session-id-weak'), {
  valid: { 'a UUID': edit(), 'a redacted one of unknown length': withSession('<session_id #1>') },
  invalid: {
    'a counter': [
      withSession('42'),
      { message: 'has 2 characters', at: 'hello/response/headers/mcp-session-id' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('hello', 'TIMEOUT', 'wait') },
  notApplicable: { 'no session was opened': noSession },
});

const welcome = (protocolVersion: unknown): Edit =>
  edit().body('hello', { result: { protocolVersion, capabilities: {} } });

ruleTable(pick(sessionRules, 'init-version-unknown'), {
  valid: { 'the version asked for': edit(), 'an old one': welcome('2024-11-05') },
  invalid: {
    'nobody’s version': [
      welcome('1.0'),
      { message: 'is "1.0"', at: 'hello/response/body/result/protocolVersion' },
    ],
    'no version': [welcome(undefined), { message: 'is null' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('hello', 'TIMEOUT', 'wait') },
  notApplicable: {
    'no handshake succeeded': edit().status('hello', 500).body('hello', { result: 1 }),
  },
});

ruleTable(pick(sessionRules, 'protocol-version-rejected'), {
  valid: {
    'it is accepted': edit(),
    'another reason': edit().answer('list', 400, { message: 'bad cursor' }),
    'a version of the client’s own': edit()
      .requestHeader('list', 'mcp-protocol-version', '2030-01-01')
      .answer('list', 400, { message: 'Unsupported version' }),
    'metadata of 2025-03-26': edit(happyTrace('2025-03-26')),
  },
  invalid: {
    'the version it named': [
      edit().answer('list', 400, { message: 'Unsupported protocol version' }),
      {
        message: 'MCP-Protocol-Version "2025-11-25" was answered 400',
        at: 'list/response/status',
      },
    ],
    'on metadata': [
      edit(happyTrace('2025-03-26')).answer('asm', 400, { message: 'Bad protocol version' }),
      { message: '"2025-03-26"' },
    ],
  },
  inconclusive: {
    'no answer': edit()
      .without('initialized', 'call', 'refreshed-list', 'goodbye')
      .noAnswer('list', 'EPIPE', 'wait'),
  },
  notApplicable: {
    'nobody sent one': edit(happyTrace('2025-03-26')).requestHeader(
      'asm',
      'mcp-protocol-version',
      undefined,
    ),
  },
});
