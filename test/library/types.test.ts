import { expect, expectTypeOf, test } from 'vitest';
import * as library from '../../src/index.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { matchers } from '../../src/vitest.ts';
import type * as Written from '../../types/index.d.ts';
import type { Trace as WrittenTrace } from '../../types/trace.d.ts';
import type * as WrittenMatchers from '../../types/vitest.d.ts';

// Checked by tsc: what is published about the library is true of it.
const published: Pick<typeof Written, keyof typeof library> = library;
const publishedMatchers: typeof WrittenMatchers.matchers = matchers;

test('what the published types name is what the library exports', () => {
  expect(Object.keys(published).sort()).toEqual(
    ['diff', 'findCause', 'form', 'judge', 'readTrace', 'report', 'trace', 'writeTrace'].sort(),
  );
  expectTypeOf<keyof typeof Written>().toEqualTypeOf<keyof typeof library>();
  expect(publishedMatchers).toBe(matchers);
});

test('the published type of a trace is the type of a trace', () => {
  expectTypeOf<WrittenTrace>().toEqualTypeOf<Trace>();
});
