/** Tools that say or ask something before they answer, as servers of the older revisions do. */
import type {
  ElicitRequestFormParams,
  McpServer,
  RequestId,
  ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { said } from './media.ts';

type Schema = ElicitRequestFormParams['requestedSchema'];

const CONTACT: Schema = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

const DEFAULTS: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

const OPTIONS = ['option1', 'option2', 'option3'];
const TITLED = ['First', 'Second', 'Third'].map((title, index) => ({
  const: `value${index + 1}`,
  title: `${title} Option`,
}));

const ENUMS: Schema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: OPTIONS },
    titledSingle: { type: 'string', oneOf: TITLED },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
    titledMulti: { type: 'array', items: { anyOf: TITLED } },
  },
};

/** Offers them. */
export function offerAsking(server: McpServer): void {
  offerNotices(server);
  server.registerTool(
    'test_sampling',
    { description: 'Has a model answer', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling(
        {
          messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
          maxTokens: 100,
        },
        onItsStream(mcpReq),
      );
      return said(`LLM response: ${'text' in content ? content.text : ''}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, context) =>
      said(`User response: ${await elicit(context, message, CONTACT)}`),
  );
  for (const [name, schema] of [
    ['test_elicitation_sep1034_defaults', DEFAULTS],
    ['test_elicitation_sep1330_enums', ENUMS],
  ] as const)
    server.registerTool(name, { description: 'Asks the user by a form' }, async (context) =>
      said(`Elicitation completed: ${await elicit(context, 'Please fill this in', schema)}`),
    );
}

async function elicit(
  { mcpReq }: ServerContext,
  message: string,
  requestedSchema: Schema,
): Promise<string> {
  const question = { message, requestedSchema };
  const { action, content } = await mcpReq.elicitInput(question, onItsStream(mcpReq));
  return `action=${action}, content=${JSON.stringify(content ?? {})}`;
}

/**
 * Asked on the stream of the call it belongs to. Else the SDK takes the stream that the client opens by
 * GET, and a question that is asked before that is open reaches nobody.
 */
function onItsStream({ id }: ServerContext['mcpReq']): { readonly relatedRequestId: RequestId } {
  return { relatedRequestId: id };
}

/** The words of the suite, where it looks for them. */
function offerNotices(server: McpServer): void {
  const log = async ({ mcpReq }: ServerContext) => {
    for (const words of ['execution started', 'processing data', 'execution completed'])
      await mcpReq.log('info', `Tool ${words}`);
    return said('Logged');
  };
  server.registerTool(
    'test_reconnection',
    { description: 'Ends its stream before it answers' },
    ({ http }) => {
      http?.closeSSE?.();
      return said('Read on');
    },
  );
  for (const name of ['test_tool_with_logging', 'test_logging_tool'])
    server.registerTool(name, { description: 'Logs what it does' }, log);
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Tells how far it is' },
    async ({ mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of progressToken === undefined ? [] : [0, 50, 100])
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        });
      return said('Done');
    },
  );
}
