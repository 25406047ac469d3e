import { rewriteHtml } from './html-text.ts';
import { type JsonForm, rewriteJson } from './json-text.ts';
import type { Place } from './names.ts';
import { htmlEscaped, percentEncoded, plainly, type Spell } from './spelling.ts';
import { rewriteFields, rewriteUrl, type VisitUrl } from './url-text.ts';

/** A value with the place that may give it away. */
export interface Named {
  readonly place: Place;
  readonly name: string;
  readonly value: string;
  /** The JSON text describes a person, or holds a key. */
  readonly topic?: Topic;
  /** Type of the HTML control, lower case. */
  readonly control?: string;
}

/** What a whole JSON text is about, where that changes what its members mean. */
export interface Topic {
  readonly isPerson: boolean;
  readonly isKey: boolean;
}

/** What happens to what a walk meets: the first walk learns, the second replaces. */
export interface Visitor {
  /** A named value: what to put there when the name makes it a secret, else undefined. */
  readonly named: (named: Named) => string | undefined;
  /** Running text: what to put there. */
  readonly text: (text: string, spell: Spell) => string;
  /** A last look at a structured text, for what lies across its parts. */
  readonly whole: (text: string, spell: Spell) => string;
}

/** How a text is written. */
export type Format = 'json' | 'form' | 'multipart' | 'html' | 'events' | 'url' | 'plain';

/** Texts within texts that are opened: JSON in a string of JSON, a URL in a query. */
const DEEPEST_TEXT = 5;

/** Rewrites a text of any format; `format` where its media type tells, else it is guessed. */
export function walkText(text: string, visitor: Visitor, format?: Format, depth = 0): string {
  if (text === '') return text;
  if (depth > DEEPEST_TEXT) return visitor.text(text, plainly);
  return WALKS[format ?? guessFormat(text)](text, visitor, depth);
}

/** The format a media type announces; undefined for one that says nothing. */
export function formatOf(mediaType: string, text: string): Format | undefined {
  const first = text.trimStart().charAt(0);
  if (first === '<') return 'html';
  if (mediaType === 'application/x-www-form-urlencoded') return 'form';
  if (mediaType === 'multipart/form-data') return 'multipart';
  if (mediaType === 'text/event-stream') return 'events';
  if (/[/+]json\b/.test(mediaType)) return 'json';
  return undefined;
}

function guessFormat(text: string): Format {
  const first = text.trimStart().charAt(0);
  if (first === '{' || first === '[' || first === '"') return 'json';
  if (first === '<' && /^\s*<[a-z!/]/i.test(text)) return 'html';
  return /^(?:[a-z][a-z\d+.-]{0,30}:)?\/\S*$/i.test(text) ? 'url' : 'plain';
}

type Walk = (text: string, visitor: Visitor, depth: number) => string;

const WALKS: Readonly<Record<Format, Walk>> = {
  json: walkJson,
  form: (text, visitor, depth) =>
    visitor.whole(rewriteFields(text, fieldsOf(visitor, 'form', depth)), percentEncoded),
  multipart: walkMultipart,
  html: walkHtml,
  events: walkEvents,
  url: (text, visitor, depth) =>
    visitor.whole(rewriteUrl(text, fieldsOf(visitor, 'query', depth)), percentEncoded),
  plain: walkPlain,
};

function walkJson(text: string, visitor: Visitor, depth: number): string {
  const topic = topicOf(text);
  const visit = (value: string, name: string | undefined, form: JsonForm): string => {
    if (form === 'name') return visitor.text(value, plainly);
    if (form === 'bare') return visitBare(value, name, visitor, topic);
    const known = name === undefined ? undefined : { place: 'json' as const, name, value, topic };
    return (known && visitor.named(known)) ?? walkText(value, visitor, undefined, depth + 1);
  };
  const walked = rewriteJson(text, visit);
  // Cut off, or prose in brackets: what lies between the strings may say something as well.
  return isJson(text) ? visitor.whole(walked, plainly) : walkPlain(walked, visitor, depth);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Numbers: an error code is one, a typed password may be one. */
function visitBare(
  value: string,
  name: string | undefined,
  visitor: Visitor,
  topic: Topic,
): string {
  const secret = name && /pass|pin|otp/i.test(name);
  const named = secret ? visitor.named({ place: 'json', name, value, topic }) : undefined;
  return named ?? visitor.text(value, plainly);
}

/** Claims of a person come with `sub` and an address or name; keys with `kty`. */
function topicOf(text: string): Topic {
  return {
    isPerson:
      /"sub"\s{0,9}:\s{0,9}"/.test(text) &&
      /"(?:email|given_name|preferred_username|family_name)"\s{0,9}:\s{0,9}"/.test(text),
    isKey: /"kty"\s{0,9}:/.test(text),
  };
}

function walkEvents(text: string, visitor: Visitor, depth: number): string {
  const lines = text.split(/(\r\n|\n|\r)/).map((line) => {
    const [, head, value] = /^([a-z]+: ?)(.+)$/s.exec(line) ?? [];
    return head && value ? `${head}${walkText(value, visitor, undefined, depth + 1)}` : line;
  });
  return visitor.whole(lines.join(''), plainly);
}

/** Parts of a multipart form. @see https://www.rfc-editor.org/rfc/rfc7578 */
function walkMultipart(text: string, visitor: Visitor, depth: number): string {
  const parts = text.split(/(\r?\n--)/).map((part) => {
    const blank = /\r?\n\r?\n/.exec(part);
    const name = /\bname="([^"\r\n]*)"/i.exec(part.slice(0, blank?.index ?? 0))?.[1];
    if (!blank || name === undefined) return part;
    const start = blank.index + blank[0].length;
    const value = part.slice(start);
    const visited =
      visitor.named({ place: 'form', name, value }) ??
      walkText(value, visitor, undefined, depth + 1);
    return `${part.slice(0, start)}${visited}`;
  });
  return visitor.whole(parts.join(''), plainly);
}

function walkHtml(text: string, visitor: Visitor, depth: number): string {
  const walked = rewriteHtml(text, {
    tag: (all) => {
      // An empty field: nothing to label here, but what is typed into it later.
      const control = (all.get('type') ?? '').toLowerCase();
      if (control === 'password')
        visitor.named({ place: 'html', name: all.get('name') ?? '', value: '', control });
    },
    attribute: ({ name, value }, all) => {
      const of = (wanted: string): string => all.get(wanted) ?? '';
      if (name === 'value' || name === 'content') {
        const control = name === 'content' ? 'meta' : of('type').toLowerCase();
        const named = { place: 'html' as const, name: of('name') || of('id'), value, control };
        const visited = visitor.named(named);
        if (visited !== undefined) return visited;
      }
      return walkText(value, visitor, undefined, depth + 1);
    },
    text: (piece) => walkPlain(piece, visitor, depth, htmlEscaped),
  });
  return visitor.whole(walked, htmlEscaped);
}

/** Plain text: the URLs in it, then the whole. */
function walkPlain(text: string, visitor: Visitor, depth: number, spell: Spell = plainly): string {
  if (!/[=?#]|:\/\//.test(text)) return visitor.text(text, spell);
  const walked = text.replace(/[^\s"'<>`,\\]+/g, (word) => walkWord(word, visitor, depth));
  return visitor.text(walked, spell);
}

/** One word of plain text: a URL, a query, or neither. */
function walkWord(word: string, visitor: Visitor, depth: number): string {
  const isUrl = word.includes('://') || /[?#][^=]{1,100}=/.test(word);
  if (!isUrl && !word.includes('=')) return word;
  const tail = /[).;:!\]}]*$/.exec(word.slice(-8))?.[0] ?? '';
  const body = tail === '' ? word : word.slice(0, -tail.length);
  const fields = fieldsOf(visitor, isUrl || body.includes('&') ? 'query' : 'bare', depth);
  const walked = isUrl ? rewriteUrl(body, fields) : rewriteFields(body, fields);
  return `${walked}${tail}`;
}

function fieldsOf(visitor: Visitor, place: Place, depth: number): VisitUrl {
  return {
    field: (name, value) =>
      visitor.named({ place, name, value }) ?? walkText(value, visitor, undefined, depth + 1),
    credential: (value) => visitor.named({ place: 'query', name: '@', value }) ?? value,
    rest: (text) => visitor.text(text, percentEncoded),
  };
}
