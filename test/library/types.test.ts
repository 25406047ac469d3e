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

test('a run without a way to approve is refused in a sentence', async () => {
  // JavaScript calls it like this.
  const untyped = library.trace as (url: string, options?: object) => Promise<Trace>;
  for (const given of [[], [{}], [{ client: 'claude-code' }]])
    await expect(untyped('http://127.0.0.1:9/mcp', ...given)).rejects.toThrow(
      /^trace\(\) has no options\.consent, expected a way to approve: /,
    );
});

test('a diff of steps that are none is refused in a sentence that names them', () => {
  const run = library.readTrace('traces/reference/healthy.json');
  const of = (...only: readonly string[]) => library.diff(run, run, { only });
  expect(() => of('token', 'tokn')).toThrow(RangeError);
  expect(() => of('tokn')).toThrow('options.only is ["tokn"], expected steps of challenge, ');
  expect(() => of()).toThrow('options.only is [], expected steps of challenge, ');
  expect(of('token').same).toBe(true);
});

test('the matcher takes a trace and its judgement alike', () => {
  const run = library.readTrace('traces/reference/token-no-refresh-token.json');
  const [first] = library.judge(run).findings;
  for (const subject of [run, library.judge(run)]) {
    expect(matchers.toHaveNoFindings(subject)).toMatchObject({ pass: false });
    const ids = library.judge(run).findings.map(({ rule }) => rule.id);
    expect(matchers.toHaveNoFindings(subject, ids)).toMatchObject({ pass: true });
  }
  expect(first).toBeDefined();
});
