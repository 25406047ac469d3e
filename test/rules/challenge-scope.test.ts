import { offlineAccess, scopeMissing, scopeSyntax } from '../../src/rules/challenge-scope.ts';
import { edit, happyTrace, ruleTable } from './support.ts';

const HEADER = 'challenge/response/headers/www-authenticate';
const challenge = (value: string) => edit().header('challenge', 'www-authenticate', value);

ruleTable(scopeMissing, {
  valid: { 'a scope': edit() },
  invalid: {
    'none, and none in the metadata': [
      challenge('Bearer').body('prm', { scopes_supported: undefined }),
      { message: 'has no scope, expected the scopes it needs', at: HEADER },
    ],
    'none, but some in the metadata': [challenge('Bearer'), { severity: 'info' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNRESET') },
  notApplicable: {
    'no Bearer challenge': challenge('Basic realm="x"'),
    'no 401': edit().status('challenge', 200),
  },
});

ruleTable(scopeSyntax, {
  valid: {
    'one scope': edit(),
    'two scopes': challenge('Bearer scope="a:b c/d"'),
    'no scope': challenge('Bearer'),
  },
  invalid: {
    commas: [
      challenge('Bearer scope="a,b"'),
      { message: 'scope is "a,b", expected names separated by one space', at: HEADER },
    ],
    'two blanks': [challenge('Bearer scope="a  b"')],
    nothing: [challenge('Bearer scope=""')],
    'a quote': [challenge('Bearer scope="a\\"b"')],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'no header': edit().header('challenge', 'www-authenticate', undefined) },
});

const modern = edit(happyTrace('2026-07-28'));

ruleTable(offlineAccess, {
  valid: { 'asked for by nobody here': modern },
  invalid: {
    'in the challenge': [
      modern.header('challenge', 'www-authenticate', 'Bearer scope="a offline_access"'),
      { message: 'the challenge asks for offline_access', at: HEADER },
    ],
    'in the metadata': [
      modern.body('prm', { scopes_supported: ['a', 'offline_access'] }),
      { at: 'prm/response/body/scopes_supported' },
    ],
  },
  inconclusive: { 'no answer': modern.noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'nothing asks for scopes': modern.without('challenge', 'prm') },
});
