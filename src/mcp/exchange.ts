import type { Answer, Http, HttpRequest } from '../http/http.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import type { JsonObject } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Header } from '../trace/schema.ts';
import type { Credentials } from './credentials.ts';
import { type Answers, elicited } from './elicitation.ts';
import { type EnvelopeContext, type OutgoingMessage, wrap, wrapReply } from './envelope.ts';
import { createMessageReader, leaveEvents } from './events.ts';
import { readOn } from './resume.ts';

/** Where messages go and in whose name. */
export interface Line {
  readonly http: Http;
  readonly url: string;
  readonly credentials: Credentials;
  /** What to answer when the server asks for input; without it such requests are declined. */
  readonly answers?: Answers;
  /** Ends a pause between two requests. */
  readonly signal?: AbortSignal;
}

/** An HTTP answer and the JSON-RPC messages in it. */
export interface Received {
  readonly answer: Answer;
  readonly messages: readonly JsonObject[];
}

/** Redirects of one message that are followed. */
const MOST_REDIRECTS = 3;

/**
 * Sends one request, and once more where the credentials learned something from the answer. Redirects
 * that keep method and body are followed within the origin, as fetch does: frameworks redirect `/mcp`
 * to `/mcp/`. A token never follows to another origin.
 */
export async function sendAs(
  { http, url, credentials }: Line,
  request: Omit<HttpRequest, 'url'>,
): Promise<Answer> {
  const method = request.method ?? 'GET';
  const send = async (target: string, causedBy: number | null): Promise<Answer> => {
    const proof: readonly Header[] = await credentials.headers(method, target);
    const headers = [...(request.headers ?? []), ...proof];
    return http.send({ ...request, url: target, headers, causedBy });
  };
  let answer = await send(url, null);
  for (let hop = 0; hop < MOST_REDIRECTS; hop += 1) {
    const target = redirectWithin(url, answer);
    if (target === undefined) break;
    answer = await send(target, answer.exchange);
  }
  if (!credentials.learn(answer)) return answer;
  const second = await send(answer.url, null);
  // What it teaches is for the next request: this one is not sent a third time.
  credentials.learn(second);
  return second;
}

/** Where a redirect leads that keeps method, body and origin. */
function redirectWithin(url: string, { status, headers, url: from }: Answer): string | undefined {
  const location = headerValue(headers, 'location');
  if ((status !== 307 && status !== 308) || !location || !URL.canParse(location, from))
    return undefined;
  const target = new URL(location, from);
  return target.origin === new URL(url).origin ? target.href : undefined;
}

/** Posts one message; requests that the server sends on the stream meanwhile are answered. */
export async function post(
  line: Line,
  message: OutgoingMessage,
  context: EnvelopeContext,
): Promise<Received> {
  const replies = replier(line, context);
  const reader = createMessageReader(message.id, replies.answer);
  const answer = await sendAs(line, {
    method: 'POST',
    ...wrap(message, context),
    readAs: message.id === undefined ? leaveEvents : reader.readAs,
  });
  await readOn(line, reader, context);
  await replies.sent();
  return { answer, messages: reader.messages(answer) };
}

/** Answers requests of the server, each in a POST of its own. */
export interface Replier {
  readonly answer: (request: JsonObject) => void;
  /** Resolves once every answer is sent, or failed to be. */
  sent(): Promise<void>;
}

/** Requests of a server that are answered on one stream. */
const MOST_REPLIES = 32;

/** A replier for one stream. */
export function replier(line: Line, context: EnvelopeContext): Replier {
  const replies: Promise<unknown>[] = [];
  return {
    answer: (request) => {
      if (replies.length === MOST_REPLIES) return;
      const reply = wrapReply(replyTo(request, line.answers), context);
      replies.push(sendAs(line, { method: 'POST', ...reply }));
    },
    // What came of a reply stands in the log; the answer is good without it.
    sent: async () => void (await Promise.allSettled(replies)),
  };
}

/** Pings are answered, questions where there are answers; nothing else was declared. */
function replyTo(request: JsonObject, answers: Answers | undefined): object {
  const { id } = request;
  if (request.method === 'ping') return { id, result: {} };
  const result = answers && elicited(request, answers);
  return result
    ? { id, result }
    : { id, error: { code: RPC_ERROR.methodNotFound, message: 'Method not found' } };
}
