import { ConsentError } from './consent.ts';

/**
 * A command line split into words, without a shell: white space parts words, quotes of either kind
 * keep it. A backslash protects a quote, a backslash or white space; before anything else, as in
 * `C:\tools`, and in single quotes, it stands for itself.
 * @throws {ConsentError} `command-failed` for an open quote and for a line without a word.
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== '') {
    const [piece, after] = readWord(rest);
    words.push(piece);
    rest = after.trimStart();
  }
  if (words.length > 0) return words;
  throw new ConsentError('command-failed', 'the consent command is empty, expected a program');
}

/** Pieces a word is made of; each alternative is anchored and none backtracks. */
const PIECE = /'([^']*)'|"((?:\\["\\]|[^"\\]|\\(?!["\\]))*)"|\\(["'\\\s])|([^\s"'])/y;

function readWord(text: string): readonly [word: string, rest: string] {
  let word = '';
  let position = 0;
  while (position < text.length && !/\s/.test(text[position] ?? '')) {
    PIECE.lastIndex = position;
    const match = PIECE.exec(text);
    if (!match)
      throw new ConsentError(
        'command-failed',
        `the consent command has a quote (${text[position]}) that is opened and not closed`,
      );
    const [whole, single, double, escaped, plain] = match;
    word += single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? plain ?? '';
    position += whole.length;
  }
  return [word, text.slice(position)];
}
