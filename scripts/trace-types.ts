/** The types of a trace for users of the library, made from its JSON Schema: they need no validator's types. */

type Schema = Readonly<Record<string, unknown>>;

/** A declaration file. */
export function traceTypes(schema: Schema): string {
  return `/** The trace format. Generated from trace.schema.json: \`npm run generate\`. */

/** A whole recorded run. */
export interface Trace ${typeOf(schema, '')}

/** One request and what came of it. */
export type Exchange = Trace['trace_log'][number];
/** A header pair, \`[name, value]\`. */
export type Header = Exchange['request']['headers'][number];
/** A recorded body. */
export type Body = NonNullable<Exchange['request']['body']>;
/** What became of one pass of one step. */
export type StepRecord = Trace['sequence_summary']['steps'][number];
/** What is known of a secret once its text is gone. */
export type Secret = Trace['secrets'][number];
/** How a run ended. */
export type Outcome = Trace['sequence_summary']['outcome'];
`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

function typeOf(schema: Schema, indent: string): string {
  const { type, enum: values, const: literal, anyOf, prefixItems } = schema;
  if (literal !== undefined) return JSON.stringify(literal);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((each: Schema) => typeOf(each, indent)).join(' | ');
  if (Array.isArray(prefixItems))
    return `readonly [${prefixItems.map((each: Schema) => typeOf(each, indent)).join(', ')}]`;
  if (Array.isArray(type))
    return type.map((each: string) => typeOf({ ...schema, type: each }, indent)).join(' | ');
  if (type === 'array') return `readonly ${bracketed(typeOf(schema.items as Schema, indent))}[]`;
  if (type === 'object') return objectType(schema, indent);
  if (typeof type === 'string' && type in NAMES) return NAMES[type] ?? 'unknown';
  if (Object.keys(schema).length === 0) return 'unknown';
  throw new Error(`no type is known for ${JSON.stringify(schema)}`);
}

function bracketed(type: string): string {
  return / \| |^readonly /.test(type.split('\n')[0] ?? '') ? `(${type})` : type;
}

function objectType(
  { properties, required, additionalProperties }: Schema,
  indent: string,
): string {
  if (properties === undefined)
    return `{ readonly [name: string]: ${typeOf((additionalProperties ?? {}) as Schema, indent)} }`;
  const inner = `${indent}  `;
  const members = Object.entries(properties as Readonly<Record<string, Schema>>).map(
    ([name, schema]) => {
      const type = typeOf(schema, inner);
      return (required as readonly string[] | undefined)?.includes(name)
        ? `${inner}readonly ${name}: ${type};`
        : `${inner}readonly ${name}?: ${type} | undefined;`;
    },
  );
  return `{\n${members.join('\n')}\n${indent}}`;
}
