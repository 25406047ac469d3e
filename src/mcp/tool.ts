import { isObject } from '../trace/body.ts';
import type { Header } from '../trace/schema.ts';
import { encodeHeaderValue } from './envelope.ts';

/** A tool as the server lists it. */
export interface Tool {
  readonly name: string;
  readonly inputSchema?: unknown;
}

/**
 * The `Mcp-Param-*` headers of a call: one for each argument whose property is annotated with
 * `x-mcp-header`, in the 2026-07-28 revision.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export function parameterHeaders(
  tool: Tool | undefined,
  given: Readonly<Record<string, unknown>>,
): readonly Header[] {
  return annotated(tool?.inputSchema, given).map(([name, value]) => [
    `mcp-param-${name}`,
    encodeHeaderValue(String(value)),
  ]);
}

/** True when every annotation is one that a header can carry; a tool with another must not be used. */
export function hasValidAnnotations(tool: Tool): boolean {
  const names = new Set<string>();
  return everyAnnotation(tool.inputSchema, (name, type) => {
    const fresh = typeof name === 'string' && !names.has(name.toLowerCase());
    if (typeof name === 'string') names.add(name.toLowerCase());
    return fresh && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && ALLOWED_TYPES.has(String(type));
  });
}

const ALLOWED_TYPES: ReadonlySet<string> = new Set(['string', 'integer', 'boolean']);

function annotated(
  schema: unknown,
  given: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(propertiesOf(schema)).flatMap(([key, property]) => {
    const value = given[key];
    if (value === undefined || value === null || !isObject(property)) return [];
    const name = property['x-mcp-header'];
    const own = typeof name === 'string' ? [[name, value] as const] : [];
    return isObject(value) ? [...own, ...annotated(property, value)] : own;
  });
}

function everyAnnotation(
  schema: unknown,
  holds: (name: unknown, type: unknown) => boolean,
): boolean {
  return Object.values(propertiesOf(schema)).every(
    (property) =>
      !isObject(property) ||
      ((!('x-mcp-header' in property) || holds(property['x-mcp-header'], property.type)) &&
        everyAnnotation(property, holds)),
  );
}

function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  return isObject(schema) && isObject(schema.properties) ? schema.properties : {};
}
