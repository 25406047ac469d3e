/** Tools that answer at once, with each kind of content. */
import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { PNG, said, text, WAV } from './media.ts';

type Result = ReturnType<Parameters<McpServer['registerTool']>[2]>;

const CONTENT: Readonly<Record<string, () => Result>> = {
  test_simple_text: () => said('This is a simple text response for testing.'),
  test_image_content: () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] }),
  test_audio_content: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  test_embedded_resource: () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }),
  test_multiple_content_types: () => ({
    content: [
      text('Multiple content types test:'),
      { type: 'image', data: PNG, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }),
  test_error_handling: () => {
    throw new Error('This tool intentionally returns an error for testing');
  },
};

/** Every keyword of JSON Schema 2020-12 that a server has to pass on. */
const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

const ANNOTATED = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  required: ['region'],
};

/** Offers them. */
export function offerContent(server: McpServer): void {
  for (const [name, answer] of Object.entries(CONTENT))
    server.registerTool(name, { description: `Answers as ${name} has to` }, answer);
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema of many keywords', inputSchema: fromJsonSchema(SCHEMA) },
    () => said('fits'),
  );
  server.registerTool(
    'test_header',
    { description: 'Has an argument in a header', inputSchema: fromJsonSchema(ANNOTATED) },
    () => said('fits too'),
  );
  server.registerTool(
    'test_greeting',
    { description: 'Greets', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => said(`Hello, ${name}!`),
  );
}
