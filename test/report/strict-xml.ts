/** A reader of XML 1.0 that takes nothing but what JUnit needs, and throws at anything else. */

/** An element as it was read. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const NAME = /[A-Za-z][\w.-]*/y;
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const REFERENCES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The root element. @throws {Error} where the document is not well-formed */
export function parseXml(document: string): Element {
  const bad = FORBIDDEN.exec(document);
  if (bad) throw new Error(`forbidden character at ${bad.index}`);
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(document);
  const [root, end] = element(document, declaration?.[0].length ?? 0);
  if (document.slice(end).trim() !== '') throw new Error(`text after the root at ${end}`);
  return root;
}

function element(source: string, start: number): readonly [Element, number] {
  expectAt(source, start, '<');
  const name = nameAt(source, start + 1);
  const attributes: Record<string, string> = {};
  let at = start + 1 + name.length;
  while (source[at] === ' ') {
    const key = nameAt(source, at + 1);
    at += 1 + key.length;
    expectAt(source, at, '="');
    const close = source.indexOf('"', at + 2);
    if (close < 0 || key in attributes) throw new Error(`bad attribute ${key} at ${at}`);
    attributes[key] = decoded(source.slice(at + 2, close));
    at = close + 1;
  }
  if (source.startsWith('/>', at)) return [{ name, attributes, children: [], text: '' }, at + 2];
  expectAt(source, at, '>');
  const [children, text, end] = content(source, at + 1);
  expectAt(source, end, `</${name}>`);
  return [{ name, attributes, children, text }, end + name.length + 3];
}

function content(source: string, start: number): readonly [readonly Element[], string, number] {
  const children: Element[] = [];
  let text = '';
  let at = start;
  for (;;) {
    const next = source.indexOf('<', at);
    if (next < 0) throw new Error('the document ends too early');
    text += decoded(source.slice(at, next));
    if (source.startsWith('</', next)) return [children, text, next];
    const [child, end] = element(source, next);
    children.push(child);
    at = end;
  }
}

function decoded(text: string): string {
  if (text.includes('<') || text.includes(']]>')) throw new Error(`markup in text: ${text}`);
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const known = REFERENCES[name] ?? (name === '#13' ? '\r' : undefined);
    if (known === undefined || !whole.endsWith(';')) throw new Error(`bad reference ${whole}`);
    return known;
  });
}

function nameAt(source: string, at: number): string {
  NAME.lastIndex = at;
  const name = NAME.exec(source)?.[0];
  if (name === undefined) throw new Error(`no name at ${at}: ${source.slice(at, at + 20)}`);
  return name;
}

function expectAt(source: string, at: number, text: string): void {
  if (!source.startsWith(text, at))
    throw new Error(`expected ${text} at ${at}, found ${source.slice(at, at + 20)}`);
}
