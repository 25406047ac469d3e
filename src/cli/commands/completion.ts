import type { Command } from 'commander';
import { RULES } from '../../rules/index.ts';
import { FAULTS } from '../../server/faults.ts';
import { STEP_IDS } from '../../trace/format.ts';
import { bashCompletion } from '../bash-completion.ts';
import { commandShapes } from '../command-shape.ts';
import type { Completion } from '../completion.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { fishCompletion } from '../fish-completion.ts';
import type { Io } from '../io.ts';
import type { Shell } from '../shell-commands.ts';
import { zshCompletion } from '../zsh-completion.ts';

const COMPLETIONS: Readonly<Record<Shell, Completion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints the completions of a shell. */
export async function completionCommand(shell: Shell, program: Command, io: Io): Promise<ExitCode> {
  const rules = RULES.map(({ id }) => id);
  const words = {
    faults: FAULTS.map(({ id }) => id),
    rules,
    steps: STEP_IDS,
    topic: [...STEP_IDS, ...rules],
  };
  io.stdout(COMPLETIONS[shell](commandShapes(program), words));
  return EXIT.ok;
}
