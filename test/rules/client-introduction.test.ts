import {
  cimdUnsupported,
  methodsInconsistent,
  noRegistration,
  publicUnsupported,
} from '../../src/rules/client-introduction.ts';
import { edit, ruleTable } from './support.ts';

const FLAG = 'client_id_metadata_document_supported';
const METHODS = 'token_endpoint_auth_methods_supported';
const asm = (members: object) => edit().body('asm', members);
const silent = edit().noAnswer('asm', 'ETIMEDOUT');
const none = edit().without('asm');
const closed = asm({ registration_endpoint: undefined, [FLAG]: undefined });

ruleTable(noRegistration, {
  valid: {
    both: edit(),
    registration: asm({ [FLAG]: undefined }),
    documents: asm({ registration_endpoint: undefined }),
  },
  invalid: {
    neither: [
      closed.failedAt('registration').without('registration'),
      {
        message: `registration_endpoint is absent and ${FLAG} is not true`,
        at: 'asm/response/body/registration_endpoint',
      },
    ],
    'an endpoint that is null': [
      asm({ [FLAG]: undefined, registration_endpoint: null })
        .failedAt('registration')
        .without('registration'),
      { message: 'registration_endpoint is null' },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'the user brought a client id': closed.without('registration', 'authorize').metadata({
      options: { client_id_given: true },
    }),
    'the client used one': closed.without('registration'),
    'no metadata': none,
  },
});

ruleTable(cimdUnsupported, {
  valid: { supported: edit() },
  invalid: {
    absent: [asm({ [FLAG]: undefined }), { message: `${FLAG} is absent, expected true` }],
    false: [asm({ [FLAG]: false }), { message: 'is false', at: `asm/response/body/${FLAG}` }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

const secretive = asm({ [METHODS]: ['client_secret_basic'] });

ruleTable(publicUnsupported, {
  valid: { 'none is listed': edit() },
  invalid: {
    'none is not listed': [
      secretive,
      { message: 'is ["client_secret_basic"], expected it to list "none"' },
    ],
    'nothing is listed': [asm({ [METHODS]: undefined }), { message: 'is absent' }],
    'for a client that is its own document': [
      secretive
        .without('registration')
        .query('authorize', { client_id: 'https://tools.demo.test/client.json' }),
      { at: `asm/response/body/${METHODS}` },
    ],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'a client with a secret': secretive.requestBody('registration', {
      token_endpoint_auth_method: 'client_secret_basic',
    }),
    'no metadata': none,
  },
});

const given = (token_endpoint_auth_method: unknown) =>
  edit().body('registration', { token_endpoint_auth_method });

ruleTable(methodsInconsistent, {
  valid: {
    listed: edit(),
    'none, which another rule tells': secretive,
    'the default': given('client_secret_basic').body('asm', { [METHODS]: undefined }),
  },
  invalid: {
    'not listed': [
      given('client_secret_post'),
      {
        message: `registered with "client_secret_post", ${METHODS} is ["none"]`,
        at: 'registration/response/body/token_endpoint_auth_method',
      },
    ],
    'not the default': [given('client_secret_post').body('asm', { [METHODS]: undefined })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'no registration': edit().without('registration'),
    'no method named': given(undefined),
    'no metadata': none,
  },
});
