/** The manual, made from the commands. */
import type { Command } from 'commander';
import { type CommandShape, commandShapes, type OptionShape } from '../src/cli/command-shape.ts';
import { EXAMPLES } from '../src/cli/examples.ts';
import { TOOL } from '../src/flow/tool.ts';

/** `man mcp-oauth-trace`, as roff. */
export function manPage(program: Command): string {
  const commands = commandShapes(program);
  return `${[
    `.TH MCP\\-OAUTH\\-TRACE 1 "" "mcp\\-oauth\\-trace ${roff(TOOL.version)}" "User Commands"`,
    '.SH NAME',
    `mcp\\-oauth\\-trace \\- trace and judge the OAuth sequence of an MCP client`,
    '.SH SYNOPSIS',
    '.B mcp\\-oauth\\-trace\n.I url\n[options]\n.br',
    '.B mcp\\-oauth\\-trace\n.I command\n[options]',
    '.SH DESCRIPTION',
    roff(program.description()),
    'Narration goes to stderr, the report to stdout, the trace to a file; \\- is standard input or output.',
    '.SH EXAMPLES',
    ...Object.entries(EXAMPLES)
      .filter(([command]) => command !== 'mcp-oauth-trace')
      .flatMap(([, examples]) => examples)
      .map(
        ([line, purpose]) =>
          `.TP\n${roff(`mcp-oauth-trace ${line.replace('\\\n', '')}`)}\n${sentence(purpose)}`,
      ),
    '.SH COMMANDS',
    ...commands.map(commandText),
    '.SH EXIT STATUS',
    ...EXITS.map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.map(([name, meaning]) => `.TP\n.B ${roff(name)}\n${roff(meaning)}`),
  ].join('\n')}\n`;
}

const EXITS = [
  ['0', 'Fine.'],
  ['1', 'Findings at or above --fail-on, traces that differ, or a run worse than its baseline.'],
  ['2', 'Usage, or unreadable input.'],
  ['3', 'The flow of a run could not complete; check speaks of findings alone.'],
  ['4', 'The server asked for no authorization.'],
  ['70', 'A bug of this program, or a trace that could not be written.'],
  ['130', 'Interrupted; the trace is saved.'],
] as const;

const ENVIRONMENT = [
  ['OAUTH_SERVER_URL', 'The URL of the MCP endpoint.'],
  ['OAUTH_TEST_USERNAME', 'Stands in for --username.'],
  ['OAUTH_TEST_PASSWORD', 'Stands in for --password, unseen by other users of the machine.'],
  ['OAUTH_CLIENT_NAME', 'Stands in for --client-name.'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'The proxy, as elsewhere.'],
  ['NO_COLOR', 'No colours.'],
] as const;

function commandText({ name, description, arguments: given, options }: CommandShape): string {
  const words = given.map((argument) =>
    argument.isRequired ? `<${argument.name}>` : `[${argument.name}]`,
  );
  const title = [name, ...words].map(roff).join(' ');
  return [`.SS ${title}`, `${sentence(description)}`, ...options.map(optionText)].join('\n');
}

function optionText({ long, short, value, description, choices, byDefault }: OptionShape): string {
  const flags = [short, long].filter(Boolean).map(roff).join(', ');
  const possible = choices.length > 0 ? ` One of ${choices.join(', ')}.` : '';
  const otherwise = byDefault === '' ? '' : ` By default ${byDefault}.`;
  return `.TP\n.B ${flags}${value ? ` ${roff(value)}` : ''}\n${sentence(description)}${roff(possible + otherwise)}`;
}

function sentence(text: string): string {
  return roff(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

/** Text in which roff sees no command. */
function roff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/[^\n -~]/gu, (letter) => `\\[u${hexadecimal(letter)}]`);
}

function hexadecimal(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
