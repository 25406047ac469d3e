import { expect, test } from 'vitest';
import { findFault } from '../../../src/server/faults.ts';
import { findWorld, startWorld, WORLDS } from '../../../src/server/worlds/index.ts';
import { mergeServerLog } from '../../../src/trace/merge.ts';
import { redact } from '../../../src/trace/redact.ts';
import { readServerLog } from '../../../src/trace/server-log.ts';
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

test.each(WORLDS.map(({ name }) => name))(
  'the log of the world %s reads back, and laying it beside the trace changes no finding',
  async (name) => {
    const lines: string[] = [];
    const world = await startWorld(name, {
      onExchange: (exchange) => lines.push(JSON.stringify(exchange)),
    });
    try {
      const { trace } = await runIn(world);
      const log = readServerLog(lines.join('\n'));
      expect(log).toEqual(world.exchanges);
      const saved = redact(trace);
      const merged = redact(mergeServerLog(saved, log));
      expect(cameTo(merged)).toEqual(cameTo(saved));
      const isOfSeveral = world.servers.length > 1;
      expect(merged.trace_log.length > saved.trace_log.length).toBe(isOfSeveral);
    } finally {
      await world.close();
    }
  },
);

test.each(
  WORLDS.flatMap(({ name }) =>
    ['www-authenticate-missing', 'token-type-invalid', 'transport-content-type'].map((fault) => [
      name,
      fault,
    ]),
  ),
)('the world %s can be broken: %s', async (name, fault) => {
  const world = await startWorld(name, { faults: [fault] });
  try {
    const { trace } = await runIn(world);
    expect(cameTo(trace).findings).toEqual(expect.arrayContaining([...findFault(fault).rules]));
    expect(world.expected.findings).not.toContain(fault);
  } finally {
    await world.close();
  }
});

test('a world that is not there is refused by name', () => {
  expect(() => findWorld('wonder')).toThrow('world "wonder" is unknown, expected one of minimal');
});
