import * as z from 'zod';
import { TRACE_VERSION } from './format.ts';
import { traceSchema } from './schema.ts';

/** The trace format as a JSON Schema document (draft 2020-12), for readers in other languages. */
export function traceSchemaDocument(): Readonly<Record<string, unknown>> {
  // What a file may hold, not what this version keeps of it: keys may be added, so others are allowed.
  const { $schema, ...schema } = z.toJSONSchema(traceSchema, {
    target: 'draft-2020-12',
    io: 'input',
  });
  return {
    $schema,
    title: 'mcp-oauth-trace file',
    description: `One recorded run of the OAuth sequence of an MCP client, version ${TRACE_VERSION}. Keys may be added, never changed in meaning.`,
    ...schema,
  };
}
