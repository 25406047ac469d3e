import { expect, it } from 'vitest';
import { minimalTrace } from '../../src/trace/minimal.ts';
import { traceSchema } from '../../src/trace/schema.ts';
import { happyTrace } from '../rules/happy-trace.ts';

it('keeps what was measured and nothing that anybody said', () => {
  const minimal = minimalTrace(happyTrace(), 'redaction failed');
  expect(traceSchema.safeParse(minimal).error).toBeUndefined();
  expect(minimal.sequence_summary.reason).toBe('redaction failed');
  expect(minimal.trace_log.map(({ id, response }) => [id, response?.status])).toEqual(
    happyTrace().trace_log.map(({ id, response }) => [id, response?.status]),
  );
  expect(JSON.stringify(minimal)).not.toMatch(/https?:|testuser|testpass|c-17|Bearer/);
});
