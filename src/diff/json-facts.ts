/** Facts of a JSON document, member by member. Walks with a stack of its own: depth is no danger. */
import { isObject } from '../trace/body.ts';
import { below, type Fact, type Tell } from './fact.ts';
import { fieldFact, numberFact } from './field-facts.ts';
import type { FieldContext } from './volatile.ts';

interface Item {
  readonly pointer: string;
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

/** Below this depth pointers stop growing; leaves are still compared, in order. */
const DEEPEST_POINTER = 48;

/** Arrays of objects that are known by a member of theirs, not by their order. */
const KEYED: Readonly<Record<string, string>> = {
  tools: 'name',
  prompts: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
};

/** Arrays of strings in which the first is not like the second. */
const ORDERED: ReadonlySet<string> = new Set(['authorization_servers']);

/** Every leaf and node of a JSON value, parents before children. */
export function tellJson(
  tell: Tell,
  pointer: string,
  value: unknown,
  context: FieldContext = 'json',
  name = '',
): void {
  const stack: Item[] = [{ pointer, name, value, depth: 0 }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const leaf = leafOf(item, context);
    tell(item.pointer, leaf ?? nodeOf(item.value));
    if (!leaf) for (const child of childrenOf(item).reverse()) stack.push(child);
  }
}

function nodeOf(value: unknown): Fact {
  return { kind: 'node', value: Array.isArray(value) ? '{array}' : '{object}' };
}

function leafOf({ name, value }: Item, context: FieldContext): Fact | undefined {
  if (typeof value === 'string') return fieldFact(name, value, context);
  if (typeof value === 'number') return numberFact(name, value, context);
  if (typeof value === 'boolean' || value === null) return { kind: 'literal', value };
  if (Array.isArray(value) && !ORDERED.has(name) && value.every(isString))
    return { kind: name === 'scp' || name === 'scope' ? 'scope' : 'set', values: value };
  return undefined;
}

function childrenOf({ pointer, name, value, depth }: Item): Item[] {
  const step = (key: string | number): string =>
    depth < DEEPEST_POINTER ? below(pointer, key) : pointer;
  const key = KEYED[name];
  if (Array.isArray(value))
    return value.map((entry: unknown, index) => ({
      pointer: step(keyIn(entry, key) ?? index),
      name: '',
      value: entry,
      depth: depth + 1,
    }));
  if (!isObject(value)) return [];
  return Object.keys(value).map((member) => ({
    pointer: step(member),
    name: member,
    value: value[member],
    depth: depth + 1,
  }));
}

function keyIn(entry: unknown, key: string | undefined): string | undefined {
  const value = key !== undefined && isObject(entry) ? entry[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
