import {
  codeFlow,
  deprecatedGrants,
  issUnadvertised,
  pkceMissing,
  pkceWithoutS256,
  refreshUnlisted,
} from '../../src/rules/server-capabilities.ts';
import { edit, happyTrace, ruleTable } from './support.ts';

const asm = (members: object) => edit().body('asm', members);
const AT = 'asm/response/body/';
const silent = edit().noAnswer('asm', 'ETIMEDOUT');
const none = edit().without('asm');

ruleTable(codeFlow, {
  valid: { offered: edit(), 'no list of grants': asm({ grant_types_supported: undefined }) },
  invalid: {
    'no response types': [
      asm({ response_types_supported: undefined }),
      {
        message: 'response_types_supported is absent, expected it to list "code"',
        at: `${AT}response_types_supported`,
      },
    ],
    'other response types': [asm({ response_types_supported: ['code token', 7] })],
    'other grants': [
      asm({ grant_types_supported: ['client_credentials'] }),
      { message: 'expected it to list "authorization_code"', at: `${AT}grant_types_supported` },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'a run between machines': edit().metadata({ options: { grant: 'client_credentials' } }),
    'no metadata': none,
  },
});

ruleTable(pkceMissing, {
  valid: { there: edit(), empty: asm({ code_challenge_methods_supported: [] }) },
  invalid: {
    absent: [
      asm({ code_challenge_methods_supported: undefined }),
      { message: 'is absent, expected ["S256"]', at: `${AT}code_challenge_methods_supported` },
    ],
    'absent on 2025-06-18': [
      edit(happyTrace('2025-06-18')).body('asm', { code_challenge_methods_supported: undefined }),
      { severity: 'warning' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

ruleTable(pkceWithoutS256, {
  valid: { S256: asm({ code_challenge_methods_supported: ['plain', 'S256'] }) },
  invalid: {
    'plain only': [
      asm({ code_challenge_methods_supported: ['plain'] }),
      { message: 'is ["plain"], expected it to list "S256"' },
    ],
    'a string': [asm({ code_challenge_methods_supported: 'S256' })],
    'another case': [asm({ code_challenge_methods_supported: ['s256'] })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    absent: asm({ code_challenge_methods_supported: undefined }),
    'no metadata': none,
  },
});

ruleTable(deprecatedGrants, {
  valid: { 'not offered': edit(), 'no list': asm({ grant_types_supported: undefined }) },
  invalid: {
    'tokens in redirects': [
      asm({ response_types_supported: ['code', 'id_token token'] }),
      { message: 'lists "id_token token"', at: `${AT}response_types_supported` },
    ],
    passwords: [
      asm({ grant_types_supported: ['authorization_code', 'password'] }),
      { message: 'lists "password", expected it not to', at: `${AT}grant_types_supported` },
    ],
    implicit: [asm({ grant_types_supported: ['implicit'] })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

const modern = edit(happyTrace('2026-07-28'));
const quiet = modern.body('asm', { authorization_response_iss_parameter_supported: undefined });

ruleTable(issUnadvertised, {
  valid: { advertised: modern, 'sent all the same': quiet },
  invalid: {
    'neither advertised nor sent': [
      quiet.query('callback', { iss: undefined }),
      {
        message: 'the callback has no iss',
        at: `${AT}authorization_response_iss_parameter_supported`,
      },
    ],
  },
  inconclusive: { 'no callback': quiet.without('callback'), 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

const unlisted = asm({ grant_types_supported: ['authorization_code'] });

ruleTable(refreshUnlisted, {
  valid: { listed: edit() },
  invalid: {
    'issued but not listed': [
      unlisted,
      {
        message: 'although a refresh token was issued, expected it to list "refresh_token"',
        at: `${AT}grant_types_supported`,
      },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'not issued': unlisted
      .body('token', { refresh_token: undefined })
      .body('refresh', { refresh_token: undefined }),
    'no list': asm({ grant_types_supported: undefined }),
    'no metadata': none,
  },
});
