import { onlyOpenid, openidMembersMissing } from '../../src/rules/openid-metadata.ts';
import { edit, ruleTable } from './support.ts';

const INSERTED = 'https://login.demo.test/.well-known/openid-configuration/t1';
const openid = edit().url('asm', INSERTED);
const silent = edit().noAnswer('asm', 'ETIMEDOUT');
const after = (status: number) =>
  edit()
    .status('asm', status)
    .again('asm', (one) => ({
      ...one,
      request: { ...one.request, url: INSERTED },
      response: one.response && { ...one.response, status: 200 },
    }));

ruleTable(onlyOpenid, {
  valid: { 'RFC 8414': edit(), both: after(200) },
  invalid: {
    'only OpenID Connect': [
      after(404),
      { message: `answered 404, "${INSERTED}" has the metadata`, at: 'asm/response/status' },
    ],
  },
  inconclusive: { 'the other place was not asked': openid, 'no answer': silent },
  notApplicable: { 'no metadata': edit().without('asm') },
});

ruleTable(openidMembersMissing, {
  valid: {
    'all there': openid.body('asm', {
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
  },
  invalid: {
    'two missing': [
      openid,
      {
        message: 'subject_types_supported, id_token_signing_alg_values_supported are absent',
        at: 'asm/response/body/subject_types_supported',
      },
    ],
    'one missing': [
      openid.body('asm', {
        jwks_uri: undefined,
        subject_types_supported: [],
        id_token_signing_alg_values_supported: [],
      }),
      { message: 'jwks_uri is absent' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'RFC 8414': edit(), 'no metadata': edit().without('asm') },
});
