import { form } from '../consent/form.ts';
import { perform } from '../flow/perform.ts';
import { judge } from '../rules/judge.ts';
import { startServer } from '../server/start.ts';
import { startWorld, WORLDS } from '../server/worlds/index.ts';
import type { Expected, RunningWorld } from '../server/worlds/world.ts';
import { redactSafely } from '../trace/safety.ts';
import type { Io } from './io.ts';
import { knownSecrets } from './known-secrets.ts';
import type { RunContext } from './run-plan.ts';
import { readSettings } from './settings.ts';
import type { TraceCommandOptions } from './trace-options.ts';
import { worldContext } from './world-context.ts';
import { type WorldRun, whatCame } from './world-table.ts';

/** Something to run against, with what a run comes to. */
interface Subject {
  readonly name: string;
  readonly expected: Expected;
  readonly mcpUrl: string;
  readonly context: RunContext;
  readonly close: () => Promise<void>;
}

/** Runs the sequence against the plain reference server and each of its worlds, one after the other. */
export async function runWorlds(
  options: TraceCommandOptions,
  io: Io,
  signal: AbortSignal,
): Promise<readonly WorldRun[]> {
  const runs: WorldRun[] = [];
  const starts = [
    startPlain,
    ...WORLDS.map(
      ({ name }) =>
        async () =>
          of(await startWorld(name)),
    ),
  ];
  for (const start of starts) {
    if (signal.aborted) break;
    const subject = await start();
    try {
      runs.push(await runOne(subject, options, io, signal));
    } finally {
      await subject.close();
    }
  }
  return runs;
}

const USER = { name: 'testuser', password: 'testpass' };

async function startPlain(): Promise<Subject> {
  const { mcpUrl, close } = await startServer({ users: [USER] });
  const credentials = { username: USER.name, password: USER.password };
  return {
    name: 'plain',
    expected: { outcome: 'completed', refresh: true, skipped: [], findings: [] },
    mcpUrl,
    context: {
      source: 'self-test',
      consent: form(credentials),
      credentials,
      flow: { call: { tool: 'echo', arguments: { text: 'hello' } } },
    },
    close,
  };
}

function of(world: RunningWorld): Subject {
  return { ...world, context: worldContext(world) };
}

async function runOne(
  { name, expected, mcpUrl, context }: Subject,
  options: TraceCommandOptions,
  io: Io,
  signal: AbortSignal,
): Promise<WorldRun> {
  const read = await readSettings(mcpUrl, options, io);
  const { credentials = { username: undefined, password: undefined } } = context;
  const settings = {
    ...read,
    flow: { ...read.flow, ...context.flow },
    connection: { ...read.connection, ...context.connection },
  };
  const { trace: raw, ...ended } = await perform({
    ...settings,
    timeout: options.timeout,
    maxBody: options.maxBody,
    headers: options.header,
    consent: context.consent ?? form(),
    username: credentials.username ?? null,
    source: context.source,
    signal,
    observer: { stepStarted: () => {}, stepEnded: () => {}, exchange: () => {} },
    say: () => {},
    ask: async () => '',
  });
  if ('crash' in ended) throw ended.crash;
  const trace = redactSafely(raw, knownSecrets(settings, options, credentials));
  const rules = judge(trace).findings.map(({ rule }) => rule.id);
  return { name, expected, came: whatCame(trace, rules), trace };
}
