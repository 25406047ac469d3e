import { expect, test } from 'vitest';
import { compareIssuer, judgeIss } from '../../src/oauth/issuer.ts';

const issuer = 'https://login.demo.test/t1';

test.each([
  ['same', issuer],
  ['trailing-slash', `${issuer}/`],
  ['different', `${issuer}//`],
  ['different', issuer.toUpperCase()],
  ['different', ''],
  ['missing', undefined],
] as const)('%s: %s', (relation, actual) => {
  expect(compareIssuer(actual, issuer)).toBe(relation);
});

test('a slash missing is a slash too many on the other side', () => {
  expect(compareIssuer(issuer, `${issuer}/`)).toBe('trailing-slash');
});

test.each([true, false])('a right iss passes, advertised: %s', (advertised) => {
  expect(judgeIss({ advertised, received: issuer, issuer })).toEqual({ ok: true });
});

test.each([true, false])('a wrong iss is refused, advertised: %s', (advertised) => {
  expect(judgeIss({ advertised, received: `${issuer}/`, issuer })).toEqual({
    ok: false,
    code: 'iss-mismatch',
    message: `iss of the callback is "${issuer}/", expected "${issuer}"`,
  });
});

test('an absent iss is refused where the metadata promises one', () => {
  expect(judgeIss({ advertised: true, received: undefined, issuer })).toMatchObject({
    ok: false,
    code: 'iss-missing',
  });
});

test('an absent iss that nobody promised passes', () => {
  expect(judgeIss({ advertised: false, received: undefined, issuer })).toEqual({ ok: true });
});
