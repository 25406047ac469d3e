import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aligned,
  chunked,
  counted,
  durationText,
  folded,
  labelled,
  padded,
  shortened,
  widthOf,
  wrapped,
} from '../../src/report/layout.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ',', '漢', 'é', 'e\u0301', '😀') });
const width = fc.integer({ min: 2, max: 30 });

describe('wrapped', () => {
  it('keeps every line within the width', () => {
    fc.assert(
      fc.property(text, width, (one, columns) => {
        for (const line of wrapped(one, columns))
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('loses no word', () => {
    fc.assert(
      fc.property(text, width, (one, columns) => {
        expect(wrapped(one, columns).join('').replaceAll(' ', '')).toBe(one.replaceAll(' ', ''));
      }),
    );
  });

  it('breaks at blanks, and words that are too long wherever they are full', () => {
    expect(wrapped('one two three abcdefgh', 7)).toEqual(['one two', 'three', 'abcdefg', 'h']);
  });

  it('breaks a word that is too long after a mark, where that fills half a line', () => {
    expect(wrapped('{"a":"b","scope":"c"}', 12)).toEqual(['{"a":"b",', '"scope":"c"}']);
    expect(wrapped('a,bcdefghijkl', 10)).toEqual(['a,bcdefghi', 'jkl']);
  });
});

it('folding breaks at blanks only, so that an address can be copied', () => {
  expect(folded('open https://long.example now', 9)).toEqual([
    'open',
    'https://long.example',
    'now',
  ]);
});

it('a chunk is as wide as a line lets it be', () => {
  expect(chunked('  漢字漢字ab', 5)).toEqual(['  漢', '字漢', '字ab']);
  expect(chunked('short', 5)).toEqual(['short']);
});

it('a text that is too long keeps both its ends', () => {
  expect(shortened('/.well-known/oauth-protected-resource', 15)).toBe('/.well-…esource');
  expect(shortened('漢字漢字', 6)).toBe('漢…字');
  expect(shortened('short', 5)).toBe('short');
});

it('a shortened text keeps within its width', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 30 }), (one, columns) => {
      expect(widthOf(shortened(one, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});

it('blanks fill a column from either side', () => {
  expect(padded('ab', 4)).toBe('ab  ');
  expect(aligned('ab', 4)).toBe('  ab');
  expect(padded('漢', 4)).toBe('漢  ');
  expect(padded('abcde', 4)).toBe('abcde');
});

it('further lines of a paragraph stand under the first', () => {
  expect(labelled('Fix  ', ['one', 'two'])).toEqual(['Fix  one', '     two']);
});

it('one of a kind is singular', () => {
  expect([counted(0, 'rule'), counted(1, 'rule'), counted(2, 'rule')]).toEqual([
    '0 rules',
    '1 rule',
    '2 rules',
  ]);
});

it.each([
  [0.4, '0 ms'],
  [9_999, '9999 ms'],
  [10_000, '10.0 s'],
  [999_900, '999.9 s'],
  [1_000_000, '1000 s'],
])('%d milliseconds read %s', (milliseconds, expected) => {
  expect(durationText(milliseconds)).toBe(expected);
});
