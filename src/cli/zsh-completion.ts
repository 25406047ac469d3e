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

/** For zsh. */
export const zshCompletion: Completion = (commands, words) => {
  const names = commands.map(({ name }) => name);
  const described = [...commands, HELP].map(
    ({ name, description }) => `    ${quoted(`${name}:${description}`)}`,
  );
  return `#compdef ${PROGRAM}
# ${PROGRAM} completion for zsh: save it as _${PROGRAM} in a folder of $fpath
local -a commands
if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
  commands=(
${described.join('\n')}
  )
  _describe command commands
else
  local command=$words[2]
  case $command in
    ${names.join('|')}|help) shift words; (( CURRENT-- )) ;;
    *) command=trace ;;
  esac
  case $command in
${commands.map((command) => commandCase(command, words)).join('\n')}
    help)
      _arguments ${quoted(`1:command:(${names.join(' ')})`)} ;;
  esac
fi
`;
};

const HELP = { name: 'help', description: 'print the help of a command' };

function commandCase(command: CommandShape, words: CompletionWords): string {
  const specs = [
    ...command.options.flatMap((option) => optionSpecs(option, words)),
    "'--help[print help]'",
    ...(command.name === 'trace' ? ["'--version[print the version]'"] : []),
    ...command.arguments.map((argument, index) => {
      const isOptional = argument.isRequired ? '' : ':';
      const action = actionOf(expectedArgument(argument, words));
      return quoted(`${index + 1}:${isOptional}${argument.name}:${action}`);
    }),
  ];
  return `    ${command.name})\n      _arguments \\\n        ${specs.join(' \\\n        ')} ;;`;
}

function optionSpecs(option: OptionShape, words: CompletionWords): readonly string[] {
  const description = option.description.replace(/[[\]:\\]/g, '\\$&');
  const title = option.value.slice(1, -1).replace(/:/g, ' ');
  const value = title === '' ? '' : `:${title}:${actionOf(expectedValue(option, words))}`;
  const long = `${option.long}${value === '' ? '' : '='}`;
  return [long, option.short]
    .filter((name) => name !== '')
    .map((name) => quoted(`${name}[${description}]${value}`));
}

function actionOf(expected: Expected): string {
  switch (expected.kind) {
    case 'words':
      return `(${expected.words.join(' ')})`;
    case 'words-for-files':
      return `{if compset -P "*="; then _files; else compadd -S = -- ${expected.words.join(' ')}; fi}`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'unknown':
      return ' ';
  }
}
