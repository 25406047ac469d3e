/** What is done around runs: test users, and traces made of other programs' logs. */
import { Argument, type Command } from 'commander';
import type { UserAction } from './commands/user.ts';
import type { Io } from './io.ts';
import { requireOneOf } from './option-values.ts';
import type { Finish } from './program.ts';
import { addErrandOptions } from './trace-options.ts';

const ACTIONS = ['create', 'check'] as const;

const LOGS = ['kong'] as const;

/** Declares `user` and `import`. */
export function declareUserCommands(program: Command, io: Io, finish: Finish): void {
  const user = program
    .command('user')
    .addArgument(oneOf('<action>', 'create or check', ACTIONS))
    .description('create a test user, or check that one can log in')
    .optionsGroup('User:')
    .option('--server <url>', 'the MCP endpoint (or OAUTH_SERVER_URL)')
    .option('--email <address>', 'for a form that asks for it; default: a --username that is one')
    .option('--register-path <path>', "the sign-up form's path; found from the login page without");
  addErrandOptions(user).action(async (action: UserAction, options) => {
    const { userCommand } = await import('./commands/user.ts');
    finish(await userCommand(action, options, io));
  });
  program
    .command('import')
    .addArgument(oneOf('<kind>', 'kong: lines of its file-log plugin', LOGS))
    .argument('<log>', 'the log; - for standard input')
    .description("make a trace of a gateway's log")
    .option('-o, --output <file>', 'write it here, otherwise to stdout')
    .action(async (_: string, file: string, options) => {
      const { importCommand } = await import('./commands/import.ts');
      finish(await importCommand(file, options, io));
    });
}

function oneOf(flags: string, description: string, values: readonly string[]): Argument {
  const what = flags.replace(/[<>]/g, '');
  return new Argument(flags, description)
    .choices(values)
    .argParser((value: string) => requireOneOf(`the ${what}`, value, values));
}
