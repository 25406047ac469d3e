import { type Command, Help, type HelpConfiguration, Option } from 'commander';
import { defaultText } from './command-shape.ts';
import { examplesText } from './examples.ts';

/** How `--help` looks: defaults in the user's units, and none where there is nothing to say. */
export const HELP: HelpConfiguration = {
  optionDescription: (option: Option) => [option.description, ...factsOf(option)].join(' '),
  argumentDescription: ({ description }) => description,
  // One line for each command: what it takes is told by its own help.
  subcommandTerm: (command) =>
    [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
};

function factsOf(option: Option): readonly string[] {
  const shown = defaultText(option);
  return [
    ...(option.argChoices ? [`(${option.argChoices.join(', ')})`] : []),
    ...(shown === '' ? [] : [`[${shown}]`]),
  ];
}

function argumentTerm(argument: Parameters<Help['argumentTerm']>[0]): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

/** Options above which a help does not fit a screen. */
const MOST_OPTIONS = 20;

/** The options that are shown where not all of them are. */
const COMMON: ReadonlySet<string> = new Set([
  ...['--fault', '--world', '--all', '--server', '--email'],
  ...['--username', '--password', '--consent', '--client', '--client-id', '--client-secret'],
  ...['--revision', '--scope', '--call', '--args', '--lenient'],
  ...['--header', '--cacert', '--insecure'],
  ...['--format', '--report', '--quiet', '--verbose', '--save-trace'],
  ...['--fail-on', '--expect', '--baseline', '--help', '--help-all'],
]);

const SHORT: HelpConfiguration = {
  ...HELP,
  visibleOptions: (command) =>
    new Help().visibleOptions(command).filter(({ long }) => COMMON.has(long ?? '')),
  groupItems: (_, shown) => new Map([['Options:', shown]]),
};

/** Gives every command its examples, and one whose options do not fit a screen a help that does. */
export function addHelp(program: Command): void {
  for (const command of [program, ...program.commands]) {
    command.addHelpText('before', examplesText(command.name()));
    if (command.options.length > MOST_OPTIONS) shorten(command);
    else if (command !== program) addHelpAll(command);
  }
}

function shorten(command: Command): void {
  command
    .configureHelp(SHORT)
    .optionsGroup('Options:')
    .option('--help-all', 'print every option, variable and exit code')
    .on('option:help-all', () => {
      command.configureHelp(HELP).addHelpText('after', SURROUNDINGS).help();
    });
}

/** Where nothing is left out, the same as --help. */
function addHelpAll(command: Command): void {
  command
    .addOption(new Option('--help-all').hideHelp())
    .on('option:help-all', () => command.help());
}

const SURROUNDINGS = `
Environment:
  OAUTH_SERVER_URL     the URL
  OAUTH_TEST_USERNAME  --username
  OAUTH_TEST_PASSWORD  --password, unseen by other users of this machine
  OAUTH_CLIENT_NAME    --client-name
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                       as elsewhere

Exit codes:
  0    fine
  1    findings at or above --fail-on, or worse than --baseline
  2    usage, or unreadable input
  3    the flow could not complete; check speaks of findings alone
  4    the server asked for no authorization
  70   a bug of this program, or a trace that could not be written
  130  interrupted; the trace is saved`;
