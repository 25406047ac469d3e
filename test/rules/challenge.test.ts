import {
  challengeMalformed,
  challengeMissing,
  errorWithoutCredentials,
  hiddenChallenge,
  nonstandardSyntax,
} from '../../src/rules/challenge.ts';
import { edit, ruleTable } from './support.ts';

const HEADER = 'challenge/response/headers/www-authenticate';
const POINTER = 'resource_metadata="https://api.demo.test/x"';
const challenge = (value: string | undefined) =>
  edit().header('challenge', 'www-authenticate', value);
const twoHeaders = (first: string, second: string) =>
  edit().response('challenge', (response) => ({
    ...response,
    headers: [
      ['WWW-Authenticate', first],
      ['www-authenticate', second],
    ],
  }));

ruleTable(challengeMissing, {
  valid: {
    'a Bearer challenge': edit(),
    'a DPoP challenge': challenge('dpop algs="ES256"'),
    'behind another': challenge('Basic realm="x", Bearer'),
    'in a second header': twoHeaders('Basic realm="x"', 'Bearer'),
  },
  invalid: {
    'no header': [
      challenge(undefined),
      { message: 'has no WWW-Authenticate header, expected', at: 'challenge/response/headers' },
    ],
    'Basic alone': [challenge('Basic realm="x"'), { message: 'of scheme "Basic", expected' }],
    'a 401 to a token': [edit().status('list', 401), { at: 'list/response/headers' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNRESET') },
  notApplicable: {
    'no 401': edit().status('challenge', 403),
    'no call': edit().without('challenge'),
  },
});

ruleTable(challengeMalformed, {
  valid: {
    'a Bearer challenge': edit(),
    'blanks around the equals sign': challenge('Bearer scope = "a"'),
    'a repeated pointer, which another rule tells': challenge(`Bearer ${POINTER}, ${POINTER}`),
  },
  invalid: {
    'an unquoted URL': [
      challenge('Bearer resource_metadata=https://api.demo.test/x'),
      { message: 'is a bare URL, expected it in double quotes', at: HEADER },
    ],
    'a missing comma': [challenge('Bearer realm="x" scope="a"'), { message: 'no comma' }],
    'a repeated scope': [challenge('Bearer scope="a", scope="b"'), { message: '"scope" occurs' }],
    'a control character': [challenge('Bearer realm="a\u0001"'), { message: 'control character' }],
    'a letter beyond ASCII': [challenge('Bearer realm="ä"'), { message: 'ASCII' }],
    nothing: [challenge(''), { message: 'the header is empty' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'no header': challenge(undefined), 'no call': edit().without('challenge') },
});

ruleTable(nonstandardSyntax, {
  valid: {
    'the usual spelling': edit(),
    'in the second of two headers': twoHeaders('Basic realm="x"', `Bearer ${POINTER}`),
    'no pointer at all': challenge('Bearer scope="a"'),
  },
  invalid: {
    'blanks around the equals sign': [
      challenge('Bearer resource_metadata = "https://api.demo.test/x"'),
      { message: 'expected the text resource_metadata="…" in it', at: HEADER },
    ],
    'capital letters': [challenge('Bearer RESOURCE_METADATA="https://api.demo.test/x"')],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'no header': challenge(undefined) },
});

ruleTable(hiddenChallenge, {
  valid: {
    'Bearer first': challenge('Bearer, Basic realm="x"'),
    'no Bearer at all': challenge('DPoP algs="ES256"'),
  },
  invalid: {
    'Basic first': [
      challenge('Basic realm="x", Bearer'),
      { message: 'the first challenge is "basic", expected Bearer before it', at: HEADER },
    ],
    'in a second header': [twoHeaders('Basic realm="x"', 'Bearer')],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'no header': challenge(undefined) },
});

ruleTable(errorWithoutCredentials, {
  valid: { 'no error': edit() },
  invalid: {
    'an error': [
      challenge('Bearer error="invalid_token"'),
      { message: 'has error "invalid_token", expected none', at: HEADER },
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNRESET') },
  notApplicable: {
    'an error about a token': edit()
      .without('challenge')
      .status('list', 401)
      .header('list', 'www-authenticate', 'Bearer error="invalid_token"'),
    'no 401': edit().status('challenge', 403),
  },
});
