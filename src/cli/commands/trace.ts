import { type ExitCode, UserError } from '../exit.ts';
import type { Io } from '../io.ts';
import { nearest } from '../nearest.ts';
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
        'or mcp-oauth-trace self-test to see it work; --help lists everything',
    );
  if (!address.includes(':')) throw unknownWord(address);
  return await runTrace(address, options, io, { source: 'trace' });
}

const COMMANDS = [
  'trace',
  'self-test',
  'check',
  'diff',
  'show',
  'explain',
  'serve',
  'user',
  'help',
];

function unknownWord(word: string): UserError {
  const close = nearest(word, COMMANDS);
  return new UserError(
    close
      ? `unknown command ${JSON.stringify(word)}; did you mean ${close}?`
      : `${JSON.stringify(word)} is neither a command nor a URL, expected one like https://example.com/mcp`,
  );
}
