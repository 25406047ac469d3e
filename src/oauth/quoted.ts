/** Longest piece of somebody else's text that a message repeats. */
const LONGEST = 200;

/**
 * An untrusted value as a message shows it: quoted, cut, with nothing in it that a terminal obeys; `absent`
 * without quotes for undefined.
 */
export function quoted(value: unknown): string {
  if (value === undefined) return 'absent';
  return (typeof value === 'string' ? JSON.stringify(cut(value)) : cut(print(value))).replace(
    /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function print(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // JSON.parse reads any depth, JSON.stringify runs out of stack.
    return 'a value too deep to show';
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
