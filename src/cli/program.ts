import { Command, CommanderError } from 'commander';
import { TOOL } from '../flow/tool.ts';
import { EXIT, type ExitCode, UserError } from './exit.ts';
import { addHelp, HELP } from './help.ts';
import type { Io } from './io.ts';
import { declareReadingCommands } from './reading-commands.ts';
import { declareRunningCommands } from './running-commands.ts';
import { declareShellCommands } from './shell-commands.ts';
import { requireCommand, usageError } from './usage.ts';
import { declareUserCommands } from './user-commands.ts';

/** Takes the exit code of the command that ran. */
export type Finish = (code: ExitCode) => void;

/** Runs a command line and tells what went wrong. Never throws. */
export async function runSafely(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runCommandLine(argv, io);
  } catch (error) {
    if (error instanceof UserError) {
      io.stderr(`mcp-oauth-trace: ${error.message}\n`);
      return EXIT.usage;
    }
    const { crashReport } = await import('./crash.ts');
    io.stderr(crashReport(error, argv));
    return EXIT.crash;
  }
}

/** Parses a command line and runs its command, which is loaded only then. */
async function runCommandLine(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(io, (ended) => {
    code = ended;
  });
  requireCommand(argv, program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    throw usageError(error, argv, program);
  }
}

/** Every command with its options; nothing of what they do is loaded. */
export function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('mcp-oauth-trace')
    .description('Replays the OAuth sequence of an MCP client, records it, and says what is wrong.')
    .usage('<url> | <command> [options]')
    .version(TOOL.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; also for each command')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp(HELP)
    .configureOutput({
      writeOut: io.stdout,
      // Errors come back as exceptions and are told once, by main.
      writeErr: () => {},
      getOutHelpWidth: () => io.columns,
    })
    .showSuggestionAfterError(false)
    .exitOverride()
    .enablePositionalOptions();
  declareRunningCommands(program, io, finish);
  declareReadingCommands(program, io, finish);
  declareUserCommands(program, io, finish);
  declareShellCommands(program, io, finish);
  addHelp(program);
  return program;
}
