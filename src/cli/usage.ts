import type { Command, CommanderError } from 'commander';
import { nearest } from '../rules/nearest.ts';
import { UserError } from './exit.ts';

/**
 * Refuses a first word that is neither a command nor a URL: it would be taken for the URL of `trace`.
 * @throws {UserError}
 */
export function requireCommand(argv: readonly string[], program: Command): void {
  const word = argv[0] === 'help' ? argv[1] : argv[0];
  const commands = [...program.commands.map((command) => command.name()), 'help'];
  if (word === undefined || word.startsWith('-') || commands.includes(word)) return;
  if (word.includes(':') && argv[0] === word) return;
  const close = nearest(word, commands);
  if (close) throw new UserError(`unknown command ${JSON.stringify(word)}; did you mean ${close}?`);
  const url = /^[\w-]+(\.[\w-]+)+(\/|$)/.test(word)
    ? `; did you mean https://${word}?`
    : ', expected one like https://example.com/mcp; --help lists the commands';
  throw new UserError(`${JSON.stringify(word)} is neither a command nor a URL${url}`);
}

/** What the parser found wrong, in our words and on one line. */
export function usageError(
  { code, message }: CommanderError,
  argv: readonly string[],
  program: Command,
): UserError {
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return new UserError(REWORDED[code]?.(text, optionsFor(argv, program)) ?? text);
}

const REWORDED: Readonly<Record<string, (text: string, options: readonly string[]) => string>> = {
  'commander.unknownOption': (text, options) => {
    // Only its name: the value may be a credential.
    const [, flag = ''] = /^unknown option '(--[^=']*|-.)/.exec(text) ?? [];
    const close = nearest(flag, options);
    return `unknown option ${JSON.stringify(flag)}${close ? `; did you mean ${close}?` : ', see --help'}`;
  },
  'commander.optionMissingArgument': (text) => {
    const [, flags = ''] = /^option '([^']*)'/.exec(text) ?? [];
    return `${flags} needs its value`;
  },
  'commander.missingArgument': (text) => {
    const [, name = ''] = /'([^']*)'/.exec(text) ?? [];
    return `<${name}> is missing, see --help`;
  },
  'commander.excessArguments': (text) => {
    const [, command = ''] = /'([^']*)'/.exec(text) ?? [];
    const [expected = '', given = ''] = text.match(/\d+/g) ?? [];
    const advice = command === 'user' ? '; the URL goes into --server' : '';
    return `${command} takes ${expected} argument${expected === '1' ? '' : 's'} and got ${given}${advice}`;
  },
};

/** What the command of a command line takes: a URL, or no word at all, means a run. */
function optionsFor([word]: readonly string[], program: Command): readonly string[] {
  const named = program.commands.find((command) => command.name() === word);
  const commands = named ? [named] : [program, ...program.commands.slice(0, 1)];
  return ['--help', ...commands.flatMap(({ options }) => options.map(({ long }) => long ?? ''))];
}
