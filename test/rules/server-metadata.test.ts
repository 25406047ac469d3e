import { expect, it } from 'vitest';
import {
  httpFormat,
  legacyFallback,
  notFound,
  serverErrorAborts,
} from '../../src/rules/server-metadata.ts';
import { viewTrace } from '../../src/trace/view.ts';
import { edit, happyTrace, issuerOf, marked, ORIGIN, ruleTable } from './support.ts';

const HOST = 'https://login.demo.test';
const INSERTED = `${HOST}/.well-known/openid-configuration/t1`;
const APPENDED = `${HOST}/t1/.well-known/openid-configuration`;
/** The three places of the issuer answered so. */
const answers = (oauth: number, inserted: number, appended: number, start = edit()) =>
  [[APPENDED, appended] as const, [INSERTED, inserted] as const].reduce(
    (edited, [url, status]) =>
      edited.again('asm', (one) => ({
        ...one,
        request: { ...one.request, url },
        response: one.response && { ...one.response, status },
      })),
    start.status('asm', oauth),
  );
const silent = edit().noAnswer('asm', 'ETIMEDOUT');
const unasked = edit().without('asm');
const cut = edit().response('asm', (response) => ({
  ...response,
  body: { media_type: 'application/json', size: 9_000_000, text: '{', truncated: true },
}));

ruleTable(notFound, {
  valid: {
    'RFC 8414': edit(),
    'OpenID Connect, inserted': answers(404, 200, 404),
    'OpenID Connect, appended': answers(404, 404, 200),
    'an issuer that the user named': edit()
      .without('prm')
      .metadata({ options: { authorization_server_given: `${HOST}/t1` } }),
  },
  invalid: {
    nowhere: [
      answers(404, 404, 404),
      { message: `"${APPENDED}" answered 404; expected a JSON object`, at: 'asm/response/status' },
    ],
    'pages everywhere': [
      edit()
        .text('asm', '<html>', 'text/html')
        .again('asm', (one) => ({ ...one, request: { ...one.request, url: INSERTED } }))
        .again('asm', (one) => ({ ...one, request: { ...one.request, url: APPENDED } })),
      { message: 'answered 200' },
    ],
    'only as OpenID Connect, on 2025-06-18': [
      answers(404, 200, 200, edit(happyTrace('2025-06-18'))),
      { message: 'oauth-authorization-server/t1" answered 404; expected' },
    ],
  },
  inconclusive: { 'one place only': edit().status('asm', 404), 'no answer': silent },
  notApplicable: {
    'nobody asked': unasked,
    'the layout of the first revision': edit(happyTrace('2025-03-26')),
    'an issuer that nobody named': edit().without('prm'),
  },
});

it('a server that fails over every place is not told to publish there', () => {
  const verdict = notFound.judge(viewTrace(answers(502, 502, 502).trace));
  expect(verdict).toMatchObject({ kind: 'fail', fix: expect.stringContaining('log') });
});

ruleTable(httpFormat, {
  valid: {
    JSON: edit(),
    'a page that says 404': edit().text('asm', '<', 'text/html').status('asm', 404),
  },
  invalid: {
    'a redirect': [
      edit().status('asm', 302),
      { message: 'answered 302, expected the document itself', at: 'asm/response/status' },
    ],
    'a page': [
      edit().text('asm', '<html>', 'text/html'),
      {
        message: 'content-type "text/html", expected application/json',
        at: 'asm/response/headers/content-type',
      },
    ],
    'an array': [edit().body('asm', []), { message: 'no JSON object', at: 'asm/response/body' }],
    'a byte order mark': [
      edit().exchange('asm', marked),
      { message: 'byte order mark', at: 'asm/response/body', fix: 'without a byte order mark' },
    ],
    'an answer that broke off': [
      edit().brokenOff('asm', 'BODY_NOT_DECODABLE'),
      {
        message: 'began to answer, but receive BODY_NOT_DECODABLE',
        at: 'asm/failure',
        fault: 'deployment',
      },
    ],
  },
  inconclusive: { 'the document was cut': cut },
  notApplicable: { 'no answer': silent, 'nobody asked': unasked },
});

ruleTable(serverErrorAborts, {
  valid: {
    'found at once': edit(),
    'found after a 404': answers(404, 200, 200),
    'found there after an outage': edit().again('asm').status('asm', 503),
    'found at another issuer': edit()
      .body('prm', { authorization_servers: ['https://down.example', issuerOf('2025-11-25')] })
      .again('asm')
      .url('asm', 'https://down.example/.well-known/oauth-authorization-server')
      .status('asm', 500),
  },
  invalid: {
    'found after a 502': [
      answers(502, 200, 404),
      { message: 'answered 502 before', at: 'asm/response/status' },
    ],
  },
  inconclusive: { 'no answer': silent, 'the document was cut': cut },
  notApplicable: { 'never found': edit().status('asm', 502) },
});

const guessing = (revision: '2025-03-26' | '2025-11-25') =>
  edit(happyTrace(revision)).status('asm', 404).url('registration', `${ORIGIN}/register`);

ruleTable(legacyFallback, {
  valid: { 'metadata was found': edit() },
  invalid: {
    'on the first revision': [
      guessing('2025-03-26'),
      {
        message: `"${ORIGIN}/register" was used`,
        severity: 'info',
        at: 'registration/request/url',
      },
    ],
    'on a later one': [guessing('2025-11-25'), { message: 'without any metadata naming it' }],
    'only to send the user there': [
      edit()
        .status('asm', 404)
        .without('registration')
        .url('authorize', `${ORIGIN}/authorize?response_type=code`),
      { message: `"${ORIGIN}/authorize" was used` },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('asm', 'TIMEOUT').failedAt('server-metadata') },
  notApplicable: { 'no metadata, but other endpoints': edit().status('asm', 404) },
});
