import {
  behindAuth,
  html,
  httpStatus,
  notFound,
  notJson,
} from '../../src/rules/resource-metadata.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { type Edit, edit, marked, ORIGIN, ruleTable } from './support.ts';

const ROOT = `${ORIGIN}/.well-known/oauth-protected-resource`;
const without = edit().header('challenge', 'www-authenticate', 'Bearer');
/** Path and root were asked and answered so. */
const answers = (path: number, root: number) =>
  without.status('prm', path).again('prm', (one) => ({
    ...one,
    request: { ...one.request, url: ROOT },
    response: one.response && { ...one.response, status: root },
  }));
const silent = without.noAnswer('prm', 'ETIMEDOUT');
/** Nobody answers where the challenge points; the document is at the root. */
const dead = (pointed: Edit) =>
  pointed
    .again('prm', (one) => ({ ...one, request: { ...one.request, url: ROOT } }))
    .noAnswer('prm', 'ECONNREFUSED');
const unasked = edit().without('prm');
const cut = (exchange: Exchange): Exchange => ({
  ...exchange,
  response: {
    status: 200,
    headers: [['content-type', 'application/json']],
    body: { media_type: 'application/json', size: 9_000_000, text: '{"res', truncated: true },
  },
});

ruleTable(notFound, {
  valid: { 'found at the path': edit(), 'found at the root': answers(404, 200) },
  invalid: {
    'two 404': [
      answers(404, 404),
      {
        message: `${JSON.stringify(ROOT)} answered 404; expected 200`,
        at: 'prm/response/status',
      },
    ],
    'a server without a path': [
      without
        .metadata({ server_url: `${ORIGIN}/` })
        .url('prm', ROOT)
        .status('prm', 404),
    ],
  },
  inconclusive: {
    'only the path was asked': without.status('prm', 404),
    'no answer': silent,
  },
  notApplicable: {
    'nobody asked': unasked,
    'a page was found': edit().text('prm', '<html>', 'text/html'),
  },
});

ruleTable(httpStatus, {
  valid: {
    '200': edit(),
    'found at the root after a 404': answers(404, 200),
    'found at the root after a 401': answers(401, 200),
    'nothing anywhere, which another rule tells': answers(404, 404),
    'nothing implemented anywhere': answers(501, 501),
    'nobody answers on another host, which another rule tells': dead(
      edit()
        .header('challenge', 'www-authenticate', 'Bearer resource_metadata="https://inner.test/x"')
        .url('prm', 'https://inner.test/x'),
    ),
  },
  invalid: {
    'the advertised URL answers 404': [
      edit().status('prm', 404),
      { message: 'answered 404, expected 200', at: 'prm/response/status', fault: undefined },
    ],
    'the advertised URL answers 404, and the document is elsewhere': [
      edit()
        .again('prm', (one) => ({ ...one, request: { ...one.request, url: ROOT } }))
        .status('prm', 404),
      { fault: 'mcp-server', fix: `at the place of the document: ${JSON.stringify(ROOT)}` },
    ],
    'a redirect': [answers(302, 200), { message: 'answered 302' }],
    'a redirect that was followed': [
      edit()
        .again('prm', (one) => ({
          ...one,
          caused_by: 2,
          request: { ...one.request, url: `${ORIGIN}/elsewhere` },
        }))
        .status('prm', 301),
      { at: 'prm/response/status' },
    ],
    'server errors': [
      answers(500, 404),
      { message: 'answered 500', fault: 'mcp-server', fix: 'log' },
    ],
    'nobody answers at the advertised URL, and the document is elsewhere': [
      dead(edit()),
      {
        message: 'gave no answer (ECONNREFUSED), expected 200',
        at: 'prm/failure',
        fault: 'mcp-server',
        fix: `at the place of the document: ${JSON.stringify(ROOT)}`,
      },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'nobody asked': unasked },
});

ruleTable(behindAuth, {
  valid: {
    '200': edit(),
    'another failure': edit().status('prm', 404),
    'an OpenID document after a 403': edit()
      .status('asm', 403)
      .again('asm', (one) => ({
        ...one,
        request: {
          ...one.request,
          url: 'https://login.demo.test/.well-known/openid-configuration/t1',
        },
        response: one.response && { ...one.response, status: 200 },
      })),
  },
  invalid: {
    'the advertised URL wants a token': [edit().status('prm', 401), { message: 'answered 401' }],
    'every URL wants a token': [answers(403, 403), { at: 'prm/response/status' }],
    'the authorization server wants one': [
      edit().status('asm', 401),
      { fault: 'authorization-server', at: 'asm/response/status' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'nobody asked': unasked },
});

ruleTable(notJson, {
  valid: {
    JSON: edit(),
    'JSON with a parameter': edit().header('prm', 'content-type', 'Application/JSON; charset=x'),
  },
  invalid: {
    'another type': [
      edit().header('prm', 'content-type', 'text/plain'),
      {
        message: 'content-type is "text/plain", expected application/json',
        at: 'prm/response/headers/content-type',
      },
    ],
    'no type': [edit().header('prm', 'content-type', undefined), { message: 'is ""' }],
    'an array': [edit().body('prm', []), { message: 'no JSON object', at: 'prm/response/body' }],
    'no JSON': [edit().text('prm', 'oops', 'application/json')],
    'a byte order mark': [
      edit().exchange('prm', marked),
      { message: 'byte order mark', at: 'prm/response/body', fix: 'without a byte order mark' },
    ],
    'an answer that broke off': [
      edit().brokenOff('prm', 'CONNECTION_CLOSED'),
      {
        message: 'began to answer, but receive CONNECTION_CLOSED',
        at: 'prm/failure',
        fault: 'deployment',
        fix: 'Content-Encoding',
      },
    ],
  },
  inconclusive: { 'the body was cut': edit().exchange('prm', cut) },
  notApplicable: { 'a 404': edit().status('prm', 404), 'nobody asked': unasked },
});

ruleTable(html, {
  valid: { JSON: edit(), 'other text': edit().text('prm', 'oops', 'text/plain') },
  invalid: {
    'a page': [
      edit().text('prm', '<!doctype html>', 'text/html; charset=utf-8'),
      { message: 'answered 200 with a web page', at: 'prm/response/body' },
    ],
    'a page that says it is JSON': [edit().text('prm', '\n<html>', 'application/json')],
  },
  inconclusive: { 'the body was cut': edit().exchange('prm', cut) },
  notApplicable: { 'a page with 404': edit().text('prm', '<', 'text/html').status('prm', 404) },
});
