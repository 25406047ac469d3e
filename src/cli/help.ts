import type { Help, HelpConfiguration, Option } from 'commander';

/** How `--help` looks: defaults in the user's units, and none where there is nothing to say. */
export const HELP: HelpConfiguration = {
  optionDescription: (option: Option) => [option.description, ...factsOf(option)].join(' '),
  // One line for each command: what it takes is told by its own help.
  subcommandTerm: (command) =>
    [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
};

function factsOf({ argChoices, defaultValue, defaultValueDescription }: Option): readonly string[] {
  const shown = defaultValueDescription ?? (typeof defaultValue === 'string' ? defaultValue : '');
  return [
    ...(argChoices ? [`(${argChoices.join(', ')})`] : []),
    ...(shown === '' ? [] : [`[${shown}]`]),
  ];
}

function argumentTerm(argument: Parameters<Help['argumentTerm']>[0]): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

/** Shown before everything else. */
export const EXAMPLES = `Examples:
  $ mcp-oauth-trace https://example.com/mcp                approve in a browser
  $ mcp-oauth-trace https://example.com/mcp --username me  fill its login form
  $ mcp-oauth-trace check trace.json                       judge a saved trace
  $ mcp-oauth-trace diff monday.json tuesday.json          see what changed
  $ mcp-oauth-trace self-test                              see it work
`;

/** Shown after the options of a run. */
export const ENVIRONMENT = `
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
  3    the flow could not complete
  4    the server asked for no authorization
  70   a bug of this program
  130  interrupted; the trace is saved
`;
