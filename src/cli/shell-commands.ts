/** What a shell wants to know of this program. */
import { Argument, type Command } from 'commander';
import type { Io } from './io.ts';
import { requireOneOf } from './option-values.ts';
import type { Finish } from './program.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell that completions can be made for. */
export type Shell = (typeof SHELLS)[number];

/** Declares `completion`. */
export function declareShellCommands(program: Command, io: Io, finish: Finish): void {
  program
    .command('completion')
    .addArgument(
      new Argument('<shell>', 'bash, zsh or fish')
        .choices(SHELLS)
        .argParser((value: string) => requireOneOf('the shell', value, SHELLS)),
    )
    .description('print completions for bash, zsh or fish')
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('./commands/completion.ts');
      finish(await completionCommand(shell, program, io));
    });
}
