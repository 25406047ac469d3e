import { describe, expect, it } from 'vitest';
import { isPublicWord } from '../../src/trace/redact/vocabulary.ts';
import { traceSchemaDocument } from '../../src/trace/schema-document.ts';

/** The names of all members a schema describes, at any depth. */
function memberNames(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: object };
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(memberNames)];
}

describe('the schema document', () => {
  const document = traceSchemaDocument();

  it('is of draft 2020-12 and says what it describes', () => {
    expect(document).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'mcp-oauth-trace file',
      type: 'object',
      properties: { trace_version: { const: 1 } },
    });
    expect(document).not.toHaveProperty('$id');
  });

  it('allows members that a later version adds', () => {
    expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('names no member that redaction could take for a secret', () => {
    const names = memberNames(document).filter((name) => name.length >= 6);
    expect(names).toContain('sequence_summary');
    expect(names.filter((name) => !isPublicWord(name))).toEqual([]);
  });
});
