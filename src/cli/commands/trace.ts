import { type ExitCode, UserError } from '../exit.ts';
import type { Io } from '../io.ts';
import { runTrace } from '../run-trace.ts';
import type { TraceCommandOptions } from '../trace-options.ts';

/** Runs the sequence against a server. */
export async function traceCommand(
  url: string | undefined,
  options: TraceCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const address = url ?? options.serverUrl ?? io.env.OAUTH_SERVER_URL;
  if (!address)
    throw new UserError(
      'no URL given: mcp-oauth-trace <url>, where <url> is the MCP endpoint, ' +
        'or mcp-oauth-trace self-test to see it work; --help lists the commands',
    );
  return await runTrace(address, options, io, { source: 'trace' });
}
