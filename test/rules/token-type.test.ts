import { edit, ruleTable } from './support.ts';

const typed = (token_type: unknown) => edit().body('token', { token_type });
const shared = {
  inconclusive: { 'an answer that was cut': edit().cut('token') },
  notApplicable: { 'no token request': edit().failedAt('authorization') },
};

ruleTable('token-type-invalid', {
  valid: {
    Bearer: edit(),
    bearer: typed('bearer'),
    'no access token, in a token exchange': edit().body('token', {
      token_type: 'N_A',
      issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    }),
    'DPoP after a proof': typed('DPoP').requestHeader('token', 'DPoP', 'eyJ'),
  },
  invalid: {
    none: [typed(undefined), { message: 'absent', at: 'token/response/body/token_type' }],
    'N_A for an access token': [typed('N_A'), { message: '"N_A", expected "Bearer"' }],
    mac: [typed('mac'), { message: '"mac", expected "Bearer"' }],
    null: [typed(null), { message: 'null' }],
    'DPoP without a proof': [typed('DPoP'), { message: 'carried no proof' }],
  },
  ...shared,
});

ruleTable('token-type-nonstandard-case', {
  valid: {
    Bearer: edit(),
    DPoP: typed('DPoP'),
    'another type': typed('mac'),
    none: typed(undefined),
  },
  invalid: {
    bearer: [typed('bearer'), { message: '"bearer", expected "Bearer"' }],
    dpop: [typed('dpop')],
  },
  ...shared,
});
