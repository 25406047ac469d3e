/** Text in columns. Colours go on afterwards: widths are those of plain text. */

/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that a line takes. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return [...text].reduce((sum, character) => sum + columnsOf(character), 0);
}

function columnsOf(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text and blanks up to a width. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** The same with the blanks in front. */
export function aligned(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** A text that is too long loses its middle: both its ends tell more. */
export function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  const kept = Math.max(2, width - 1);
  const head = Math.ceil(kept / 2);
  const tail = kept - head;
  return `${take(characters, head)}…${take(characters.reverse(), tail, true)}`;
}

/** As many characters as fit. */
function take(characters: readonly string[], width: number, isReversed = false): string {
  let used = 0;
  const count = characters.findIndex((character) => {
    used += columnsOf(character);
    return used > width;
  });
  const taken = characters.slice(0, count < 0 ? characters.length : count);
  return (isReversed ? taken.reverse() : taken).join('');
}

/** Lines no wider than asked, broken at blanks; a word that is wider than a line is cut, at a mark if there is one. */
export function wrapped(text: string, width: number): readonly string[] {
  return filled(
    text.split(' ').flatMap((word) => chunked(word, width, endAtMark)),
    width,
  );
}

/** As much of a piece as ends with a mark, unless that leaves half of the line empty. */
function endAtMark(piece: string): string {
  const head = /^.*[,;:&?/})\]]/u.exec(piece)?.[0] ?? '';
  return head.length > piece.length / 2 ? head : piece;
}

/** Lines broken at blanks alone: an address stays whole, as whoever copies it needs it. */
export function folded(text: string, width: number): readonly string[] {
  return filled(text.split(' '), width);
}

function filled(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Lines no wider than asked, cut wherever they are full. @param trim gives up the end of a piece for the next one */
export function chunked(
  word: string,
  width: number,
  trim = (piece: string): string => piece,
): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const found: string[] = [];
  let rest = [...word];
  while (rest.length > 0) {
    const full = take(rest, Math.max(2, width));
    const piece = [...full].length === rest.length ? full : trim(full);
    found.push(piece);
    rest = rest.slice([...piece].length);
  }
  return found;
}

/** A paragraph behind a label: `Fix       Serve the issuer …`, further lines under the first. */
export function labelled(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => (index === 0 ? label : ' '.repeat(widthOf(label))) + line);
}

/** A number and what it counts: `1 rule`, `2 rules`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Milliseconds in seven columns at most: `412 ms`, `12.3 s`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 9_999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 999.95 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
