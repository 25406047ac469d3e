import {
  pointerElsewhere,
  pointerInvalid,
  pointerMissing,
  pointerRepeated,
} from '../../src/rules/metadata-pointer.ts';
import { edit, happyTrace, ruleTable } from './support.ts';

const HEADER = 'challenge/response/headers/www-authenticate';
const challenge = (value: string) => edit().header('challenge', 'www-authenticate', value);
const pointer = (url: string) => challenge(`Bearer resource_metadata="${url}"`);

ruleTable(pointerMissing, {
  valid: { 'a pointer': edit() },
  invalid: {
    'none, but a well-known document': [
      challenge('Bearer'),
      { message: 'has no resource_metadata', severity: 'info', at: HEADER },
    ],
    'none, on 2025-06-18': [
      edit(happyTrace('2025-06-18')).header('challenge', 'www-authenticate', 'Bearer'),
      { message: 'has no resource_metadata' },
    ],
    'none, and no document either': [challenge('Bearer').status('prm', 404)],
  },
  inconclusive: {
    'nobody looked at the well-known addresses': challenge('Bearer').failedAt('challenge'),
    'no answer': edit().noAnswer('challenge', 'ECONNRESET'),
  },
  notApplicable: { 'no Bearer challenge': challenge('Basic realm="x"') },
});

ruleTable(pointerInvalid, {
  valid: {
    'an https URL': edit(),
    'http on loopback': pointer('http://127.0.0.1:8000/x'),
  },
  invalid: {
    'a relative URL': [pointer('/x'), { message: 'is "/x", expected an absolute URL', at: HEADER }],
    'http elsewhere': [pointer('http://api.demo.test/x'), { message: 'expected https' }],
    'a fragment': [pointer('https://api.demo.test/x#y'), { message: 'expected no fragment' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: {
    'no pointer': challenge('Bearer'),
    'no header': edit().header('challenge', 'www-authenticate', undefined),
  },
});

ruleTable(pointerElsewhere, {
  valid: {
    'the same origin': edit(),
    'two names of this machine': pointer('http://localhost:8000/x').url(
      'challenge',
      'http://127.0.0.1:8000/mcp',
    ),
    'no URL, which another rule tells': pointer('/x'),
  },
  invalid: {
    'another host': [
      pointer('https://other.demo.test/x'),
      { message: 'expected it on the origin of "https://api.demo.test', severity: 'warning' },
    ],
    'another port': [pointer('https://api.demo.test:8080/x'), { at: HEADER }],
    'the inner host': [pointer('http://localhost:8000/x'), { message: 'localhost' }],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'no pointer': challenge('Bearer') },
});

ruleTable(pointerRepeated, {
  valid: {
    'one pointer': edit(),
    'the same pointer in two challenges': challenge(
      'Bearer resource_metadata="https://a.test/x", DPoP resource_metadata="https://a.test/x"',
    ),
    'another repeated parameter': challenge('Bearer scope="a", scope="b"'),
  },
  invalid: {
    'twice in one challenge': [
      challenge(
        'Bearer resource_metadata="https://a.test/x", resource_metadata="https://a.test/x"',
      ),
      { message: 'has several resource_metadata, expected one', at: HEADER },
    ],
    'different in two challenges': [
      challenge(
        'Bearer resource_metadata="https://a.test/x", Bearer resource_metadata="https://a.test/y"',
      ),
    ],
  },
  inconclusive: { 'no answer': edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge') },
  notApplicable: { 'no header': edit().header('challenge', 'www-authenticate', undefined) },
});
