/** The commands that run something: the sequence, or a server to run it against. */
import type { Command } from 'commander';
import { WORLD_NAMES } from '../server/worlds/names.ts';
import type { Io } from './io.ts';
import { choice, list, port, repeatable } from './option-values.ts';
import type { Finish } from './program.ts';
import { addTraceOptions } from './trace-options.ts';

/** Declares `trace`, `self-test` and `serve`. */
export function declareRunningCommands(program: Command, io: Io, finish: Finish): void {
  addTraceOptions(
    program
      .command('trace', { isDefault: true })
      .argument('[url]', 'the MCP endpoint (or OAUTH_SERVER_URL)')
      .description('run the sequence, print the report, save the trace'),
  ).action(async (url: string | undefined, options) => {
    const { traceCommand } = await import('./commands/trace.ts');
    finish(await traceCommand(url, options, io));
  });
  const selfTest = program
    .command('self-test')
    .description('the same against the bundled reference server')
    .optionsGroup('Reference server:');
  addServerOptions(selfTest).option('--all', 'the plain server and every world, in a table');
  addTraceOptions(selfTest).action(async (options) => {
    const { selfTestCommand } = await import('./commands/self-test.ts');
    finish(await selfTestCommand(options, io));
  });
  declareServe(program, io, finish);
}

function declareServe(program: Command, io: Io, finish: Finish): void {
  const serve = program
    .command('serve')
    .description('run the reference server, healthy or with faults')
    .addOption(port('--port <port>', 'listen here; a free one by default'))
    .addOption(repeatable('--user <name:password>', 'who can log in; repeatable', String));
  addServerOptions(serve)
    .option('--list-faults', 'list what it can do wrong')
    .option('--log <file>', 'append each exchange as a JSON line, secrets in clear')
    .option('--json', 'print where it listens as JSON')
    .action(async (options) => {
      const { serveCommand } = await import('./commands/serve.ts');
      finish(await serveCommand(options, io));
    });
}

/** What the reference server is told, whoever starts it. */
function addServerOptions(command: Command): Command {
  return command
    .addOption(
      list('--fault <faults>', 'let it do something wrong; ids separated by commas, repeatable'),
    )
    .addOption(choice('--world <name>', 'play a deployment', WORLD_NAMES))
    .option('--split', 'give the authorization server an origin of its own')
    .option('--introspect', 'let the servers of a world ask about each token too')
    .addOption(choice('--tokens <kind>', 'access tokens, jwt by default', ['jwt', 'opaque']));
}
