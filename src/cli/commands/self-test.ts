import { form } from '../../consent/form.ts';
import { startServer } from '../../server/start.ts';
import type { ExitCode } from '../exit.ts';
import { type Showing, serveClientDocument, showingOf } from '../fault-showing.ts';
import type { Io } from '../io.ts';
import type { RunContext } from '../run-plan.ts';
import { runTrace } from '../run-trace.ts';
import type { TraceCommandOptions } from '../trace-options.ts';
import { readFaults } from './serve.ts';

/** What `self-test` was asked: the server's part and the run's. */
export interface SelfTestOptions extends TraceCommandOptions {
  readonly fault?: string;
  readonly split?: boolean;
  readonly tokens: 'jwt' | 'opaque';
}

const USER = { name: 'testuser', password: 'testpass' };

/** Runs the sequence against the reference server: no browser, no network. */
export async function selfTestCommand(options: SelfTestOptions, io: Io): Promise<ExitCode> {
  const faults = readFaults(options.fault);
  const showing = showingOf(faults);
  for (const id of showing.hidden)
    io.stderr(`${id} does not show in a run: only an extra request would notice it.\n`);
  const server = await startServer({
    users: [USER],
    tokens: options.tokens,
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
function withShowing(options: SelfTestOptions, { call, revision }: Showing): SelfTestOptions {
  return {
    ...options,
    ...(options.call === undefined && { call: call.tool, args: options.args ?? call.args }),
    ...(options.revision === 'auto' && revision !== undefined && { revision }),
  };
}
