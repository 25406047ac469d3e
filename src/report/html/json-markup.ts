import { type Content, markup } from './markup.ts';
import type { MarkSecrets } from './secret-chips.ts';

/** From this length on, JSON is shown plain: a page of spans nobody reads. */
const LONGEST_COLORED = 40_000;

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/** Indented JSON in colours. @param text what `JSON.stringify` wrote */
export function jsonMarkup(text: string, mark: MarkSecrets): Content {
  if (text.length > LONGEST_COLORED) return mark(text);
  const contents: Content[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = match;
    contents.push(text.slice(end, match.index));
    if (word !== undefined) contents.push(markup`<span class="json-word">${word}</span>`);
    else if (colon === undefined)
      contents.push(markup`<span class="json-text">${mark(string ?? '')}</span>`);
    else contents.push(markup`<span class="json-name">${mark(string ?? '')}</span>`, colon);
    end = match.index + whole.length;
  }
  return [...contents, text.slice(end)];
}
