import { cutText, visibleLine } from './visible.ts';

/** Longest text of somebody else that a line of the report repeats. */
const LONGEST = 1_000;

/**
 * Text of a server as one line of a terminal: nothing in it that a terminal obeys or that turns or hides
 * what stands around it, and no longer than it may be.
 */
export function printable(text: string, longest = LONGEST): string {
  const head = visibleLine(cutText(text, longest));
  const rest = text.length - longest;
  return rest > 0 ? `${head} (${rest} more characters)` : head;
}
