import { Command, CommanderError, Option } from 'commander';
import { TOOL } from '../flow/tool.ts';
import { EXIT, type ExitCode, UserError } from './exit.ts';
import type { Io } from './io.ts';
import { addJudgingOptions, addTraceOptions, port } from './trace-options.ts';

/** Parses a command line and runs its command, which is loaded only then. */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    throw new UserError(oneLine(error.message));
  }
}

function oneLine(message: string): string {
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

type Finish = (code: ExitCode) => void;

const EXAMPLES = `Examples:
  $ mcp-oauth-trace https://example.com/mcp                 trace, approving in your browser
  $ mcp-oauth-trace https://example.com/mcp --username me   trace headlessly, filling login forms
  $ mcp-oauth-trace check trace.json                        judge a saved trace
  $ mcp-oauth-trace diff monday.json tuesday.json           what changed
  $ mcp-oauth-trace self-test                               see it work, without a server of yours
`;

/** Every command with its options; nothing of what they do is loaded. */
export function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('mcp-oauth-trace')
    .description('Replays the OAuth sequence of an MCP client, records it, and says what is wrong.')
    .usage('<url> | <command> [options]')
    .version(TOOL.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; also for each command')
    .configureOutput({
      writeOut: io.stdout,
      // Errors come back as exceptions and are told once, by main.
      writeErr: () => {},
      getOutHelpWidth: () => io.columns,
    })
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText('before', EXAMPLES);
  addRunningCommands(program, io, finish);
  addReadingCommands(program, io, finish);
  addServeCommand(program, io, finish);
  return program;
}

function addRunningCommands(program: Command, io: Io, finish: Finish): void {
  addTraceOptions(
    program
      .command('trace', { isDefault: true })
      .argument('[url]', 'the MCP endpoint (or OAUTH_SERVER_URL)')
      .description('run the sequence against an MCP server, print the report, save the trace'),
  ).action(async (url: string | undefined, options) => {
    const { traceCommand } = await import('./commands/trace.ts');
    finish(await traceCommand(url, options, io));
  });
  addTraceOptions(
    program
      .command('self-test')
      .description('the same against the bundled reference server, without browser and network')
      .optionsGroup('Reference server:')
      .option('--fault <ids>', 'let it do something wrong, ids separated by commas')
      .option('--split', 'give the authorization server an origin of its own')
      .addOption(tokensOption()),
  ).action(async (options) => {
    const { selfTestCommand } = await import('./commands/self-test.ts');
    finish(await selfTestCommand(options, io));
  });
}

function addReadingCommands(program: Command, io: Io, finish: Finish): void {
  addJudgingOptions(
    program
      .command('check')
      .argument('<trace>', 'a saved trace; - for standard input')
      .description('judge a saved trace')
      .option('--format <format>', 'of the report', 'text'),
  ).action(async (file: string, options) => {
    const { checkCommand } = await import('./commands/check.ts');
    finish(await checkCommand(file, options, io));
  });
  program
    .command('explain')
    .argument('[name]', 'a rule or a step; without one, all rules by step')
    .description('what a rule requires, why it matters, how to mend it')
    .action(async (name: string | undefined) => {
      const { explainCommand } = await import('./commands/explain.ts');
      finish(await explainCommand(name, io));
    });
}

function addServeCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('serve')
    .description('run the reference server: an authorization server and an MCP server')
    .option('--port <port>', 'listen here; default: a free one', port, 0)
    .option('--split', 'give the authorization server an origin of its own')
    .option('--user <name:password>', 'who can log in; repeatable', collect, [])
    .addOption(tokensOption())
    .option('--fault <ids>', 'do something wrong, ids separated by commas')
    .option('--list-faults', 'list what it can do wrong')
    .option('--log <file>', 'append each exchange as a JSON line')
    .option('--json', 'print where it listens as JSON')
    .action(async (options) => {
      const { serveCommand } = await import('./commands/serve.ts');
      finish(await serveCommand(options, io));
    });
}

function tokensOption(): Option {
  return new Option('--tokens <kind>', 'access tokens that are')
    .choices(['jwt', 'opaque'])
    .default('jwt');
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
