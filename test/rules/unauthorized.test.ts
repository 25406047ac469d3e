import {
  challengeOn200,
  forbidden,
  notRequired,
  otherStatus,
  statusNot401,
} from '../../src/rules/unauthorized.ts';
import { edit, ruleTable } from './support.ts';

const refused = (status: number) =>
  edit().status('challenge', status).header('challenge', 'www-authenticate', undefined);
const answered = (result: object) =>
  refused(200).body('challenge', { jsonrpc: '2.0', id: 1, ...result });
/** initialize is open to everybody, tools/list is not. */
const openHandshake = answered({ result: {} })
  .again('challenge')
  .requestBody(100, { id: 2, method: 'tools/list', params: {} })
  .status(100, 403);
const silent = edit().noAnswer('challenge', 'ECONNREFUSED');
const unasked = edit().without('challenge');

ruleTable(statusNot401, {
  valid: {
    'a 401': edit(),
    'an open server': answered({ result: {} }),
    'a refusal of one message and a challenge of the next': edit().again('challenge', (one) => ({
      ...one,
      response: { status: 400, headers: [], body: null },
    })),
  },
  invalid: {
    'a 403 where a token helps': [
      refused(403),
      {
        message: 'initialize without a token was answered 403, with one 200; expected 401',
        at: 'challenge/response/status',
      },
    ],
    'a 400 where a token helps': [refused(400), { message: 'answered 400' }],
    'a 403 after an open handshake': [openHandshake, { message: 'tools/list without a token' }],
  },
  inconclusive: {
    'nothing is known of the message with a token': refused(403).failedAt('challenge'),
    'no answer': silent,
  },
  notApplicable: {
    'a server that was too busy': refused(503),
    'a token does not help': refused(403).status('hello', 403),
    'no request without a token': unasked,
  },
});

ruleTable(forbidden, {
  valid: { 'a 401': edit(), 'another status': refused(404) },
  invalid: {
    'a 403': [refused(403).failedAt('challenge'), { message: 'answered 403, expected 401' }],
    'the page of a firewall': [
      edit()
        .text('challenge', 'Your request was blocked.', 'text/plain')
        .status('challenge', 403)
        .failedAt('challenge'),
      {
        message: '403 ("Your request was blocked."), expected 401',
        fault: 'deployment',
        fix: 'firewall',
      },
    ],
    'a 403 after an open handshake': [openHandshake, { message: 'tools/list without a token' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'the challenge wants more scope': edit()
      .status('challenge', 403)
      .header('challenge', 'www-authenticate', 'Bearer error="insufficient_scope", scope="a"'),
    'no request without a token': unasked,
  },
});

ruleTable(otherStatus, {
  valid: {
    'a 401': edit(),
    'a 403, which another rule tells': refused(403),
    'a rate limit': refused(429),
  },
  invalid: {
    'a 406': [refused(406), { message: 'answered 406, expected 401' }],
    'a 500': [refused(500), { at: 'challenge/response/status' }],
    'a 404 of a server that speaks JSON-RPC': [
      edit().answer('challenge', 404, { jsonrpc: '2.0', id: 1, error: { code: -32001 } }),
      { message: 'answered 404, expected 401' },
    ],
    'a 501 of a server that speaks JSON-RPC': [
      edit().answer('challenge', 501, { jsonrpc: '2.0', id: 1, error: { code: -32601 } }),
      { message: 'answered 501, expected 401' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'no request without a token': unasked,
    'a page that nobody serves': refused(404),
    'a page that takes no POST': refused(405),
    'a web server that knows no POST': refused(501),
  },
});

ruleTable(notRequired, {
  valid: {
    'a 401': edit(),
    'an open server without metadata': answered({ result: {} })
      .status('prm', 404)
      .status('asm', 404),
    'an error is no result': answered({ error: { code: -32601, message: 'no' } }),
  },
  invalid: {
    'an open server with metadata': [
      answered({ result: { protocolVersion: '2025-11-25' } }),
      { message: 'although OAuth metadata is published', at: 'challenge/response/body' },
    ],
  },
  inconclusive: {
    'nobody looked for metadata': answered({ result: {} }).failedAt('challenge'),
    'no answer': silent,
  },
  notApplicable: { 'no request without a token': unasked },
});

ruleTable(challengeOn200, {
  valid: {
    'an open server': answered({ result: {} }),
    'another error': answered({ error: { code: -32601, message: 'Method not found' } }),
    'an error without a message': answered({ error: { code: 1 } }),
    'an error of a tool that has another reason': answered({
      result: { isError: true, content: [{ type: 'text', text: 'No such file' }, 'junk'] },
    }),
    'an error of a tool without content': answered({ result: { isError: true } }),
  },
  invalid: {
    'a challenge with status 200': [
      answered({ result: {} }).header('challenge', 'www-authenticate', 'Bearer'),
      {
        message: 'answered 200 with the challenge "Bearer", expected it with status 401',
        at: 'challenge/response/headers/www-authenticate',
      },
    ],
    'a JSON-RPC error that asks to sign in': [
      answered({ error: { code: -32001, message: 'Unauthorized' } }),
      { message: '"Unauthorized", expected status 401', at: 'challenge/response/body' },
    ],
    'a tool that asks to sign in': [
      answered({
        result: { isError: true, content: [{ type: 'text', text: 'Please sign in first' }] },
      }),
      { message: 'Please sign in first' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'a 401': edit(), 'no request without a token': unasked },
});
