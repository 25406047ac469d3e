import { htmlEscaped, unescapeReferences } from './spelling.ts';

/** An attribute of a tag, its value decoded. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** What to put in place of the parts of a page. */
export interface VisitHtml {
  /** The attributes of a tag, before each is visited. */
  readonly tag: (all: ReadonlyMap<string, string>) => void;
  /** Value of one attribute, among those of its tag; names in lower case, the first of a name counts. */
  readonly attribute: (attribute: Attribute, all: ReadonlyMap<string, string>) => string;
  /** Text between tags, comments and scripts, as it stands. */
  readonly text: (text: string) => string;
}

interface Piece extends Attribute {
  readonly start: number;
  readonly end: number;
}

/** Rewrites the attributes and texts of an HTML page; one pass, tolerant of anything. */
export function rewriteHtml(html: string, visit: VisitHtml): string {
  const parts: string[] = [];
  let index = 0;
  while (index < html.length) {
    const open = nextTag(html, index);
    parts.push(visit.text(html.slice(index, open)));
    if (open >= html.length) break;
    const { name, pieces, end } = readTag(html, open);
    parts.push(rewriteTag(html, open, end, pieces, visit));
    index = end;
    if (name !== 'script' && name !== 'style') continue;
    const close = html.slice(end).search(/<\/(?:script|style)/i);
    const stop = close < 0 ? html.length : end + close;
    parts.push(visit.text(html.slice(end, stop)));
    index = stop;
  }
  return parts.join('');
}

function rewriteTag(
  html: string,
  start: number,
  end: number,
  pieces: readonly Piece[],
  visit: VisitHtml,
): string {
  const parts: string[] = [];
  const all = new Map(pieces.toReversed().map(({ name, value }) => [name, value]));
  visit.tag(all);
  let copied = start;
  for (const piece of pieces) {
    const visited = visit.attribute(piece, all);
    if (visited === piece.value) continue;
    const quote = /["']/.test(html[piece.start - 1] ?? '') ? '' : '"';
    parts.push(html.slice(copied, piece.start), quote, htmlEscaped(visited), quote);
    copied = piece.end;
  }
  parts.push(html.slice(copied, end));
  return parts.join('');
}

/** Index of the next `<` that opens or closes an element; the end where there is none. */
function nextTag(html: string, from: number): number {
  for (let open = html.indexOf('<', from); open >= 0; open = html.indexOf('<', open + 1))
    if (/[a-z/]/i.test(html.charAt(open + 1))) return open;
  return html.length;
}

function readTag(
  html: string,
  open: number,
): { readonly name: string; readonly pieces: readonly Piece[]; readonly end: number } {
  const name = matchAt(/\/?[^\s/>]*/y, html, open + 1);
  const pieces: Piece[] = [];
  let index = open + 1 + name.length;
  while (index < html.length) {
    index += matchAt(/[\s/]*/y, html, index).length;
    if (html[index] === '>' || index >= html.length) break;
    const attribute = matchAt(/[^\s=/>][^\s=/>]*|=/y, html, index);
    index += Math.max(1, attribute.length);
    const equals = matchAt(/\s*=\s*/y, html, index);
    if (!equals) continue;
    index += equals.length;
    const quote = /["']/.test(html.charAt(index)) ? html.charAt(index) : '';
    const start = index + quote.length;
    const stop = quote
      ? html.indexOf(quote, start)
      : start + matchAt(/[^\s>]*/y, html, start).length;
    const end = stop < 0 ? html.length : stop;
    const value = unescapeReferences(html.slice(start, end));
    pieces.push({ name: attribute.toLowerCase(), value, start, end });
    index = end + quote.length;
  }
  return { name: name.toLowerCase(), pieces, end: Math.min(html.length, index + 1) };
}

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? '';
}
