/** Runs that are ended from outside, at any moment: what was seen is kept. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { traceSchema } from '../../src/trace/schema.ts';
import { runFlow } from '../flow/support.ts';
import { expectUnharmed } from './evidence.ts';
import { leaksIn } from './leaks.ts';
import { buildProgram, emptyFolder, type Program } from './process.ts';
import { LEGS, startHostile, USER } from './server.ts';

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());

const LOGIN = ['--username', USER.name, '--password', USER.password];

test.concurrent.each(
  Object.entries(LEGS).flatMap(([leg, route]) =>
    (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [signal, leg, route] as const),
  ),
)('%s while the %s hangs saves what was seen', async (signal, _, route) => {
  let reached = (): void => {};
  const hangs = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const server = await startHostile({ [route]: () => reached() });
  const run = program.start([server.mcpUrl, ...LOGIN]);
  try {
    await hangs;
    run.signal(signal);
    const trace = expectUnharmed(await run.ended, [130], server.secrets);
    expect(trace.sequence_summary.outcome).toBe('interrupted');
  } finally {
    await server.close();
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s while the user is awaited saves it', async (name) => {
  const server = await startHostile();
  const run = program.start([server.mcpUrl, '--consent', 'print']);
  try {
    await run.says(/authorize\S+\s/);
    run.signal(name);
    expectUnharmed(await run.ended, [130], server.secrets);
  } finally {
    await server.close();
  }
});

test.each(['stdout', 'stderr'] as const)('a closed %s loses no trace', async (closes) => {
  const server = await startHostile();
  try {
    const ended = await program.start([server.mcpUrl, ...LOGIN], { closes }).ended;
    expectUnharmed(ended, [0, 1], server.secrets);
  } finally {
    await server.close();
  }
});

test('a folder that cannot be made is refused before any request', async () => {
  const server = await startHostile();
  try {
    const folder = '/proc/no-such-place';
    const ended = await program.start([server.mcpUrl, ...LOGIN, '--trace-dir', folder]).ended;
    expect(ended.code).toBe(2);
    expect(server.visits).toEqual([]);
  } finally {
    await server.close();
  }
});

test('a folder that goes bad during the run sends the trace to stderr', async () => {
  const cwd = emptyFolder();
  const folder = join(cwd, 'kept');
  mkdirSync(folder);
  const server = await startHostile({
    [LEGS.token]: async (visit) => {
      const { rmSync } = await import('node:fs');
      rmSync(folder, { recursive: true, force: true });
      writeFileSync(folder, 'a file now');
      visit.lawfully();
    },
  });
  try {
    const args = [server.mcpUrl, ...LOGIN, '--trace-dir', folder];
    const ended = await program.start(args, { cwd }).ended;
    expect(ended.code).toBe(70);
    expect(ended.stderr).toContain('"trace_version"');
    expect(leaksIn([ended.stdout, ended.stderr], server.secrets)).toEqual([]);
  } finally {
    await server.close();
  }
});

test('an older trace is never overwritten', async () => {
  const server = await startHostile();
  const cwd = emptyFolder();
  const old = join(cwd, 'old.json');
  writeFileSync(old, 'kept');
  try {
    const named = await program.start([server.mcpUrl, '--save-trace', old], { cwd }).ended;
    expect(named.code).toBe(2);
    expect(readFileSync(old, 'utf8')).toBe('kept');
    // Started in one second, they want one name.
    await Promise.all([1, 2, 3].map(() => program.start([server.mcpUrl, ...LOGIN], { cwd }).ended));
    expect(readdirSync(join(cwd, 'traces'))).toHaveLength(3);
  } finally {
    await server.close();
  }
});

test('an exception of our own loses nothing that was seen before it', async () => {
  const server = await startHostile();
  const failing = (): never => {
    throw new Error('injected');
  };
  try {
    const performed = await runFlow(server.mcpUrl, {
      observer: {
        stepStarted: ({ id }) => void (id === 'registration' && failing()),
        stepEnded: () => {},
        exchange: () => {},
      },
    });
    expect(performed.crash).toBeInstanceOf(Error);
    expect(traceSchema.safeParse(performed.trace).success).toBe(true);
    expect(performed.trace.trace_log).toHaveLength(3);
  } finally {
    await server.close();
  }
});
