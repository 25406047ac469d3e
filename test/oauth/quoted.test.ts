import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted } from '../../src/oauth/quoted.ts';

test('text is shown as JSON', () => {
  expect(quoted('say "hi"')).toBe('"say \\"hi\\""');
});

test('values that are no text are shown too', () => {
  expect([quoted(1), quoted(['a']), quoted(null), quoted(undefined)]).toEqual([
    '1',
    '["a"]',
    'null',
    'absent',
  ]);
});

test('nothing that a terminal obeys or that reorders text gets through', () => {
  expect(quoted('\u001b[31m\u009b\u202e\u200b')).toBe('"\\u001b[31m\\u009b\\u202e\\u200b"');
});

test('long text is cut', () => {
  expect(quoted('a'.repeat(1000))).toBe(`"${'a'.repeat(200)}…"`);
  expect(quoted(Array.from({ length: 1000 }, () => 'a')).length).toBe(201);
});

test('a value too deep to print is said to be one', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  expect(quoted(deep)).toBe('a value too deep to show');
});

test('no text leaves a control character behind', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(quoted(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    }),
  );
});
