import { expect, test } from 'vitest';
import { audiences, claimedScope, lifetime, numericDate } from '../../src/oauth/jwt.ts';

test.each([
  [{ aud: 'a' }, ['a']],
  [{ aud: ['a', 'b'] }, ['a', 'b']],
  [{ aud: ['a', 1, null] }, ['a']],
  [{ aud: { a: 1 } }, []],
  [{}, []],
])('the audiences of %j are %j', (claims, expected) => {
  expect(audiences(claims)).toEqual(expected);
});

test.each([
  [{ exp: 10 }, 10],
  [{ exp: '10' }, undefined],
  [{ exp: Number.POSITIVE_INFINITY }, undefined],
  [{}, undefined],
])('exp of %j is %s', (claims, expected) => {
  expect(numericDate(claims, 'exp')).toBe(expected);
});

test('a lifetime reaches from iat to exp', () => {
  expect(lifetime({ iat: 100, exp: 3700 })).toBe(3600);
  expect(lifetime({ exp: 3700 })).toBeUndefined();
  expect(lifetime({ iat: 100 })).toBeUndefined();
});

test.each([
  [{ scope: 'a b' }, 'a b'],
  [{ scp: ['a', 'b'] }, 'a b'],
  [{ scp: 'a' }, 'a'],
  [{ scope: 'a', scp: 'b' }, 'a'],
  [{ scope: 7 }, undefined],
  [{}, undefined],
])('the scope of %j is %s', (claims, expected) => {
  expect(claimedScope(claims)).toBe(expected);
});
