import {
  badFieldTypes,
  bearerHeader,
  emptyArray,
  strongerProfile,
} from '../../src/rules/metadata-members.ts';
import { edit, ruleTable } from './support.ts';

const prm = (members: object) => edit().body('prm', members);
const asm = (members: object) => edit().body('asm', members);
const none = edit().without('prm', 'asm');
const silent = edit().noAnswer('prm', 'ETIMEDOUT');

ruleTable(emptyArray, {
  valid: {
    'full lists': edit(),
    'lists that other rules judge': asm({
      code_challenge_methods_supported: [],
      grant_types_supported: [],
    }),
    'only one document': edit().without('prm'),
    'bearer methods, where it means something': prm({ bearer_methods_supported: [] }),
  },
  invalid: {
    'of the resource': [
      prm({ scopes_supported: [] }),
      {
        message: '"scopes_supported" is [], expected no such member',
        fault: 'mcp-server',
        at: 'prm/response/body/scopes_supported',
      },
    ],
    'of the authorization server': [
      asm({ scopes_supported: [], ui_locales_supported: [] }),
      {
        message: '"scopes_supported", "ui_locales_supported" are []',
        fault: 'authorization-server',
      },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('prm', 'TIMEOUT').failedAt('resource-metadata') },
  notApplicable: { 'no metadata': none },
});

ruleTable(strongerProfile, {
  valid: {
    'nothing demanded': edit(),
    'demanded in words': asm({ require_signed_request_object: 'true' }),
  },
  invalid: {
    'bound tokens': [
      prm({ dpop_bound_access_tokens_required: true }),
      {
        message: 'dpop_bound_access_tokens_required is true, expected',
        at: 'prm/response/body/dpop_bound_access_tokens_required',
      },
    ],
    'pushed and signed requests': [
      asm({ require_pushed_authorization_requests: true, require_signed_request_object: true }),
      {
        message: 'require_pushed_authorization_requests and require_signed_request_object are true',
      },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('prm', 'TIMEOUT').failedAt('resource-metadata') },
  notApplicable: { 'no metadata': none },
});

ruleTable(badFieldTypes, {
  valid: {
    'right types': edit(),
    'types that other rules judge': prm({ resource: [], authorization_servers: 'x' }),
  },
  invalid: {
    'a list as text': [
      prm({ scopes_supported: 'a b' }),
      {
        message: 'scopes_supported is a string, expected an array of strings',
        at: 'prm/response/body/scopes_supported',
      },
    ],
    'a flag as text': [prm({ dpop_bound_access_tokens_required: 'false' })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no document': none },
});

ruleTable(bearerHeader, {
  valid: { 'the header': edit() },
  invalid: {
    'only the body': [
      prm({ bearer_methods_supported: ['body'] }),
      {
        message: 'is ["body"], expected it to list "header"',
        at: 'prm/response/body/bearer_methods_supported',
      },
    ],
    nothing: [prm({ bearer_methods_supported: [] })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    absent: prm({ bearer_methods_supported: undefined }),
    'no document': none,
  },
});
