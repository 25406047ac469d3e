import type { CommandShape, OptionShape } from './command-shape.ts';
import {
  type Completion,
  type CompletionWords,
  type Expected,
  expectedArgument,
  expectedValue,
  PROGRAM,
  quoted,
} from './completion.ts';

/** For fish 3 and newer. */
export const fishCompletion: Completion = (commands, words) => {
  const names = commands.map(({ name }) => name);
  const lines = [
    ...commands.flatMap((command) => {
      const inside = insideOf(command.name, names);
      return [
        when(FIRST, `-f -a ${command.name} -d ${quoted(command.description)}`),
        ...command.options.map((option) => when(inside, optionParts(option, words))),
        ...argumentLines(command, inside, words),
      ];
    }),
    when(FIRST, "-f -a help -d 'print the help of a command'"),
    when(`${seen(['help'])}; and not ${seen(names)}`, `-f -a ${quoted(names.join(' '))}`),
    when(seen(['help']), '-f'),
    when(FIRST, "-l version -d 'print the version'"),
    `complete -c ${PROGRAM} -l help -d 'print help'`,
  ];
  return `# ${PROGRAM} completion for fish: save it in ~/.config/fish/completions\n${lines.join('\n')}\n`;
};

const FIRST = '__fish_use_subcommand';

function when(condition: string, parts: string): string {
  return `complete -c ${PROGRAM} -n ${quoted(condition)} ${parts}`;
}

function seen(words: readonly string[]): string {
  return `__fish_seen_subcommand_from ${words.join(' ')}`;
}

/** Without the word for it, a command line is a run. */
function insideOf(name: string, names: readonly string[]): string {
  const others = [...names.filter((other) => other !== 'trace'), 'help'];
  return name === 'trace' ? `not ${seen(others)}` : seen([name]);
}

/** Files are what fish offers by itself: it is told where none are expected, and words until there is one. */
function argumentLines(
  command: CommandShape,
  inside: string,
  words: CompletionWords,
): readonly string[] {
  const expected = command.arguments.map((argument) => expectedArgument(argument, words));
  const takesFiles = expected.some(({ kind }) => kind === 'file');
  return [
    ...(takesFiles ? [] : [when(inside, '-f')]),
    ...expected.flatMap((one) =>
      one.kind === 'words'
        ? [when(`${inside}; and not ${seen(one.words)}`, `-f -a ${quoted(one.words.join(' '))}`)]
        : [],
    ),
  ];
}

function optionParts(option: OptionShape, words: CompletionWords): string {
  return [
    `-l ${option.long.slice(2)}`,
    ...(option.short === '' ? [] : [`-s ${option.short.slice(1)}`]),
    ...(option.value === '' ? [] : [valueParts(expectedValue(option, words))]),
    `-d ${quoted(option.description)}`,
  ].join(' ');
}

function valueParts(expected: Expected): string {
  switch (expected.kind) {
    case 'words':
      return `-x -a ${quoted(expected.words.join(' '))}`;
    case 'words-for-files':
      return `-r -F -a ${quoted(expected.words.map((word) => `${word}=`).join(' '))}`;
    case 'file':
      return '-r -F';
    case 'folder':
      return "-x -a '(__fish_complete_directories)'";
    case 'unknown':
      return '-x';
  }
}
