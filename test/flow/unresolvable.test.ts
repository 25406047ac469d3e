import { expect, test } from 'vitest';
import { runHeadlessly } from '../interop/run.ts';

test('a host name that does not resolve fails the first step, and the run ends as any other', async () => {
  const performed = await runHeadlessly('http://nonexistent.invalid/mcp', {
    username: 'alice',
    password: 'secret',
  });
  expect(performed.crash).toBeUndefined();
  const { outcome, failed_step: step } = performed.trace.sequence_summary;
  expect({ outcome, step }).toEqual({ outcome: 'failed', step: 'challenge' });
  expect(performed.trace.trace_log.map(({ failure }) => failure?.code)).toEqual([
    expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  ]);
});
