/** Facts of a JSON document, member by member. What a trace holds is never deeper than a call stack. */
import { isObject } from '../trace/body.ts';
import { below, type Fact, type Tell } from './fact.ts';
import { fieldFact, numberFact } from './field-facts.ts';
import type { FieldContext } from './volatile.ts';

/** Below this depth pointers stop growing; leaves are still compared, in order. */
const DEEPEST_POINTER = 48;

/** Arrays of objects that are known by a member of theirs, not by their order. */
const KEYED: ReadonlyMap<string, string> = new Map([
  ['tools', 'name'],
  ['prompts', 'name'],
  ['resources', 'uri'],
  ['resourceTemplates', 'uriTemplate'],
]);

/** Arrays of strings in which the first is not like the second. */
const ORDERED: ReadonlySet<string> = new Set(['authorization_servers']);

const ARRAY: Fact = { kind: 'node', value: '{array}' };
const OBJECT: Fact = { kind: 'node', value: '{object}' };

/** Every leaf and node of a JSON value, parents before children. */
export function tellJson(
  tell: Tell,
  pointer: string,
  document: unknown,
  context: FieldContext = 'json',
): void {
  const tellValue = (at: string, name: string, value: unknown, depth: number): void => {
    const leaf = leafOf(name, value, context);
    tell(at, leaf ?? (Array.isArray(value) ? ARRAY : OBJECT));
    if (leaf) return;
    const step = (key: string | number): string => (depth < DEEPEST_POINTER ? below(at, key) : at);
    if (Array.isArray(value)) {
      const key = KEYED.get(name);
      for (const [index, entry] of value.entries())
        tellValue(step(keyIn(entry, key) ?? index), '', entry, depth + 1);
    } else if (isObject(value))
      for (const member of Object.keys(value))
        tellValue(step(member), member, value[member], depth + 1);
  };
  tellValue(pointer, '', document, 0);
}

function leafOf(name: string, value: unknown, context: FieldContext): Fact | undefined {
  if (typeof value === 'string') return fieldFact(name, value, context);
  if (typeof value === 'number') return numberFact(name, value, context);
  if (typeof value === 'boolean' || value === null) return { kind: 'literal', value };
  if (Array.isArray(value) && !ORDERED.has(name) && value.every(isString))
    return { kind: name === 'scp' || name === 'scope' ? 'scope' : 'set', values: value };
  return undefined;
}

function keyIn(entry: unknown, key: string | undefined): string | undefined {
  const value = key !== undefined && isObject(entry) ? entry[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
