/** Tools that ask by their result, as servers of the newest revision do. */
import {
  acceptedContent,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequest,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { said } from './media.ts';

/** Seals the state that goes through the client. */
export const states = createRequestStateCodec<string>({ key: 'a key of thirty-two bytes or more' });

const ask = (message: string, requestedSchema: z.ZodObject): InputRequest =>
  inputRequired.elicit({ message, requestedSchema });

const sample = (words: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens,
  });

const NAME = ask('What is your name?', z.object({ name: z.string() }));
const CONFIRM = ask('Please confirm', z.object({ ok: z.boolean() }));

type Answer = Promise<ReturnType<typeof said> | ReturnType<typeof inputRequired>>;

/** What a tool asks for, each by the key of its answer; with a state that must come back. */
interface Question {
  readonly asks: Readonly<Record<string, InputRequest>>;
  readonly state?: string;
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  test_input_required_result_elicitation: { asks: { user_name: NAME } },
  test_input_required_result_sampling: {
    asks: { capital_question: sample('What is the capital of France?', 100) },
  },
  test_input_required_result_list_roots: { asks: { client_roots: inputRequired.listRoots() } },
  test_input_required_result_request_state: { asks: { confirm: CONFIRM }, state: 'state-ok' },
  test_input_required_result_tampered_state: { asks: { confirm: CONFIRM }, state: 'state-ok' },
  test_streaming_elicitation: { asks: { user_name: NAME } },
  test_missing_capability: { asks: { word: sample('Say a word', 10) } },
  test_input_required_result_multiple_inputs: {
    asks: {
      user_name: NAME,
      greeting: sample('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    },
    state: 'all of them',
  },
};

/** Offers them. */
export function offerInputRequired(server: McpServer): void {
  for (const [name, question] of Object.entries(QUESTIONS))
    server.registerTool(name, { description: 'Asks by its result' }, (context) =>
      answered(question, context),
    );
  server.registerTool(
    'test_input_required_result_multi_round',
    { description: 'Asks twice' },
    rounds,
  );
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks for what the client can' },
    ({ mcpReq }) => {
      // The SDK types the envelope as an object without members.
      const envelope = mcpReq.envelope as Record<string, ClientCapabilities> | undefined;
      const declared = envelope?.['io.modelcontextprotocol/clientCapabilities'];
      return inputRequired({
        inputRequests: {
          ...(declared?.elicitation && { user_name: NAME }),
          ...(declared?.sampling && { greeting: sample('Generate a greeting', 50) }),
        },
      });
    },
  );
}

async function answered({ asks, state }: Question, { mcpReq }: ServerContext): Answer {
  const { inputResponses } = mcpReq;
  const views = Object.keys(asks).map((key) => inputResponse(inputResponses, key));
  const fits = views.every((view) => view.kind !== 'missing');
  const isBack = state === undefined || mcpReq.requestState<string>() === state;
  if (fits && isBack) return said([state, ...views.map((view) => JSON.stringify(view))].join(' '));
  return inputRequired({
    inputRequests: { ...asks },
    ...(state !== undefined && { requestState: await states.mint(state) }),
  });
}

async function rounds({ mcpReq }: ServerContext): Answer {
  const { inputResponses } = mcpReq;
  const round = mcpReq.requestState<string>();
  const name = acceptedContent<{ name: string }>(inputResponses, 'step1');
  if (round === 'second' && acceptedContent(inputResponses, 'step2')) return said('Both answered');
  if (round !== undefined && name) {
    const color = ask('Step 2: What is your favorite color?', z.object({ color: z.string() }));
    return inputRequired({
      inputRequests: { step2: color },
      requestState: await states.mint('second'),
    });
  }
  const first = ask('Step 1: What is your name?', z.object({ name: z.string() }));
  return inputRequired({
    inputRequests: { step1: first },
    requestState: await states.mint('first'),
  });
}
