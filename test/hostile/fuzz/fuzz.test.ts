import { expect, test } from 'vitest';
import { fuzz } from './run.ts';

test('nothing that chance does to a conversation breaks a promise', {
  timeout: 120_000,
}, async () => {
  const { faults, outcomes } = await fuzz(1, 60);
  expect(faults).toEqual([]);
  // A run in which all fail alike would prove little.
  expect(Object.keys(outcomes).length).toBeGreaterThan(1);
});
