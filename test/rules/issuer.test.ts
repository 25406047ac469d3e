import { invalid, mismatch, notOrigin, trailingSlash } from '../../src/rules/issuer.ts';
import { edit, happyTrace, ORIGIN, ruleTable } from './support.ts';

const AT = 'asm/response/body/issuer';
const ISSUER = 'https://login.demo.test/t1';
const issuer = (value: unknown) => edit().body('asm', { issuer: value });
const silent = edit().noAnswer('asm', 'ETIMEDOUT');
const none = edit().without('asm');
const old = edit(happyTrace('2025-03-26'));

ruleTable(mismatch, {
  valid: {
    'the issuer': edit(),
    'a slash, which another rule tells': issuer(`${ISSUER}/`),
    'after a redirect': edit().again('asm', (one) => ({
      ...one,
      caused_by: one.id,
      request: { ...one.request, url: 'https://cdn.demo.test/metadata' },
    })),
  },
  invalid: {
    'another path': [
      issuer('https://login.demo.test'),
      { message: `issuer is "https://login.demo.test", expected "${ISSUER}"`, at: AT },
    ],
    absent: [issuer(undefined), { message: 'issuer is absent' }],
    'no string': [issuer(7), { message: 'issuer is 7' }],
    'another case': [issuer('https://LOGIN.demo.test/t1')],
    'one the user named': [
      edit()
        .without('prm')
        .metadata({ options: { authorization_server_given: ISSUER } })
        .body('asm', { issuer: 'x' }),
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none, 'nobody named an issuer': old },
});

ruleTable(trailingSlash, {
  valid: { 'the issuer': edit(), 'another issuer': issuer('x') },
  invalid: {
    'a slash too many': [issuer(`${ISSUER}/`), { message: `expected "${ISSUER}"`, at: AT }],
    'a slash too few': [
      edit().body('prm', { authorization_servers: [`${ISSUER}/`] }),
      { message: `issuer is "${ISSUER}", expected "${ISSUER}/"` },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

ruleTable(invalid, {
  valid: { https: edit(), 'http on loopback': issuer('http://[::1]:9000') },
  invalid: {
    http: [issuer('http://login.demo.test'), { message: 'expected an https URL', at: AT }],
    'a query': [issuer(`${ISSUER}?x`)],
    'a fragment': [issuer(`${ISSUER}#x`)],
    'a name': [issuer('accounts.demo.test')],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { absent: issuer(undefined), 'no metadata': none },
});

ruleTable(notOrigin, {
  valid: {
    'the origin': old,
    'the origin with a slash': old.body('asm', { issuer: `${ORIGIN}/` }),
  },
  invalid: {
    'another issuer': [
      old.body('asm', { issuer: 'https://idp.demo.test' }),
      { message: `issuer is "https://idp.demo.test", expected "${ORIGIN}", the origin`, at: AT },
    ],
    none: [old.body('asm', { issuer: undefined }), { message: 'issuer is absent' }],
  },
  inconclusive: { 'no answer': old.noAnswer('asm', 'ETIMEDOUT') },
  notApplicable: { 'an issuer was named': edit(), 'no metadata': none },
});
