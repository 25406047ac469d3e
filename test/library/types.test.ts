import { expect, expectTypeOf, test } from 'vitest';
import * as library from '../../src/index.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { matchers } from '../../src/vitest.ts';
import type * as Written from '../../types/index.d.ts';
import type { Trace as WrittenTrace } from '../../types/trace.d.ts';
import type * as WrittenMatchers from '../../types/vitest.d.ts';
import { edit } from '../rules/support.ts';

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

test('the matchers say who has to act, and at which step', () => {
  const run = library.readTrace('traces/reference/token-no-refresh-token.json');
  expect(matchers.toHaveNoFindings(run).message()).toContain(
    '\n  For the authorization server, at token: ',
  );
  const broken = library.readTrace('traces/reference/asm-issuer-mismatch.json');
  expect(matchers.toHaveCompleted(broken).message()).toContain(
    '\n  For the authorization server, at server-metadata: ',
  );
  const { trace: open } = edit().failedAt('challenge', 'answered without asking', 'open');
  expect(matchers.toHaveCompleted(open).message()).toContain(
    '\n  For the MCP server, at challenge: ',
  );
});
