import { form } from '../../consent/form.ts';
import { startServer } from '../../server/start.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
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
  const server = await startServer({
    users: [USER],
    tokens: options.tokens,
    faults: readFaults(options.fault),
    ...(options.split && { split: true }),
  });
  try {
    return await runTrace(
      server.mcpUrl,
      { call: 'echo', args: '{"text":"hello"}', ...options },
      io,
      {
        source: 'self-test',
        consent: form({ username: USER.name, password: USER.password }),
        credentials: { username: USER.name, password: USER.password },
      },
    );
  } finally {
    await server.close();
  }
}
