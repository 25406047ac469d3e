import { expect, it } from 'vitest';
import { REVISIONS } from '../../src/spec/revisions.ts';
import { traceSchema } from '../../src/trace/schema.ts';
import { edit, happyTrace, PARTS } from './support.ts';

it.each(REVISIONS.map(({ id }) => id))('the healthy trace of %s fits the schema', (revision) => {
  expect(traceSchema.safeParse(happyTrace(revision)).error).toBeUndefined();
});

it('edits leave the trace they start from alone', () => {
  const before = happyTrace();
  edit(before).body('asm', { issuer: undefined }).without('callback').failedAt('token');
  expect(before).toEqual(happyTrace());
});

it('a flow that failed holds nothing of later steps', () => {
  const { trace } = edit().failedAt('token');
  expect(trace.trace_log.at(-1)?.id).toBe(PARTS.token);
  expect(trace.sequence_summary).toMatchObject({ outcome: 'failed', failed_step: 'token' });
});

it('an exchange added again stands next to the first with an id of its own', () => {
  const { trace } = edit().again('token');
  expect(trace.trace_log.map(({ id }) => id).slice(9, 11)).toEqual([PARTS.token, 100]);
});
