import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/report/printable.ts';

const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom('\x1b[2J', '\x1b]0;x\x07', '\u202e', '\u2066', '\x9b', '\ud83d', '\r\n', 'a'),
    )
    .map((parts) => parts.join('')),
);

describe('printable', () => {
  it('leaves nothing that a terminal obeys, hides or turns', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(printable(text)).not.toMatch(DANGEROUS);
      }),
    );
  });

  it('leaves plain text of any script alone', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'az09 {}"äöß漢字ไทय😀→') });
    fc.assert(
      fc.property(plain, (text) => {
        expect(printable(text)).toBe(text);
      }),
    );
  });

  it('grows no longer than its limit lets it', () => {
    fc.assert(
      fc.property(anything, fc.nat({ max: 50 }), (text, longest) => {
        expect(printable(text, longest).length).toBeLessThanOrEqual(longest * 10 + 40);
      }),
    );
  });

  it.each([
    ['\x1b[31mred', '\\u001b[31mred'],
    ['a\u202eb', 'a\\u202eb'],
    ['one\ntwo\tthree', 'one\\ntwo\\tthree'],
    ['soft\u00adhyphen', 'soft\\u00adhyphen'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
  ])('spells out what cannot be seen in %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('says how much it leaves out', () => {
    expect(printable('abcdefgh', 3)).toBe('abc… (5 more characters)');
  });
});
