import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base64CoresOf,
  base64Run,
  htmlEscaped,
  percentEncoded,
  unescapeOnce,
  unescapeReferences,
} from '../../../src/trace/redact/spelling.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1 });

describe('undoing escapes', () => {
  it.each([
    ['%41%c3%a9%F0%9F%98%80', 'Aé😀'],
    ['\\u0041\\"\\\\\\n\\/\\x41', 'A"\\\n/A'],
    ['&lt;&#65;&#x41;&amp;amp;', '<AA&amp;'],
    ['%zz%4', undefined],
    ['%ff%c3', undefined],
    ['plain', undefined],
    ['\\q & co', undefined],
  ])('reads %s', (escaped, expected) => {
    expect(unescapeOnce(escaped)?.text).toBe(expected);
  });

  it.each([
    ['percent-encoding', percentEncoded],
    ['JSON', (plain: string) => JSON.stringify(plain).slice(1, -1)],
    ['HTML', htmlEscaped],
  ])('undoes %s and finds the way back to each part', (_, write) => {
    fc.assert(
      fc.property(text, text, text, (before, middle, after) => {
        fc.pre(!/[%\\&]/.test(before + middle + after));
        const source = `${write(before)}${write(middle)}${write(after)}`;
        const undone = unescapeOnce(source) ?? {
          text: source,
          toSource: (start: number, end: number): readonly [number, number] => [start, end],
        };
        expect(undone.text).toBe(`${before}${middle}${after}`);
        const [start, end] = undone.toSource(before.length, before.length + middle.length);
        expect(source.slice(start, end)).toBe(write(middle));
      }),
    );
  });

  it('reads the references of an attribute and nothing else', () => {
    expect(unescapeReferences('a=%41&amp;b=\\n&#x22;&bogus;')).toBe('a=%41&b=\\n"&bogus;');
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(typeof percentEncoded(any)).toBe('string');
        expect(['string', 'undefined']).toContain(typeof unescapeOnce(any)?.text);
      }),
    );
  });
});

describe('base64', () => {
  it('holds a core of a value wherever the value stands in the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 10 }),
        fc.string({ minLength: 6, maxLength: 40 }),
        fc.uint8Array({ maxLength: 10 }),
        fc.constantFrom('base64' as const, 'base64url' as const),
        (before, value, after, spelling) => {
          const encoded = Buffer.concat([before, Buffer.from(value), after]).toString(spelling);
          expect(base64CoresOf(value).some((core) => encoded.includes(core))).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['xx aGVsbG8= yy', 5, 8, 'aGVsbG8='],
    ['\\naGVsbG8', 4, 6, 'aGVsbG8'],
    ['a%3DaGVsbG8', 6, 8, 'aGVsbG8'],
    ['/path/aGVsbG8/x', 8, 10, 'aGVsbG8'],
  ])('widens a place in %s to its run', (text, start, end, run) => {
    expect(text.slice(...base64Run(text, start, end))).toBe(run);
  });
});
