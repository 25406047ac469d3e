import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeJwt,
  describeSecret,
  isLabel,
  machineLabel,
  verifierMatches,
  withLabels,
} from '../../src/trace/secret.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a label', () => {
  it.each(['%3Ccookie%20%231%3E', '%3ccookie+%231%3e', '&lt;cookie #1&gt;'])(
    'that is escaped as %j is spelled out',
    (escaped) => {
      expect(withLabels(`/a/${escaped}/%20b`)).toBe('/a/<cookie #1>/%20b');
    },
  );

  it('is the kind and the head of the hash', () => {
    // RFC 7636 appendix B: the challenge of this verifier is E9Melhoa2Owv…
    expect(machineLabel('code_verifier', 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      '<code_verifier E9Melhoa2Owv>',
    );
  });

  it.each([
    ['<password #1>', true],
    ['<access_token abcdefghijkl>', true],
    ['<access_token abc>', false],
    ['<Password #1>', false],
    ['x <password #1>', false],
    ['', false],
  ])('is recognised: %s', (text, expected) => {
    expect(isLabel(text)).toBe(expected);
  });
});

describe('a verifier', () => {
  it('belongs to its challenge, spelled out and labelled, and to no other', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
        fc.pre(one !== other && !isLabel(one));
        const challenge = createHash('sha256').update(one).digest('base64url');
        expect(verifierMatches(one, challenge)).toBe(true);
        expect(verifierMatches(machineLabel('code_verifier', one), challenge)).toBe(true);
        expect(verifierMatches(machineLabel('code_verifier', other), challenge)).toBe(false);
      }),
    );
  });
});

describe('what is known of a secret', () => {
  it.each([
    ['abc-_.~9', 'unreserved'],
    ['abc+/=', 'visible-ascii'],
    ['with space', 'other'],
    ['é', 'other'],
  ])('%s is %s', (secret, alphabet) => {
    expect(describeSecret('<x #1>', secret)).toEqual({
      label: '<x #1>',
      length: secret.length,
      alphabet,
    });
  });

  it.each([
    ['two parts', `${part({ a: 1 })}.${part({ b: 2 })}`],
    ['four parts', `${part({ a: 1 })}.${part({ b: 2 })}.c.d`],
    ['a list for a header', `${part([1])}.${part({ b: 2 })}.c`],
    ['no JSON', 'abc.def.ghi'],
    ['nothing', ''],
  ])('%s is no JWT', (_, text) => {
    expect(decodeJwt(text)).toBeUndefined();
  });

  it('reads a JWT, also an unsigned one', () => {
    expect(decodeJwt(`${part({ alg: 'none' })}.${part({ sub: 'é' })}.`)).toEqual({
      header: { alg: 'none' },
      claims: { sub: 'é' },
    });
  });
});
