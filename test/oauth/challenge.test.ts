import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Challenge, findBearer, parseChallenges } from '../../src/oauth/challenge.ts';

interface Fixture {
  readonly idea: string;
  readonly headers: readonly string[];
  readonly challenges: readonly unknown[];
  readonly bearer: number | null;
}

interface WellFormed {
  readonly scheme: string;
  readonly token68: string | undefined;
  readonly parameters: readonly (readonly [name: string, value: string, bare: boolean])[];
}

const folder = new URL('../../fixtures/challenges/', import.meta.url);
const fixtures = readdirSync(folder).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture] as const,
);

const plain = ({ parameters, problems, ...rest }: Challenge) => ({
  ...rest,
  parameters: Object.fromEntries(parameters),
  problems: problems.map(({ code }) => code),
});

describe('parseChallenges', () => {
  test.each(fixtures)('reads %s', (_, { headers, challenges }) => {
    expect(parseChallenges(headers).map(plain)).toEqual(challenges);
  });

  test('a problem names its parameter and quotes what was seen', () => {
    const [challenge] = parseChallenges(['Bearer Resource_Metadata=https://a.test/\u0007x']);
    expect(challenge?.problems).toEqual([
      {
        code: 'unquoted-url',
        parameter: 'resource_metadata',
        message:
          'Resource_Metadata is a bare URL, expected it in double quotes: Resource_Metadata="https://a.test/\\u0007x"',
      },
      { code: 'control-character', message: 'a control character "\\u0007" stands in it' },
    ]);
  });

  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&*+\-.^_`|~]{0,12}$/);
  const text = fc.stringMatching(/^[\x20-\x7e]{0,30}$/);
  const parameters = fc.uniqueArray(fc.tuple(token, text, fc.boolean()), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 5,
  });
  const wellFormed = fc.record({
    scheme: token,
    token68: fc.option(fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,20}={0,2}$/), { nil: undefined }),
    parameters,
  });

  const print = ({ scheme, token68, parameters }: WellFormed) =>
    token68 !== undefined
      ? `${scheme} ${token68}`
      : [
          scheme,
          parameters
            .map(([name, value, bare]) =>
              bare && /^[A-Za-z0-9]+$/.test(value)
                ? `${name}=${value}`
                : `${name}="${value.replace(/["\\]/g, '\\$&')}"`,
            )
            .join(', '),
        ]
          .join(' ')
          .trim();

  test('what was printed is read again, in one value or in several', () => {
    fc.assert(
      fc.property(
        fc.array(wellFormed, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (all, one) => {
          const printed = all.map(print);
          const expected = all.map(({ scheme, token68, parameters }, index) => ({
            scheme,
            header: one ? 0 : index,
            ...(token68 === undefined
              ? { parameters: Object.fromEntries(parameters.map(([k, v]) => [k.toLowerCase(), v])) }
              : { token68, parameters: {} }),
            problems: [],
          }));
          expect(parseChallenges(one ? [printed.join(', ')] : printed).map(plain)).toEqual(
            expected,
          );
        },
      ),
    );
  });

  test('a well-formed challenge survives junk in the header before it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), wellFormed, (junk, challenge) => {
        const read = parseChallenges([junk, print(challenge)]).filter(({ header }) => header === 1);
        expect(read).toHaveLength(1);
        expect(read[0]?.problems).toEqual([]);
      }),
    );
  });

  test('no text makes it throw, and every value leaves a challenge', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', "'", '\\', ',', '=', ' ', '\t', 'Bearer ', 'realm=', 'a', 'https://'),
    );
    const value = fc.array(piece).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const read = parseChallenges(values);
        expect(new Set(read.map(({ header }) => header)).size).toBe(values.length);
      }),
    );
  });

  test.each([
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['blanks', ' '],
    ['words', 'a '],
    ['equals signs', '='],
    ['single quotes', "a='"],
    ['token68', 'a='],
    ['parameters', 'a=b '],
  ])('half a million characters of %s are read without recursion', (_, unit) => {
    const value = `Bearer x${unit.repeat(500_000 / unit.length)}`;
    expect(parseChallenges([value, `${value}"`])[0]?.scheme).toBe('Bearer');
  });
});

describe('findBearer', () => {
  test.each(fixtures)('finds the challenge to answer in %s', (_, { headers, bearer }) => {
    const challenges = parseChallenges(headers);
    expect(findBearer(challenges)).toBe(bearer === null ? undefined : challenges[bearer]);
  });
});
