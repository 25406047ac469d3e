/** Resources and prompts. */
import {
  acceptedContent,
  completable,
  inputRequired,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { PNG, text } from './media.ts';

/** Offers them. */
export function offerDocuments(server: McpServer): void {
  offerResources(server);
  offerPrompts(server);
}

function offerResources(server: McpServer): void {
  const contents = (uri: string, mimeType: string, body: { text: string } | { blob: string }) => ({
    contents: [{ uri, mimeType, ...body }],
  });
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'A text', mimeType: 'text/plain' },
    ({ href }) =>
      contents(href, 'text/plain', { text: 'This is the content of the static text resource.' }),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'A picture', mimeType: 'image/png' },
    ({ href }) => contents(href, 'image/png', { blob: PNG }),
  );
  server.registerResource(
    'watched-resource',
    'test://watched-resource',
    { description: 'One to subscribe to', mimeType: 'text/plain' },
    ({ href }) => contents(href, 'text/plain', { text: 'Watched.' }),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'One for each id', mimeType: 'application/json' },
    ({ href }, { id }) =>
      contents(href, 'application/json', {
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      }),
  );
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
}

const user = <T>(content: T): { role: 'user'; content: T } => ({ role: 'user', content });

function offerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Says one thing' }, () => ({
    messages: [user(text('This is a simple prompt for testing.'))],
  }));
  const word = completable(z.string(), (start) =>
    ['paris', 'park', 'party'].filter((candidate) => candidate.startsWith(start)),
  );
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Repeats', argsSchema: z.object({ arg1: word, arg2: z.string() }) },
    ({ arg1, arg2 }) => ({
      messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
    }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Embeds', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => ({
      messages: [
        user({
          type: 'resource' as const,
          resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        }),
        user(text('Please process the embedded resource above.')),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'Shows' }, () => ({
    messages: [
      user({ type: 'image' as const, data: PNG, mimeType: 'image/png' }),
      user(text('Please analyze the image above.')),
    ],
  }));
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks first' },
    ({ mcpReq }) => {
      const answer = acceptedContent<{ context: string }>(mcpReq.inputResponses, 'user_context');
      return answer
        ? { messages: [user(text(`Context: ${answer.context}`))] }
        : inputRequired({ inputRequests: { user_context: CONTEXT } });
    },
  );
}

const CONTEXT = inputRequired.elicit({
  message: 'What context should the prompt use?',
  requestedSchema: z.object({ context: z.string() }),
});
