import { expect, it } from 'vitest';
import { judge } from '../../src/rules/judge.ts';
import { edit, happyTrace, ruleTable } from './support.ts';

const modern = edit(happyTrace('2026-07-28'));
const silent = modern.query('callback', { iss: undefined });
const shared = {
  inconclusive: {
    'no metadata': modern.without('asm'),
    'metadata without an issuer': modern.body('asm', { issuer: undefined }),
  },
  notApplicable: { 'no callback': modern.without('callback') },
};

ruleTable('authz-iss-missing', {
  valid: {
    'iss is there': modern,
    'none promised': silent.body('asm', {
      authorization_response_iss_parameter_supported: undefined,
    }),
  },
  invalid: {
    'promised and not there': [silent, { message: 'has no iss', at: 'callback/request/url' }],
    'not in an error either': [
      silent.query('callback', { code: undefined, error: 'access_denied' }),
    ],
  },
  ...shared,
});

ruleTable('authz-iss-mismatch', {
  valid: { 'the same': modern, none: silent },
  invalid: {
    'another server': [
      modern.query('callback', { iss: 'https://evil.test' }),
      { message: '"https://evil.test", expected "https://login.demo.test/t1"' },
    ],
    'a slash': [modern.query('callback', { iss: 'https://login.demo.test/t1/' })],
    'one that nobody promised': [
      modern
        .query('callback', { iss: 'https://evil.test' })
        .body('asm', { authorization_response_iss_parameter_supported: false }),
    ],
  },
  ...shared,
});

ruleTable('authz-iss-unadvertised', {
  valid: {
    promised: modern,
    'not sent': silent.body('asm', { authorization_response_iss_parameter_supported: false }),
  },
  invalid: {
    'sent and not promised': [
      modern.body('asm', { authorization_response_iss_parameter_supported: undefined }),
      { message: 'is not true', at: 'callback/request/url' },
    ],
  },
  ...shared,
});

ruleTable('authorize-origin-differs-from-issuer', {
  valid: {
    'one origin': edit(),
    'two and iss': edit().body('asm', {
      authorization_endpoint: 'https://www.demo.test/authorize',
    }),
  },
  invalid: {
    'two and no iss': [
      edit().body('asm', {
        authorization_endpoint: 'https://www.demo.test/authorize',
        authorization_response_iss_parameter_supported: undefined,
      }),
      { message: 'https://www.demo.test', at: 'asm/response/body/authorization_endpoint' },
    ],
  },
  inconclusive: { 'an issuer that is no URL': edit().body('asm', { issuer: 'me' }) },
  notApplicable: { 'no metadata': edit().without('asm') },
});

it('the error of a response from somebody else is not shown', () => {
  const { trace } = modern
    .query('callback', {
      iss: 'https://evil.test',
      code: undefined,
      error: 'invalid_scope',
      error_description: 'click here',
    })
    .failedAt('authorization', 'iss differs', 'refused');
  const { findings } = judge(trace);
  expect(findings.map(({ rule }) => rule.id)).toEqual(['authz-iss-mismatch']);
  expect(JSON.stringify(findings)).not.toContain('click here');
});
