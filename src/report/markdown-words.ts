/** Pieces of Markdown that no text can break out of, on GitHub and elsewhere. */
import { visible, visibleLine } from './visible.ts';

/**
 * Text that shows as it is, on one line: punctuation is written as character references, so it is no
 * markup, no link, no mention; it may stand in a table.
 */
export function words(text: string): string {
  return references(visibleLine(text).replace(/[@#](?=\S)/g, '$&\u2060'));
}

function references(line: string): string {
  return line.replace(/[!-/:-@[-`{-~]/g, (mark) =>
    PLAIN.has(mark) ? mark : `&#${mark.charCodeAt(0)};`,
  );
}

/** Marks that are no markup in the middle of a line. */
const PLAIN: ReadonlySet<string> = new Set('.,;()%/?-"\'+=');

/** A code span: for names and values that others chose. */
export function code(text: string): string {
  const line = visibleLine(text);
  if (line.trim() === '') return '``` ```';
  const fence = '`'.repeat(longestRun(line, '`') + 1);
  const edge = line.startsWith('`') || line.endsWith('`') || line !== line.trim() ? ' ' : '';
  return `${fence}${edge}${line}${edge}${fence}`;
}

/** Code inside a table or a summary, where a span of backticks would not hold every text. */
export function codeCell(text: string): string {
  return `<code>${references(visibleLine(text))}</code>`;
}

/** A fenced code block; the fence is longer than any in the text. */
export function fenced(text: string, language = ''): string {
  const body = visible(text).replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(body, '`') + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

/** Something folded away; the inside is Markdown already. */
export function folded(summary: string, inside: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${inside}\n\n</details>`;
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let current = 0;
  for (const one of text) {
    current = one === character ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
