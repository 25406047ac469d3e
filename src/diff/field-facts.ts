/** Facts of named values: form fields, query parameters, members of JSON. */

import type { ReadonlyParameters } from '../trace/body.ts';
import { below, type Fact, type Tell } from './fact.ts';
import { type FieldContext, fieldMeaning } from './volatile.ts';

/** How deep a URL inside a parameter of a URL is opened. */
const DEEPEST_URL = 3;

/** A named string as a fact. */
export function fieldFact(name: string, value: string, context: FieldContext): Fact {
  switch (fieldMeaning(name, context)) {
    case 'scope':
      return { kind: 'scope', values: value.split(' ').filter((item) => item !== '') };
    case 'secret':
      // A client known by its URL (a metadata document) keeps it from run to run.
      return /^https?:/i.test(value) ? { kind: 'text', value } : { kind: 'secret', value };
    case 'time':
      return isTime(value) ? { kind: 'time' } : { kind: 'text', value };
    default:
      return { kind: 'text', value };
  }
}

/** A named number as a fact; 0 is no point in time, it means never. */
export function numberFact(name: string, value: number, context: FieldContext): Fact {
  const meaning = fieldMeaning(name, context);
  if (meaning === 'lifetime') return { kind: 'lifetime', value };
  return meaning === 'time' && value > 1e9 ? { kind: 'time' } : { kind: 'literal', value };
}

/** The fields of a form or a query. */
export function tellFields(
  tell: Tell,
  pointer: string,
  fields: ReadonlyParameters,
  context: FieldContext,
  depth = 0,
): void {
  for (const [name, value] of fields) {
    const fact = fieldFact(name, value, context);
    const isUrl = fact.kind === 'text' && /^(?:https?:\/\/|\/)[^?\s]*\?/i.test(value);
    if (isUrl && depth < DEEPEST_URL) tellUrl(tell, below(pointer, name), value, depth + 1);
    else tell(below(pointer, name), fact);
  }
}

/** A URL: where it leads, and its parameters one by one. */
export function tellUrl(
  tell: Tell,
  pointer: string,
  url: string,
  depth = 0,
  queryPointer = below(pointer, 'query'),
): void {
  const [beforeFragment = '', fragment] = cut(url, '#');
  const [target = '', query] = cut(beforeFragment, '?');
  tell(pointer, { kind: 'text', value: target });
  if (query) tellFields(tell, queryPointer, new URLSearchParams(query), 'form', depth);
  if (fragment)
    tellFields(tell, below(pointer, 'fragment'), new URLSearchParams(fragment), 'form', depth);
}

function cut(text: string, mark: string): readonly [string, string?] {
  const index = text.indexOf(mark);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function isTime(value: string): boolean {
  return /^\d{10,13}$/.test(value) || /^\d{4}-\d\d-\d\dT/.test(value);
}
