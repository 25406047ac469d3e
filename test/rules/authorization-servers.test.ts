import {
  firstUnusable,
  serverNotIssuer,
  serversMissing,
} from '../../src/rules/authorization-servers.ts';
import { edit, ruleTable } from './support.ts';

const AT = 'prm/response/body/authorization_servers';
const servers = (authorization_servers: unknown) => edit().body('prm', { authorization_servers });
const ISSUER = 'https://login.demo.test/t1';
const silent = edit().noAnswer('prm', 'ETIMEDOUT');
const none = edit().without('prm');

ruleTable(serversMissing, {
  valid: { 'one server': edit() },
  invalid: {
    absent: [servers(undefined), { message: 'authorization_servers is absent, expected', at: AT }],
    empty: [servers([]), { message: 'is []' }],
    'a string': [servers(ISSUER), { message: `is "${ISSUER}"` }],
    'not all strings': [servers([ISSUER, 7])],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no document': none },
});

ruleTable(serverNotIssuer, {
  valid: { 'an issuer': edit(), 'http on loopback': servers(['http://127.0.0.1:9000']) },
  invalid: {
    'a metadata URL': [
      servers([ISSUER, 'https://x.test/.well-known/openid-configuration']),
      { message: 'expected the issuer, without a well-known part', at: `${AT}/1` },
    ],
    'a host name': [servers(['login.demo.test']), { message: 'expected an absolute URL' }],
    http: [servers(['http://login.demo.test']), { message: 'expected https', at: `${AT}/0` }],
    'a query': [servers([`${ISSUER}?x=1`]), { message: 'expected neither query nor fragment' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no server': servers([]), 'no document': none },
});

const SECOND = 'https://second.demo.test';
const two = servers([ISSUER, SECOND]);
/** The first was not found, the second was. */
const second = two.status('asm', 404).again('asm', (one) => ({
  ...one,
  request: { ...one.request, url: `${SECOND}/.well-known/oauth-authorization-server` },
  response: one.response && { ...one.response, status: 200 },
}));

ruleTable(firstUnusable, {
  valid: { 'the first works': two },
  invalid: {
    'only the second works': [
      second,
      { message: `metadata of "${ISSUER}", the first of the list, was not found`, at: `${AT}/0` },
    ],
  },
  inconclusive: {
    'the second was not asked': two.status('asm', 404),
    'the first was not asked': second.without('asm'),
    'no answer': silent,
  },
  notApplicable: { 'only one server': edit(), 'no document': none },
});
