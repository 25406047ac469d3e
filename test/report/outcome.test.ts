import { expect, it } from 'vitest';
import { describeOutcome } from '../../src/report/outcome.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { edit } from '../rules/support.ts';

const ended = (summary: Partial<Trace['sequence_summary']>): string => {
  const { trace } = edit();
  return describeOutcome({
    ...trace,
    sequence_summary: { ...trace.sequence_summary, ...summary },
  });
};

it('a completed run says what it did', () => {
  expect(describeOutcome(edit().trace)).toBe(
    'Completed: signed in, got a token, called the MCP server, refreshed the token and cleaned up.',
  );
});

it('steps that were skipped are no deeds', () => {
  const skipped = { outcome: 'skipped' } as const;
  const only = edit()
    .step('authorization', skipped)
    .step('call', skipped)
    .step('refresh', skipped)
    .step('cleanup', skipped);
  expect(describeOutcome(only.trace)).toBe('Completed: got a token.');
  expect(describeOutcome(only.step('token', skipped).trace)).toBe(
    'Completed: every step came to its end.',
  );
});

it.each([
  [
    'that could undo nothing is no deed',
    { exchanges: [], notes: ['it stays'] },
    /and refreshed the token\.$/,
  ],
  ['that left something says so', { notes: ['it stays'] }, /and cleaned up in part\.$/],
])('a cleanup %s', (_, change, expected) => {
  expect(describeOutcome(edit().step('cleanup', change).trace)).toMatch(expected);
});

it('leniency is confessed', () => {
  expect(describeOutcome(edit().metadata({ lenient: true }).trace)).toMatch(/\(--lenient\)\.$/);
});

it.each([
  ['failed', 'token', 'no answer', 'Failed at token: no answer.'],
  ['failed', null, null, 'Failed at an unknown step.'],
  [
    'refused',
    'resource-metadata',
    'Wrong!',
    'Stopped at resource-metadata, as a client has to: Wrong!',
  ],
  ['open', null, null, 'The MCP server asked for no token.'],
  ['interrupted', 'authorization', null, 'Interrupted at authorization.'],
] as const)('%s at %s because of %j', (outcome, failed_step, reason, expected) => {
  expect(ended({ outcome, failed_step, reason })).toBe(expected);
});
