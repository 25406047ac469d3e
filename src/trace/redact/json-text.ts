/** A string, the name of a member, or a bare word such as a number. */
export type JsonForm = 'string' | 'name' | 'bare';

/** What to put in place of a part of a JSON text; `name` is the member it belongs to. */
export type VisitJson = (value: string, name: string | undefined, form: JsonForm) => string;

/**
 * Rewrites the strings and numbers of a JSON text and leaves every other byte as it was. Also reads
 * what is not quite JSON: cut off, or with anything around it. No recursion: depth costs nothing.
 */
export function rewriteJson(text: string, visit: VisitJson): string {
  const containers: { readonly isList: boolean; readonly name: string | undefined }[] = [];
  const parts: string[] = [];
  let name: string | undefined;
  let copied = 0;
  const replace = (start: number, end: number, replacement: string): void => {
    parts.push(text.slice(copied, start), replacement);
    copied = end;
  };
  for (let index = 0; index < text.length; ) {
    const character = text[index] ?? '';
    if (character === '"') {
      const closing = closingQuote(text, index);
      const end = closing < 0 ? text.length : closing + 1;
      const isName = isFollowedByColon(text, end) && containers.at(-1)?.isList !== true;
      const value = decodeString(text.slice(index, end));
      const visited = isName ? visit(value, undefined, 'name') : visit(value, name, 'string');
      if (visited !== value) replace(index, end, encodeString(visited, closing >= 0));
      if (isName) name = value;
      index = end;
    } else if (character === '{' || character === '[') {
      containers.push({ isList: character === '[', name });
      if (character === '{') name = undefined;
      index += 1;
    } else if (character === '}' || character === ']') {
      containers.pop();
      name = undefined;
      index += 1;
    } else if (character === ',') {
      const container = containers.at(-1);
      name = container?.isList ? container.name : undefined;
      index += 1;
    } else if (/[-\w.]/.test(character)) {
      const end = endOfWord(text, index);
      const word = text.slice(index, end);
      const visited = isLiteral(word) ? word : visit(word, name, 'bare');
      if (visited !== word) replace(index, end, JSON.stringify(visited));
      index = end;
    } else index += 1;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

function isLiteral(word: string): boolean {
  return word === 'true' || word === 'false' || word === 'null';
}

function endOfWord(text: string, start: number): number {
  const word = /[-+\w.]+/y;
  word.lastIndex = start;
  word.test(text);
  return Math.max(word.lastIndex, start + 1);
}

/** Index of the closing quote; negative for a string that was cut off. */
function closingQuote(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
}

function isFollowedByColon(text: string, index: number): boolean {
  const space = /\s*/y;
  space.lastIndex = index;
  space.test(text);
  return text[space.lastIndex] === ':';
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The value of a string literal, also of one with raw control characters or without its end. */
function decodeString(literal: string): string {
  if (!literal.includes('\\') && literal.length >= 2 && literal.endsWith('"'))
    return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    const inside = literal.replace(/^"/, '').replace(/([^\\](?:\\\\)*)"$/, '$1');
    return inside.replace(/\\(?:u([\da-fA-F]{4})|(.?))/gs, (_, code?: string, plain = '') =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : (ESCAPES[plain] ?? plain),
    );
  }
}

function encodeString(value: string, isWhole: boolean): string {
  const literal = JSON.stringify(value);
  return isWhole ? literal : literal.slice(0, -1);
}
