import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteHtml } from '../../../src/trace/redact/html-text.ts';
import { rewriteJson } from '../../../src/trace/redact/json-text.ts';
import { rewriteUrl } from '../../../src/trace/redact/url-text.ts';

const same = (value: string): string => value;

describe('rewriting JSON', () => {
  it('gives every string with the name it stands under', () => {
    const seen: unknown[] = [];
    rewriteJson('{"a":"1","b":{"c":["2",{"d":3}],"e":"4"},"f":["5"]} "6"', (value, name, form) => {
      seen.push([form, name, value]);
      return value;
    });
    expect(seen.filter((one) => (one as string[])[0] !== 'name')).toEqual([
      ['string', 'a', '1'],
      ['string', 'c', '2'],
      ['bare', 'd', '3'],
      ['string', 'e', '4'],
      ['string', 'f', '5'],
      ['string', undefined, '6'],
    ]);
  });

  it('leaves every byte of a text that nobody changes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(rewriteJson(text, same)).toBe(text);
      }),
    );
  });

  it('writes valid JSON whatever the strings become', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, other) => {
        const rewritten = rewriteJson(JSON.stringify(value, null, 1), (old, _, form) =>
          form === 'string' ? other : old,
        );
        const strings = JSON.stringify(value, (_, item) =>
          typeof item === 'string' ? other : item,
        );
        expect(JSON.parse(rewritten)).toEqual(JSON.parse(strings));
      }),
    );
  });
});

describe('rewriting HTML', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '=',
    ' ',
    'a',
    '<input ',
    'value',
    '<!--',
    '-->',
    '<script>',
    '</script>',
    '/',
    '&amp;',
    'b>',
  );

  it('leaves every byte of a page that nobody changes', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const html = parts.join('');
        expect(
          rewriteHtml(html, { tag: () => {}, attribute: ({ value }) => value, text: same }),
        ).toBe(html);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['<a b=x c>', '<a b="&#34;&#62;" c>'],
    [`<a b='x'>`, `<a b='&#34;&#62;'>`],
    ['<a b="x" />', '<a b="&#34;&#62;" />'],
  ])('lets no value out of its quotes: %s', (html, expected) => {
    const visit = { tag: () => {}, attribute: () => '">', text: same };
    expect(rewriteHtml(html, visit)).toBe(expected);
  });
});

describe('rewriting URLs', () => {
  it('leaves every byte of a URL that nobody changes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true })),
        (url) => {
          const visit = {
            field: (_: string, value: string) => value,
            credential: same,
            rest: same,
          };
          expect(rewriteUrl(url, visit)).toBe(url);
        },
      ),
    );
  });
});
