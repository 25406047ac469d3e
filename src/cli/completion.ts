/** What shells can offer, made from the commands so that it cannot lag behind. */
import { REPORT_NAMES } from '../report/index.ts';
import type { ArgumentShape, CommandShape, OptionShape } from './command-shape.ts';

/** Words that stand for a value or an argument, by its name: `rules` for `--only <rules>`. */
export type CompletionWords = Readonly<Record<string, readonly string[]>>;

/** Makes the script of one shell. */
export type Completion = (commands: readonly CommandShape[], words: CompletionWords) => string;

/** What can stand in a place. */
export type Expected =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** A word, an equals sign and the path of a file. */
  | { readonly kind: 'words-for-files'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  /** What only the user knows. */
  | { readonly kind: 'unknown' };

/** What completions complete. */
export const PROGRAM = 'mcp-oauth-trace';

/** What stands behind an option that takes a value. */
export function expectedValue({ value, choices }: OptionShape, words: CompletionWords): Expected {
  return expectedOf(value.slice(1, -1), choices, words);
}

/** What an argument can be. */
export function expectedArgument(
  { name, choices }: ArgumentShape,
  words: CompletionWords,
): Expected {
  return expectedOf(name, choices, words);
}

/** Arguments and values that are paths, by their names. */
const PATHS: Readonly<Record<string, Expected>> = {
  file: { kind: 'file' },
  folder: { kind: 'folder' },
  'format=file': { kind: 'words-for-files', words: REPORT_NAMES },
  trace: { kind: 'file' },
  before: { kind: 'file' },
  after: { kind: 'file' },
  log: { kind: 'file' },
};

function expectedOf(name: string, choices: readonly string[], words: CompletionWords): Expected {
  const known = choices.length > 0 ? choices : words[name];
  return known ? { kind: 'words', words: known } : (PATHS[name] ?? { kind: 'unknown' });
}

/** One word for every POSIX shell and for fish. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
