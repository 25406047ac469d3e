import { edgeRules } from '../../src/rules/edge.ts';
import { pick } from './pick.ts';
import { type Edit, edit, ruleTable } from './support.ts';

const CALLS = [
  'challenge',
  'hello',
  'initialized',
  'list',
  'call',
  'refreshed-list',
  'goodbye',
] as const;
const silent = CALLS.reduce((trace: Edit, part) => trace.noAnswer(part, 'EPIPE', 'wait'), edit());
const none = edit().without(...CALLS);
const moved = (status: number, location: string): Edit =>
  edit().status('hello', status).header('hello', 'location', location);
const refusedWith = (text: string, status = 403, type = 'text/plain'): Edit =>
  edit().text('hello', text, type).status('hello', status);

ruleTable(pick(edgeRules, 'mcp-call-redirected'), {
  valid: { 'nothing moved': edit(), 'a status without location': edit().status('hello', 304) },
  invalid: {
    'a slash, body kept': [
      moved(307, '/team/mcp/'),
      {
        message: 'initialize was answered 307 to "/team/mcp/"',
        severity: 'warning',
        at: 'hello/response/headers/location',
      },
    ],
    'a slash, body lost': [moved(301, '/team/mcp/'), { severity: 'error' }],
    'another host': [moved(308, 'https://www.demo.test/team/mcp'), { severity: 'error' }],
    'a place nobody can go to': [moved(308, 'http://'), { severity: 'error' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no call': none },
});

ruleTable(pick(edgeRules, 'access-proxy-login-redirect'), {
  valid: { 'nothing moved': edit(), 'a slash': moved(307, '/team/mcp/') },
  invalid: {
    'a login': [
      moved(302, 'https://accounts.example.com/o/x?next=/mcp'),
      { message: 'expected JSON, not a login', at: 'hello/response/headers/location' },
    ],
    'a page': [
      refusedWith('<html>', 200, 'text/html; charset=utf-8'),
      { message: '200 with an HTML page', at: 'hello/response/headers/content-type' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no call': none },
});

ruleTable(pick(edgeRules, 'edge-blocks-ai-user-agent'), {
  valid: {
    'nothing is blocked': edit(),
    'a JSON refusal is the application’s': edit().answer('hello', 403, { message: 'no' }),
    'a challenge is the application’s': refusedWith('no').header(
      'hello',
      'www-authenticate',
      'Bearer error="insufficient_scope"',
    ),
    'the anonymous call is blocked': edit()
      .text('challenge', 'blocked', 'text/plain')
      .header('challenge', 'www-authenticate', undefined)
      .status('challenge', 403),
  },
  invalid: {
    'a text of the edge': [
      refusedWith('Your request was blocked.').header('hello', 'server', 'cloudflare'),
      {
        message: 'initialize with a token was answered 403 "text/plain" by "cloudflare"',
        at: 'hello/response/status',
      },
    ],
    'an empty refusal': [
      edit().response('hello', () => ({ status: 403, headers: [], body: null })),
      { message: '403 "" without a challenge' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no call': none },
});

ruleTable(pick(edgeRules, 'csrf-blocks-mcp-post'), {
  valid: { 'nothing is blocked': edit(), 'another reason': refusedWith('blocked') },
  invalid: {
    'a framework': [
      refusedWith('CSRF verification failed'),
      { message: '403 with "CSRF verification failed"', at: 'hello/response/body' },
    ],
    'its own status': [refusedWith('xsrf token mismatch', 419), { message: '419' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no call': none },
});

ruleTable(pick(edgeRules, 'host-header-allowlist'), {
  valid: { 'nothing is blocked': edit(), 'another reason': refusedWith('blocked') },
  invalid: {
    'a misdirected request': [
      edit().response('hello', () => ({ status: 421, headers: [], body: null })),
      { message: 'initialize was answered 421', at: 'hello/response/status' },
    ],
    'a guard': [refusedWith('Invalid Host header', 400), { message: '"Invalid Host header"' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no call': none },
});
