import type { Command } from 'commander';
import { RULES } from '../../rules/index.ts';
import { FAULTS } from '../../server/faults.ts';
import { STEP_IDS } from '../../trace/format.ts';
import { commandShapes } from '../command-shape.ts';
import { bashCompletion, type Completion, fishCompletion, zshCompletion } from '../completion.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Shell } from '../shell-commands.ts';

const COMPLETIONS: Readonly<Record<Shell, Completion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints the completions of a shell. */
export async function completionCommand(shell: Shell, program: Command, io: Io): Promise<ExitCode> {
  const words = {
    explained: [...STEP_IDS, ...RULES.map(({ id }) => id)],
    faults: FAULTS.map(({ id }) => id),
  };
  io.stdout(COMPLETIONS[shell](commandShapes(program), words));
  return EXIT.ok;
}
