import { form } from '../../consent/form.ts';
import { startServer } from '../../server/start.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import { type Showing, serveClientDocument, showingOf, tellHidden } from '../fault-showing.ts';
import { heedInterrupts } from '../interruption.ts';
import type { Io } from '../io.ts';
import type { RunContext } from '../run-plan.ts';
import { runTrace } from '../run-trace.ts';
import type { TraceCommandOptions } from '../trace-options.ts';
import { refusePlain, requirePlain, startNamedWorld, worldContext } from '../world-context.ts';
import { runWorlds } from '../world-runs.ts';
import { isAsExpected, worldTable } from '../world-table.ts';
import { readFaults } from './serve.ts';

/** What `self-test` was asked: the server's part and the run's. */
export interface SelfTestOptions extends TraceCommandOptions {
  readonly fault?: readonly string[];
  readonly split?: boolean;
  readonly tokens?: 'jwt' | 'opaque';
  readonly introspect?: boolean;
  readonly world?: string;
  readonly all?: boolean;
}

const USER = { name: 'testuser', password: 'testpass' };

/** Runs the sequence against the reference server, plain or as a world: no browser, no network. */
export async function selfTestCommand(options: SelfTestOptions, io: Io): Promise<ExitCode> {
  if (options.all) return await testAll(options, io);
  if (options.world !== undefined) return await testWorld(options.world, options, io);
  requirePlain(options);
  return await testPlain(options, io);
}

async function testAll(options: SelfTestOptions, io: Io): Promise<ExitCode> {
  const isTable = options.format === 'text';
  const asked = isTable ? OF_ONE_RUN.find((name) => isGiven(options[name])) : 'format';
  if (asked !== undefined)
    throw new UserError(`--all runs every world as it is, in a table: leave ${flagOf(asked)} away`);
  return await heedInterrupts(io, async (signal) => {
    const runs = await runWorlds(options, io, signal);
    io.stdout(worldTable(runs));
    return runs.every(isAsExpected) ? EXIT.ok : EXIT.findings;
  });
}

/** Options that say what one run shall be, or where what came of it goes. */
const OF_ONE_RUN = [
  'world',
  'fault',
  'split',
  'tokens',
  'introspect',
  'call',
  'username',
  'consent',
  'saveTrace',
  'overwrite',
  'report',
  'baseline',
  'expect',
  'only',
  'ignore',
] as const satisfies readonly (keyof SelfTestOptions)[];

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

async function testWorld(name: string, options: SelfTestOptions, io: Io): Promise<ExitCode> {
  refusePlain(options);
  const faults = readFaults(options.fault);
  const showing = showingOf(faults);
  tellHidden(showing, io);
  const world = await startNamedWorld(name, {
    faults,
    introspect: options.introspect === true,
  });
  const document = showing.byDocument ? await serveClientDocument() : undefined;
  try {
    const call = (showing.needsStepUp && world.stepUp) || world.call;
    const flow = {
      ...(options.call === undefined && { call }),
      ...(document && { clientMetadataUrl: document.url }),
    };
    const context = { ...worldContext(world), flow };
    return await runTrace(world.mcpUrl, withRevision(options, showing), io, context);
  } finally {
    await document?.close();
    await world.close();
  }
}

async function testPlain(options: SelfTestOptions, io: Io): Promise<ExitCode> {
  const faults = readFaults(options.fault);
  const showing = showingOf(faults);
  tellHidden(showing, io);
  const server = await startServer({
    users: [USER],
    ...(options.tokens && { tokens: options.tokens }),
    faults,
    allowLoopbackClientMetadata: showing.byDocument,
    ...(options.split && { split: true }),
  });
  const document = showing.byDocument ? await serveClientDocument() : undefined;
  try {
    const context = contextOf(document?.url);
    return await runTrace(server.mcpUrl, withShowing(options, showing), io, context);
  } finally {
    await document?.close();
    await server.close();
  }
}

function contextOf(clientMetadataUrl: string | undefined): RunContext {
  const credentials = { username: USER.name, password: USER.password };
  return {
    source: 'self-test',
    consent: form(credentials),
    credentials,
    ...(clientMetadataUrl !== undefined && { flow: { clientMetadataUrl } }),
  };
}

/** What the user asked for comes first, then what makes the fault show. */
function withShowing(options: SelfTestOptions, showing: Showing): SelfTestOptions {
  const { call } = showing;
  return {
    ...withRevision(options, showing),
    ...(options.call === undefined && { call: call.tool, args: options.args ?? call.args }),
  };
}

function withRevision(options: SelfTestOptions, { revision }: Showing): SelfTestOptions {
  return options.revision === 'auto' && revision !== undefined ? { ...options, revision } : options;
}
