import type { Answer, Http, HttpRequest } from '../http/http.ts';
import type { JsonObject } from '../trace/body.ts';
import type { Header } from '../trace/schema.ts';
import type { Credentials } from './credentials.ts';
import { type EnvelopeContext, type OutgoingMessage, wrap, wrapReply } from './envelope.ts';
import { createMessageReader } from './events.ts';

/** Where messages go and in whose name. */
export interface Line {
  readonly http: Http;
  readonly url: string;
  readonly credentials: Credentials;
}

/** An HTTP answer and the JSON-RPC messages in it. */
export interface Received {
  readonly answer: Answer;
  readonly messages: readonly JsonObject[];
}

/** Sends one request as it is, and once more where the credentials learned something from the answer. */
export async function sendAs(
  { http, url, credentials }: Line,
  request: Omit<HttpRequest, 'url'>,
): Promise<Answer> {
  const method = request.method ?? 'GET';
  const send = async (): Promise<Answer> => {
    const proof: readonly Header[] = await credentials.headers(method, url);
    return http.send({ ...request, url, headers: [...(request.headers ?? []), ...proof] });
  };
  const answer = await send();
  return credentials.learn(answer) ? send() : answer;
}

/** Posts one message; requests that the server sends on the stream meanwhile are answered. */
export async function post(
  line: Line,
  message: OutgoingMessage,
  context: EnvelopeContext,
): Promise<Received> {
  const replies: Promise<unknown>[] = [];
  const reader = createMessageReader(message.id, (request) => {
    const reply = wrapReply(replyTo(request), context);
    replies.push(sendAs(line, { method: 'POST', ...reply }));
  });
  const answer = await sendAs(line, {
    method: 'POST',
    ...wrap(message, context),
    readAs: reader.readAs,
  });
  await Promise.allSettled(replies);
  return { answer, messages: reader.messages(answer) };
}

/** A client that declared no capabilities answers pings and declines the rest. */
function replyTo(request: JsonObject): object {
  return request.method === 'ping'
    ? { id: request.id, result: {} }
    : { id: request.id, error: { code: -32601, message: 'Method not found' } };
}
