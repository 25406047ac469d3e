import type { CommandShape } from './command-shape.ts';
import {
  type Completion,
  type CompletionWords,
  type Expected,
  expectedArgument,
  expectedValue,
  PROGRAM,
  quoted,
} from './completion.ts';

/**
 * For bash 3.2 and newer. Every place has a name: the command, then the option whose value it is, or the
 * number of the argument, or - where an option is being typed. The first word has no command yet.
 */
export const bashCompletion: Completion = (commands, words) => {
  const names = commands.map(({ name }) => name);
  const places = [...firstPlaces(commands), ...commands.flatMap((each) => placesOf(each, words))];
  return `# ${PROGRAM} completion for bash: source it, or save it in bash_completion.d
_mcp_oauth_trace() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command= begin=1 option= place=0 word words
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
      ${names.join('|')}|help) command="\${COMP_WORDS[1]}" begin=2 ;;
      *) command=trace ;;
    esac
  fi
  # An equals sign is a word of its own; behind a value it begins the name of a file.
  for word in "\${COMP_WORDS[@]:begin:COMP_CWORD-begin}"; do
    if [ "$word" = = ]; then option="\${option:-=}"
    elif [ -n "$option" ]; then option=
    else
      case "$command $word" in
${commands.map(valuedOptions).join('')}        *' -'*) ;;
        *) place=$((place + 1)) ;;
      esac
    fi
  done
  if [ "$current" = = ]; then option="\${option:-=}" current=; fi
  if [ -z "$option" ] && [ "\${current:0:1}" = - ]; then option=-; fi
  case "$command \${option:-$place}" in
${answerLines(places)}    *' =') return ;;
    *) words= ;;
  esac
  compopt +o default 2>/dev/null
  case "$words" in *=) compopt -o nospace 2>/dev/null ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _mcp_oauth_trace ${PROGRAM}
`;
};

type Place = readonly [name: string, expected: Expected];

/** A command, or a run without the word for it. */
function firstPlaces(commands: readonly CommandShape[]): readonly Place[] {
  const names = commands.map(({ name }) => name);
  const run = commands.filter(({ name }) => name === 'trace').flatMap(optionNames);
  return [
    [' 0', { kind: 'words', words: [...names, 'help'] }],
    [' -', { kind: 'words', words: [...run, '--version'] }],
    ['help 0', { kind: 'words', words: names }],
  ];
}

function placesOf(command: CommandShape, words: CompletionWords): readonly Place[] {
  return [
    [`${command.name} -`, { kind: 'words', words: optionNames(command) }],
    ...command.arguments.map(
      (argument, index): Place => [`${command.name} ${index}`, expectedArgument(argument, words)],
    ),
    ...command.options
      .filter(({ value }) => value !== '')
      .flatMap((option) =>
        namesOf(option).map(
          (name): Place => [`${command.name} ${name}`, expectedValue(option, words)],
        ),
      ),
  ];
}

/** A line for each answer, behind every place that it answers for. */
function answerLines(places: readonly Place[]): string {
  const byAnswer = new Map<string, string[]>();
  for (const [name, expected] of places) {
    const answer = answerOf(expected);
    byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), quoted(name)]);
  }
  return [...byAnswer].map(([answer, names]) => `    ${names.join('|')}) ${answer} ;;\n`).join('');
}

function answerOf(expected: Expected): string {
  switch (expected.kind) {
    case 'words':
      return `words=${quoted(expected.words.join(' '))}`;
    case 'words-for-files':
      return `words=${quoted(expected.words.map((word) => `${word}=`).join(' '))}`;
    case 'file':
      return 'return';
    case 'folder':
      return 'compopt +o default -o dirnames 2>/dev/null; return';
    case 'unknown':
      return 'words=';
  }
}

function valuedOptions({ name, options }: CommandShape): string {
  const valued = options.filter(({ value }) => value !== '').flatMap(namesOf);
  const patterns = valued.map((option) => quoted(`${name} ${option}`)).join('|');
  return patterns === '' ? '' : `        ${patterns}) option="$word" ;;\n`;
}

function optionNames({ options }: CommandShape): readonly string[] {
  return [...options.flatMap(namesOf), '--help'];
}

function namesOf({ long, short }: CommandShape['options'][number]): readonly string[] {
  return [long, short].filter((name) => name !== '');
}
