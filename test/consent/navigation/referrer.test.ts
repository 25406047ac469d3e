import { expect, test } from 'vitest';
import {
  namedPolicy,
  policyOf,
  type ReferrerPolicy,
  referrerOf,
} from '../../../src/consent/navigation/referrer.ts';

const FROM = 'https://a.example/p?q=1#part';

test.each([
  ['no-referrer', undefined, undefined, undefined],
  ['no-referrer-when-downgrade', 'https://a.example/p?q=1', 'https://a.example/p?q=1', undefined],
  ['origin', 'https://a.example/', 'https://a.example/', 'https://a.example/'],
  [
    'origin-when-cross-origin',
    'https://a.example/p?q=1',
    'https://a.example/',
    'https://a.example/',
  ],
  ['same-origin', 'https://a.example/p?q=1', undefined, undefined],
  ['strict-origin', 'https://a.example/', 'https://a.example/', undefined],
  ['strict-origin-when-cross-origin', 'https://a.example/p?q=1', 'https://a.example/', undefined],
  ['unsafe-url', 'https://a.example/p?q=1', 'https://a.example/p?q=1', 'https://a.example/p?q=1'],
] as const)('%s tells its own origin, another one and a plain http one', (policy, ...expected) => {
  const targets = ['https://a.example/x', 'https://b.example/', 'http://b.example/'];
  expect(targets.map((to) => referrerOf(policy, new URL(FROM), new URL(to)))).toEqual(expected);
});

test('a referrer too long to send is cut to its origin', () => {
  const from = new URL(`https://a.example/?${'x'.repeat(5000)}`);
  expect(referrerOf('unsafe-url', from, from)).toBe('https://a.example/');
});

test.each([
  ['no-referrer', 'no-referrer'],
  ['bogus, same-origin', 'same-origin'],
  ['same-origin, bogus', 'same-origin'],
  ['bogus', 'origin'],
  ['toString', 'origin'],
  ['', 'origin'],
] as const)('a header that says %j sets %s', (value, expected) => {
  const soFar: ReferrerPolicy = 'origin';
  expect(policyOf([['Referrer-Policy', value]], soFar)).toBe(expected);
  expect(namedPolicy(soFar, value)).toBe(expected);
});
