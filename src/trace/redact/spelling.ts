/** How one value is spelled in URLs, forms, JSON, HTML and base64, and how a label is written there. */

/** Writes a label so that the text around it stays what it is. */
export type Spell = (label: string) => string;

/** As it stands: headers, JSON strings, plain text. */
export const plainly: Spell = (label) => label;

/** For URLs and forms: `URLSearchParams` reads the label back. */
export const percentEncoded: Spell = (text) =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

/** For text and attributes of HTML. */
export const htmlEscaped: Spell = (text) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Text of an HTML attribute with its character references undone. */
export function unescapeReferences(text: string): string {
  return text.includes('&')
    ? text.replace(/&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi, characterOf)
    : text;
}

/** A text with its escapes undone, and the way back to where a part of it came from. */
export interface Unescaped {
  readonly text: string;
  readonly toSource: (start: number, end: number) => readonly [number, number];
}

/** Percent-encoded UTF-8, JSON and JavaScript escapes, HTML character references; one character each. */
const ESCAPE =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}|\\(?:u[\da-f]{4}|x[\da-f]{2}|["'\\/bfnrt])|&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi;

/** Undoes one level of every kind of escape at once; undefined where there is none. */
export function unescapeOnce(text: string): Unescaped | undefined {
  if (!/[%\\&]/.test(text)) return undefined;
  const sources: number[] = [];
  const sourceEnds: number[] = [];
  const places: number[] = [];
  const placeEnds: number[] = [];
  const parts: string[] = [];
  let length = 0;
  let last = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const character = characterOf(match[0]);
    parts.push(text.slice(last, match.index), character);
    length += match.index - last;
    last = match.index + match[0].length;
    sources.push(match.index);
    sourceEnds.push(last);
    places.push(length);
    length += character.length;
    placeEnds.push(length);
  }
  if (parts.length === 0) return undefined;
  parts.push(text.slice(last));
  const at = (offset: number, isEnd: boolean): number => {
    // The last escape that begins at or before the character asked for.
    const index = lastNotAfter(places, isEnd ? offset - 1 : offset);
    if (index < 0) return offset;
    const placeEnd = placeEnds[index] ?? 0;
    if (offset < placeEnd || (isEnd && offset === placeEnd))
      return (isEnd ? sourceEnds[index] : sources[index]) ?? 0;
    return (sourceEnds[index] ?? 0) + offset - placeEnd;
  };
  return { text: parts.join(''), toSource: (start, end) => [at(start, false), at(end, true)] };
}

function lastNotAfter(sorted: readonly number[], offset: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const NAMED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '\\b': '\b',
  '\\f': '\f',
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
};

function characterOf(escaped: string): string {
  if (escaped.startsWith('%'))
    return Buffer.from(escaped.replaceAll('%', ''), 'hex').toString('utf8');
  const named = NAMED[escaped.toLowerCase()];
  if (named) return named;
  const code = /^(?:\\[ux]|&#x)([\da-f]+)/i.exec(escaped)?.[1];
  if (code) return codePoint(Number.parseInt(code, 16));
  const decimal = /^&#(\d+)/.exec(escaped)?.[1];
  return decimal ? codePoint(Number(decimal)) : (escaped[1] ?? '');
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/**
 * The texts under which a value is looked for once escapes are undone. A value that itself looks
 * escaped would be undone too far, so it is also looked for as undoing and as escaping leave it.
 */
export function spellingsOf(value: string): readonly string[] {
  const asLatin1 = Buffer.from(value, 'utf8').toString('latin1');
  const forms = [value, asLatin1, ...(unescapeOnce(value) ? escapedForms(value) : [])];
  return [...new Set(forms.flatMap((form) => [form, form.replaceAll(' ', '+')]))];
}

function escapedForms(value: string): readonly string[] {
  const once = unescapeOnce(value)?.text ?? value;
  const twice = unescapeOnce(once)?.text ?? once;
  const escaped = [percentEncoded, jsonEscaped, htmlEscaped, namedEscaped].map((write) =>
    write(value),
  );
  return [once, twice, ...escaped, ...escaped.map(jsonEscaped), ...escaped.map(htmlEscaped)];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As most servers write HTML. */
function namedEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Bytes of a long value that suffice to recognise it in base64; the rest of the run goes with them. */
const BASE64_HEAD = 64;

/**
 * The characters of base64 and base64url that a value takes wherever it stands in the encoded bytes:
 * at each of the three alignments, those that depend on nothing beside it.
 */
export function base64CoresOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8').subarray(0, BASE64_HEAD);
  const cores = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const firstWhole = Math.ceil((shift * 8) / 6);
    const lastWhole = Math.floor(((shift + bytes.length) * 8) / 6);
    return encoded.slice(firstWhole, lastWhole);
  });
  return [
    ...new Set(cores.flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')])),
  ];
}

/** Widens a range to the run of base64 it stands in, without taking half of an escape. */
export function base64Run(text: string, start: number, end: number): readonly [number, number] {
  let from = start;
  while (from > 0 && isBase64(text.charCodeAt(from - 1)) && !isEscaped(text, from - 1)) from -= 1;
  let to = end;
  while (to < text.length && isBase64(text.charCodeAt(to))) to += 1;
  const padding = text.startsWith('==', to) ? 2 : text[to] === '=' ? 1 : 0;
  return [from, to + padding];
}

/** Letters, digits, `+`, `-`, `_`. Not `/`: in a URL it parts what is beside the value from it. */
function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

/** True for a character that belongs to `\n`, `%2F` and the like. */
function isEscaped(text: string, index: number): boolean {
  return text[index - 1] === '\\' || text[index - 1] === '%' || text[index - 2] === '%';
}
