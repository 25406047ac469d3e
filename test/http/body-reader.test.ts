import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BodyReader } from '../../src/http/body-reader.ts';
import { keepBytes } from '../../src/http/kept-bytes.ts';
import { recordBody } from '../../src/http/recorded-body.ts';
import type { Header } from '../../src/trace/schema.ts';

const silent = { drain: () => {}, error: () => {} };

/** Cuts bytes into pieces at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((place, index) => bytes.subarray(place, places[index]));
}

describe('a body in any pieces', () => {
  test('is counted, hashed and read whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat()), (text, cuts) => {
        const bytes = Buffer.from(text);
        const reader = new BodyReader([], 16, silent);
        for (const piece of pieces(bytes, cuts)) if (piece.length > 0) reader.write(piece);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const body = reader.body();
        if (bytes.length === 0) expect(body).toBeNull();
        else expect(body).toMatchObject({ size: bytes.length, sha256 });
        expect(reader.text()).toEqual({
          text: new TextDecoder().decode(bytes),
          truncated: false,
        });
      }),
    );
  });

  test('is hashed whole where less of it is kept', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.array(fc.nat()),
        fc.nat(20),
        (text, cuts, keep) => {
          const bytes = Buffer.from(text);
          const reader = new BodyReader([], keep, { ...silent, text: () => {} });
          for (const piece of pieces(bytes, cuts)) if (piece.length > 0) reader.write(piece);
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          expect(reader.body()).toMatchObject({ size: bytes.length, sha256 });
        },
      ),
    );
  });

  test('is read whole, whatever length was announced', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat()), fc.nat(), (text, cuts, announced) => {
        const reader = new BodyReader([['content-length', String(announced)]], 16, silent);
        for (const piece of pieces(Buffer.from(text), cuts))
          if (piece.length > 0) reader.write(piece);
        expect(reader.text()).toEqual({ text: text.replace(/^\uFEFF/, ''), truncated: false });
      }),
    );
  });

  test('is decoded whole', async () => {
    const headers: readonly Header[] = [['Content-Encoding', 'gzip']];
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.array(fc.nat()), async (text, cuts) => {
        const reader = new BodyReader(headers, 1000, silent);
        for (const piece of pieces(gzipSync(text), cuts)) if (piece.length > 0) reader.write(piece);
        await reader.end();
        expect(reader.body()?.text).toBe(text);
      }),
      { numRuns: 30 },
    );
  });
});

const digest = (): string => '';

describe('a body cut at any byte', () => {
  test('is text without a broken character, or the bytes themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(64), (text, keep) => {
        const bytes = Buffer.from(text);
        const body = recordBody({ type: '', bytes, size: bytes.length, digest }, keep);
        expect(body.base64).toBeUndefined();
        expect(text.startsWith(body.text ?? 'absent')).toBe(true);
        expect(body.truncated).toBe(keep < bytes.length ? true : undefined);
        // At most one character is given up.
        const kept = Buffer.byteLength(body.text ?? '');
        expect(Math.min(keep, bytes.length) - kept).toBeLessThan(4);
      }),
    );
  });

  test.each([
    ['a€', 4, 'a€'],
    ['a€b', 4, 'a€'],
    ['a€b', 3, 'a'],
    ['a€b', 2, 'a'],
    ['é', 1, ''],
    ['😀', 3, ''],
  ])('%s at %i is %j', (text, keep, expected) => {
    const bytes = Buffer.from(text);
    const seen = { type: '', bytes, size: bytes.length, digest };
    expect(recordBody(seen, keep).text).toBe(expected);
  });

  test('stays binary where it was', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x61, 0xff]);
    const body = recordBody({ type: '', bytes, size: 4, digest }, 3);
    expect(body).toMatchObject({ base64: bytes.subarray(0, 3).toString('base64'), size: 4 });
  });
});

/** Chunks of which some are kept as they came and some are copied; some are views of far more. */
const chunks = fc.array(
  fc
    .record({
      byte: fc.constantFrom('a', 'é', '\uFEFF'),
      length: fc.oneof(fc.nat(9), fc.integer({ min: 2000, max: 9000 })),
      around: fc.constantFrom(0, 100, 20_000),
    })
    .map(({ byte, length, around }) =>
      Buffer.concat([Buffer.alloc(length, byte), Buffer.alloc(around)]).subarray(0, length),
    ),
  { maxLength: 8 },
);

test('the bytes kept are the first ones, and never more than the limit', () => {
  fc.assert(
    fc.property(chunks, fc.oneof(fc.nat(40), fc.nat(30_000)), (all, limit) => {
      const kept = keepBytes(limit);
      for (const chunk of all) kept.add(chunk);
      const expected = Buffer.concat(all).subarray(0, limit);
      expect(kept.bytes().equals(expected)).toBe(true);
      expect(kept.text()).toBe(new TextDecoder().decode(expected));
      // A chunk of its own may be cut to half.
      expect(kept.bytes().buffer.byteLength).toBeLessThanOrEqual(Math.max(2 * limit, 8192));
    }),
  );
});

test('a million chunks of one byte cost no more than their bytes', () => {
  const kept = keepBytes(1 << 20);
  const byte = Buffer.from('x');
  for (let count = 0; count < 1 << 20; count += 1) kept.add(byte);
  expect(kept.bytes().length).toBe(1 << 20);
});
