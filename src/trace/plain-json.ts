/** What a terminal obeys, and what hides or turns the text around it; JSON itself escapes the rest. */
const STEERING =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** JSON that can be looked at in a terminal: the same value, with nothing in its text that steers. */
export function plainJson(value: unknown, indent?: number): string | undefined {
  return JSON.stringify(value, null, indent)?.replace(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
