import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, type Found } from '../../../src/trace/redact/matcher.ts';

function matcherOf(patterns: readonly string[]) {
  const matcher = createMatcher<string>();
  for (const pattern of patterns) matcher.add(pattern, pattern);
  return matcher;
}

/** The same by trying every pattern at every place. */
function plainSearch(patterns: readonly string[], text: string): readonly Found<string>[] {
  const longestFirst = patterns
    .filter((pattern) => pattern.length >= 6)
    .toSorted((a, b) => b.length - a.length);
  const found: Found<string>[] = [];
  for (let start = 0; start < text.length; start += 1) {
    const value = longestFirst.find((pattern) => text.startsWith(pattern, start));
    if (value === undefined) continue;
    found.push({ start, end: start + value.length, value });
    start += value.length - 1;
  }
  return found;
}

describe('a matcher', () => {
  it('finds what a plain search finds', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(few), fc.array(few, { maxLength: 20 }), (patterns, parts) => {
        const text = parts.join('');
        expect(matcherOf(patterns).find(text)).toEqual(plainSearch(patterns, text));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes the longest of several that begin alike', () => {
    expect(matcherOf(['abcdef', 'abcdefgh', 'abcdefg']).find('xabcdefghx')).toEqual([
      { start: 1, end: 9, value: 'abcdefgh' },
    ]);
  });

  it('does not take equal hashes for equal texts', () => {
    // Thue and Morse's sequence and its complement hash alike under any base, modulo 2 to the 32.
    const bits = Array.from(
      { length: 2048 },
      (_, n) => n.toString(2).replaceAll('0', '').length % 2,
    );
    const [one, other] = [0, 1].map((flip) => bits.map((bit) => 'ab'[bit ^ flip]).join('')) as [
      string,
      string,
    ];
    expect(matcherOf([`prefix${one}`]).find(`prefix${other}`)).toEqual([]);
    expect(matcherOf([`prefix${one}`, `prefix${other}`]).find(`prefix${other}`)).toHaveLength(1);
  });

  it('keeps what was stored first with a pattern', () => {
    const matcher = createMatcher<number>();
    matcher.add('abcdef', 1);
    matcher.add('abcdef', 2);
    expect(matcher.find('abcdef').map(({ value }) => value)).toEqual([1]);
  });
});
