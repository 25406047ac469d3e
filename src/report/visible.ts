/**
 * Control characters, format characters (zero-width, direction), fillers without a picture, and
 * halves of surrogate pairs; line ends and tabs are none.
 */
const STEERING =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0\p{Cf}\p{Cs}]/gu;

/** Text in which every character can be seen: what steers or hides is spelled out; line ends and tabs stay. */
export function visible(text: string): string {
  return text.replace(STEERING, spelled);
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\r\t]/g, spelled);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16).padStart(4, '0');
  return SHORT[character] ?? (code > 0xffff ? `\\u{${digits}}` : `\\u${digits}`);
}

/** The head of a text and an ellipsis; a pair of surrogates is never halved. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…`;
}
