import { edit, ruleTable } from './support.ts';

ruleTable('cimd-flag-without-none', {
  valid: { both: edit() },
  invalid: {
    'another method only': [
      edit().body('asm', { token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
      {
        message: 'client_secret_basic',
        at: 'asm/response/body/token_endpoint_auth_methods_supported',
      },
    ],
    'no list': [
      edit().body('asm', { token_endpoint_auth_methods_supported: undefined }),
      { message: 'absent' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('asm', 'TIMEOUT', 'wait') },
  notApplicable: {
    'no flag': edit().body('asm', { client_id_metadata_document_supported: false }),
    'no metadata': edit().without('asm'),
  },
});

ruleTable('cimd-flag-not-boolean', {
  valid: {
    true: edit(),
    false: edit().body('asm', { client_id_metadata_document_supported: false }),
  },
  invalid: {
    'a string': [
      edit().body('asm', { client_id_metadata_document_supported: 'true' }),
      { message: '"true"' },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('asm', 'TIMEOUT', 'wait') },
  notApplicable: {
    'no flag': edit().body('asm', { client_id_metadata_document_supported: undefined }),
    'no metadata': edit().without('asm'),
  },
});
