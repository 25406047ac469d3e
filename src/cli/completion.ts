/** Completions for shells, made from the commands so that they cannot lag behind. */
import type { CommandShape, OptionShape } from './command-shape.ts';

/** Words that a shell completes, besides the commands and their options. */
export interface CompletionWords {
  /** Rules and steps, for `explain`. */
  readonly explained: readonly string[];
  /** Ids for `--fault`. */
  readonly faults: readonly string[];
}

/** Makes the script of one shell. */
export type Completion = (commands: readonly CommandShape[], words: CompletionWords) => string;

const PROGRAM = 'mcp-oauth-trace';

/** For bash 3.2 and newer. */
export const bashCompletion: Completion = (commands, words) => {
  const cases = commands.map((command) => {
    const options = command.options.flatMap(({ long, short }) => [long, short]).filter(Boolean);
    const given = argumentWords(command, words);
    return `    ${command.name}) words=${quoted([...options, '--help', ...given].join(' '))} ;;`;
  });
  return `# ${PROGRAM} completion for bash: source it, or save it in bash_completion.d
_mcp_oauth_trace() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="\${COMP_WORDS[1]}" words
  case "$command" in
    ${commands.map(({ name }) => name).join('|')}) ;;
    *) command=trace ;;
  esac
  case "$command/$previous" in
${valueCases(commands, words)}
  esac
  if [ -z "$words" ]; then
    case "$COMP_CWORD" in
      1) words=${quoted([...commands.map(({ name }) => name), 'help', '--help', '--version'].join(' '))} ;;
    esac
  fi
  if [ -z "$words" ]; then
    case "$command" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _mcp_oauth_trace ${PROGRAM}
`;
};

function valueCases(commands: readonly CommandShape[], words: CompletionWords): string {
  return commands
    .flatMap(({ name, options }) =>
      options.flatMap((option) => {
        const values = optionWords(option, words);
        return values.length > 0
          ? [`    ${name}/${option.long}) words=${quoted(values.join(' '))} ;;`]
          : [];
      }),
    )
    .join('\n');
}

/** For zsh. */
export const zshCompletion: Completion = (commands, words) => {
  const cases = commands.map((command) => {
    const given = argumentWords(command, words);
    const rest = given.length > 0 ? `'*:argument:(${given.join(' ')})'` : "'*:file:_files'";
    const options = command.options.map((option) => zshOption(option, words));
    const all = [...options, "'--help[print help]'", rest];
    return `    ${command.name})\n      _arguments \\\n        ${all.join(' \\\n        ')} ;;`;
  });
  const described = [...commands, ...ASKED].map(
    ({ name, description }) => `    ${quoted(`${name}:${description}`)}`,
  );
  return `#compdef ${PROGRAM}
# ${PROGRAM} completion for zsh: save it as _${PROGRAM} in a folder of $fpath
local -a commands
if (( CURRENT == 2 )); then
  commands=(
${described.join('\n')}
  )
  _describe command commands
else
  local command=$words[2]
  case $command in
    ${commands.map(({ name }) => name).join('|')}) shift words; (( CURRENT-- )) ;;
    *) command=trace ;;
  esac
  case $command in
${cases.join('\n')}
  esac
fi
`;
};

/** What else can stand first. */
const ASKED = [
  { name: 'help', description: 'print the help of a command' },
  { name: '--help', description: 'print help' },
  { name: '--version', description: 'print the version' },
];

function zshOption(option: OptionShape, words: CompletionWords): string {
  const description = option.description.replace(/[[\]:\\]/g, '\\$&');
  const values = optionWords(option, words);
  const given = values.length > 0 ? `(${values.join(' ')})` : '_files';
  const value =
    option.value === '' ? '' : `:${option.value.slice(1, -1).replace(/:/g, ' ')}:${given}`;
  return quoted(`${option.long}[${description}]${value}`);
}

/** For fish. */
export const fishCompletion: Completion = (commands, words) => {
  const lines = commands.flatMap((command) => {
    const given = argumentWords(command, words);
    const inside = quoted(fishInside(command, commands));
    return [
      `complete -c ${PROGRAM} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.description)}`,
      ...command.options.map((option) => fishOption(option, inside, words)),
      ...(given.length > 0
        ? [`complete -c ${PROGRAM} -n ${inside} -f -a ${quoted(given.join(' '))}`]
        : []),
    ];
  });
  const asked = [
    `complete -c ${PROGRAM} -n __fish_use_subcommand -l version -d 'print the version'`,
    `complete -c ${PROGRAM} -l help -d 'print help'`,
  ];
  return `# ${PROGRAM} completion for fish: save it in ~/.config/fish/completions\n${[...lines, ...asked].join('\n')}\n`;
};

/** Without the word for it, a command line is a run. */
function fishInside({ name }: CommandShape, commands: readonly CommandShape[]): string {
  const others = commands.filter((command) => command.name !== 'trace').map((other) => other.name);
  return name === 'trace'
    ? `not __fish_seen_subcommand_from ${others.join(' ')}`
    : `__fish_seen_subcommand_from ${name}`;
}

function fishOption(option: OptionShape, inside: string, words: CompletionWords): string {
  const values = optionWords(option, words);
  return [
    `complete -c ${PROGRAM} -n ${inside} -l ${option.long.slice(2)}`,
    ...(option.short === '' ? [] : [`-s ${option.short.slice(1)}`]),
    ...(option.value === '' ? [] : ['-r']),
    ...(values.length > 0 ? [`-f -a ${quoted(values.join(' '))}`] : []),
    `-d ${quoted(option.description)}`,
  ].join(' ');
}

function optionWords(option: OptionShape, { faults }: CompletionWords): readonly string[] {
  return option.long === '--fault' ? faults : option.choices;
}

function argumentWords(command: CommandShape, { explained }: CompletionWords): readonly string[] {
  return command.name === 'explain'
    ? explained
    : command.arguments.flatMap(({ choices }) => choices);
}

/** One word for every POSIX shell and for fish. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
