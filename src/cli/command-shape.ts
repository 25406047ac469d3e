import type { Command, Option } from 'commander';

/** A command as shells and manuals describe it. */
export interface CommandShape {
  readonly name: string;
  readonly description: string;
  /** `<trace>`, `[url]`. */
  readonly arguments: readonly ArgumentShape[];
  readonly options: readonly OptionShape[];
}

/** What stands where. */
export interface ArgumentShape {
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly choices: readonly string[];
}

/** One option. */
export interface OptionShape {
  /** `--format`. */
  readonly long: string;
  /** `-o`; empty for none. */
  readonly short: string;
  /** `<file>`; empty for a switch. */
  readonly value: string;
  readonly description: string;
  readonly choices: readonly string[];
  /** What holds without it, in the user's units; empty where that needs no word. */
  readonly byDefault: string;
  /** The heading it stands under in the help. */
  readonly group: string;
}

/** Every command of a program, in the order of its help. */
export function commandShapes(program: Command): readonly CommandShape[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      isRequired: argument.required,
      description: argument.description,
      choices: argument.argChoices ?? [],
    })),
    options: command.options.filter(({ hidden }) => !hidden).map(optionShape),
  }));
}

/** The default of an option as people read it; empty for none. */
export function defaultText(
  option: Pick<Option, 'defaultValue' | 'defaultValueDescription'>,
): string {
  const { defaultValue, defaultValueDescription } = option;
  return defaultValueDescription ?? (typeof defaultValue === 'string' ? defaultValue : '');
}

function optionShape({ flags, description, ...option }: Option): OptionShape {
  return {
    long: option.long ?? '',
    short: option.short ?? '',
    value: /<[^>]*>/.exec(flags)?.[0] ?? '',
    description,
    choices: option.argChoices ?? [],
    byDefault: defaultText(option),
    group: option.helpGroupHeading ?? 'Options:',
  };
}
