import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseScope, isScope, parseScope, sameScope, unionScope } from '../../src/oauth/scope.ts';

describe('chooseScope', () => {
  const supported = ['a', 'b'];

  test.each([
    ['the challenge wins', { challenge: 'x', supported, offlineAccess: false }, 'x'],
    ['every supported scope comes next', { supported, offlineAccess: false }, 'a b'],
    ['an empty challenge says nothing', { challenge: ' ', supported, offlineAccess: false }, 'a b'],
    ['with nothing to go by there is none', { offlineAccess: false }, undefined],
    ['an empty list is nothing', { supported: [], offlineAccess: false }, undefined],
    ['offline_access is appended', { challenge: 'x', offlineAccess: true }, 'x offline_access'],
    [
      'offline_access is asked for once',
      { challenge: 'offline_access x', offlineAccess: true },
      'offline_access x',
    ],
    ['offline_access never stands alone', { offlineAccess: true }, undefined],
    [
      'the user has the last word, untouched',
      { challenge: 'x', override: 'y  z', offlineAccess: true },
      'y  z',
    ],
    ['the user may ask for none', { challenge: 'x', override: '', offlineAccess: true }, undefined],
  ])('%s', (_, sources, expected) => {
    expect(chooseScope(sources)).toBe(expected);
  });
});

test('a scope string is a set', () => {
  expect([...parseScope(' b a\tb ')]).toEqual(['b', 'a']);
  expect(parseScope(undefined).size).toBe(0);
});

test('a union keeps the order of first appearance', () => {
  expect(unionScope('b a', undefined, 'c a')).toBe('b a c');
  expect(unionScope('', undefined)).toBeUndefined();
});

test('order and repetition do not make scopes different', () => {
  expect(sameScope('a b', 'b a a')).toBe(true);
  expect(sameScope('a', 'b')).toBe(false);
  expect(sameScope('a', 'a b')).toBe(false);
  expect(sameScope(undefined, '')).toBe(true);
});

test.each(['a', 'notes:read notes:write', "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"])(
  '%j is a scope',
  (scope) => {
    expect(isScope(scope)).toBe(true);
  },
);

test.each(['', ' a', 'a ', 'a  b', 'a\tb', 'a"b', 'a\\b', 'ä', 'a\n'])(
  '%j is no scope',
  (scope) => {
    expect(isScope(scope)).toBe(false);
  },
);

test('what unionScope makes of printable text without quotes is a scope', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/), (text) => {
      const union = unionScope(text);
      expect(union === undefined || isScope(union)).toBe(true);
    }),
  );
});
