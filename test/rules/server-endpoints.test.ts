import {
  endpointInsecure,
  endpointInternal,
  endpointsMissing,
} from '../../src/rules/server-endpoints.ts';
import { edit, ruleTable } from './support.ts';

const asm = (members: object) => edit().body('asm', members);
const AT = 'asm/response/body/token_endpoint';
const silent = edit().noAnswer('asm', 'ETIMEDOUT');
const none = edit().without('asm');

ruleTable(endpointsMissing, {
  valid: {
    both: edit(),
    'no user is sent anywhere': asm({ authorization_endpoint: undefined }).metadata({
      options: { grant: 'client_credentials' },
    }),
  },
  invalid: {
    'no token endpoint': [
      asm({ token_endpoint: undefined }),
      { message: 'token_endpoint is absent, expected a URL', at: AT },
    ],
    'no authorization endpoint': [asm({ authorization_endpoint: null }), { message: 'is null' }],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

ruleTable(endpointInsecure, {
  valid: { https: edit(), 'http on loopback': asm({ token_endpoint: 'http://localhost:9000/t' }) },
  invalid: {
    'a relative URL': [
      asm({ token_endpoint: '/token' }),
      { message: 'token_endpoint is "/token", expected an absolute URL', at: AT },
    ],
    http: [asm({ introspection_endpoint: 'http://login.demo.test/i' }), { message: 'https' }],
    'a fragment': [asm({ jwks_uri: 'https://login.demo.test/k#1' }), { message: 'no fragment' }],
    'another scheme': [asm({ authorization_endpoint: 'file:///bin/sh' })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: { 'no metadata': none },
});

ruleTable(endpointInternal, {
  valid: {
    public: edit(),
    'text that is no URL, which another rule tells': asm({ token_endpoint: '/token' }),
    'a name that begins as an address does': asm({ token_endpoint: 'https://10.demo.test/t' }),
  },
  invalid: {
    'this machine': [
      asm({ token_endpoint: 'http://localhost:8080/token' }),
      { message: 'expected a host that clients can reach', at: AT },
    ],
    'a private address': [asm({ token_endpoint: 'https://192.168.1.4/token' })],
    'a unique local address': [asm({ token_endpoint: 'https://[fd00::1]/token' })],
    'a name of the inner network': [asm({ token_endpoint: 'https://auth.internal/token' })],
  },
  inconclusive: { 'no answer': silent },
  notApplicable: {
    'a server of the inner network': edit().url(
      'asm',
      'http://127.0.0.1:9000/.well-known/oauth-authorization-server',
    ),
    'no metadata': none,
  },
});
