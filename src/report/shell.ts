/** Words of a POSIX shell, in which secrets are variables. */

/** A piece of a word: text that stands for itself, or the value of a variable. */
export type Piece = string | { readonly variable: string };

/** One shell word. Text is quoted whole; a variable is expanded in double quotes, never split. */
export function shellWord(...pieces: readonly Piece[]): string {
  let word = '';
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else {
      word += `${text === '' ? '' : singleQuoted(text)}"$${piece.variable}"`;
      text = '';
    }
  }
  return word !== '' && text === '' ? word : word + singleQuoted(text);
}

/** A `printf` format that prints exactly these bytes: control characters as octal codes. */
export function printfFormat(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => {
    if (byte === 0x25) return '%%';
    if (byte === 0x5c) return '\\\\';
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return text.join('');
}

/** True for text that can stand within quotes on one line of a script. */
export function isPlainLine(text: string): boolean {
  return !/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udfff]/u.test(
    text,
  );
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
