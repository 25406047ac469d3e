import type { Difference } from './difference.ts';
import { lastName } from './fact.ts';
import { setChange } from './set-change.ts';

/** The longest value that is spelled out in a sentence, and the longest sentence of somebody else's. */
const [LONGEST_VALUE, LONGEST_SENTENCE] = [160, 600];

/** What was, then what is: the text of a difference, made from the rest of it. */
export function describe(
  difference: Pick<Difference, 'change' | 'where' | 'before' | 'after'>,
): string {
  const { change, where, before, after } = difference;
  const subject = subjectOf(where.pointer);
  if (change === 'added') return `${subject} is new${suffix(after)}`;
  if (change === 'removed') return `${subject} is gone${suffix(before)}`;
  if (isOrigin(before) && isOrigin(after))
    return `${subject} is no longer the ${quote(before)}, but the ${quote(after)}`;
  if (isStrings(before) && isStrings(after)) return `${subject} ${setWords(before, after)}`;
  return `${subject} was ${quote(before)}, is ${quote(after)}`;
}

/** A host stands for its URL: quoted, as it is at the start of a longer one. */
const HOST = /^\{(?:(?:mcp |authorization )?server|other \d+)\}$/;

/** A value in a sentence: JSON, cut, without characters that steer a terminal. */
export function quote(value: unknown): string {
  if (typeof value === 'string' && /^\{[^{}"]*\}$/.test(value) && !HOST.test(value))
    return value.slice(1, -1);
  // With blanks between its members a long list can be broken into lines.
  const text = isStrings(value) ? `[${value.map(spelled).join(', ')}]` : spelled(value);
  return cut(text, LONGEST_VALUE);
}

function spelled(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** How much of a text may be given up to cut it between two words. */
const LONGEST_WORD = 40;

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf(' ', longest);
  const head = text.slice(0, end > longest - LONGEST_WORD ? end : longest);
  return `${head}… (${text.length} characters)`;
}

/** A sentence of somebody else's inside one of ours: as {@link quote} makes it safe, without the quotes. */
export function said(sentence: string): string {
  const text = spelled(cut(sentence, LONGEST_SENTENCE)).slice(1, -1);
  return text.replace(/\\(["\\])/g, '$1');
}

/** Characters in which the name of a member and what it is in are told. */
const LONGEST_ORIGIN = 300;

/** Where a value that is made anew in each run came from, as `side.ts` shows it. */
function isOrigin(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.endsWith('}') &&
    / in the (?:answer|request) of /.test(value.slice(0, LONGEST_ORIGIN))
  );
}

/** What merely holds other things: that it came or went says enough. */
const CONTAINERS: ReadonlySet<unknown> = new Set([
  undefined,
  '{answer}',
  '{array}',
  '{challenge}',
  '{form}',
  '{jwt}',
  '{object}',
  '{page}',
  '{scheme}',
]);

function suffix(value: unknown): string {
  return CONTAINERS.has(value) ? '' : `: ${quote(value)}`;
}

function setWords(before: readonly string[], after: readonly string[]): string {
  const { lost, gained } = setChange(before, after);
  const parts = [
    lost.length > 0 ? `lost ${lost.map(quote).join(', ')}` : '',
    gained.length > 0 ? `gained ${gained.map(quote).join(', ')}` : '',
  ];
  return parts.filter((part) => part !== '').join(' and ');
}

/** The pointer as people say it: `header www-authenticate bearer/scope`, `issuer`. */
export function subjectOf(pointer: string): string {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => lastName(`/${name}`));
  const [part = '', section, ...rest] = names;
  const path = rest.map(printable).join('/');
  const sender = part === 'request' ? 'request ' : '';
  if (section === 'headers') return `${sender}header ${path}`;
  if (section === 'query') return `query parameter ${path}`;
  if (section === 'body')
    return rest.length > 0 ? `${sender && 'request field '}${path}` : `the ${part} body`;
  return section === undefined ? printable(part) : printable(section);
}

function printable(name: string): string {
  return /^[\w.:$@#{}() -]+$/.test(name) ? name : quote(name);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
