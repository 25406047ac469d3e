import { expect, test } from 'vitest';
import { findWorld, startWorld, WORLDS } from '../../../src/server/worlds/index.ts';
import { cameTo, runIn } from './support.ts';

test.each(WORLDS.map(({ name }) => name))(
  'the world %s comes to what it expects, and to nothing else',
  async (name) => {
    const world = await startWorld(name);
    try {
      const { trace } = await runIn(world);
      expect(trace.sequence_summary.reason).toBeNull();
      expect(cameTo(trace)).toEqual(world.expected);
    } finally {
      await world.close();
    }
  },
);

test('a world that is not there is refused by name', () => {
  expect(() => findWorld('wonder')).toThrow('world "wonder" is unknown, expected one of minimal');
});
