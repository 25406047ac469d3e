import type { Answer } from '../http/http.ts';
import { quoted } from '../oauth/quoted.ts';
import { isObject, type JsonObject } from '../trace/body.ts';
import { headerValue, mediaType } from '../trace/headers.ts';

/** What an MCP server did instead of answering with a result. */
export type McpErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'http-status'
  | 'not-json-rpc'
  | 'no-result'
  | 'rpc-error'
  | 'endless-list';

/** The server did not answer with a result. */
export class McpError extends Error {
  override readonly name = 'McpError';
  readonly code: McpErrorCode;
  readonly answer: Answer;
  /** The JSON-RPC error, where one came. */
  readonly rpc: JsonObject | undefined;
  /** The method of the request, where it was refused by a status or a JSON-RPC error. */
  readonly method: string | undefined;

  constructor(
    code: McpErrorCode,
    message: string,
    answer: Answer,
    rpc?: JsonObject,
    method?: string,
  ) {
    super(message);
    this.code = code;
    this.answer = answer;
    this.rpc = rpc;
    this.method = method;
  }
}

/**
 * The result of a request among the messages that came.
 * @throws {McpError} when there is none.
 */
export function resultOf(
  method: string,
  id: number | string,
  answer: Answer,
  messages: readonly JsonObject[],
): JsonObject {
  const response = messages.find((message) => message.id === id && !('method' in message));
  requireSuccess(method, answer, messages);
  if (!response) throw shapeError(method, answer, messages);
  if (isObject(response.result)) return response.result;
  const error = isObject(response.error) ? response.error : undefined;
  const seen = error ? describe(error) : 'without code';
  throw new McpError(
    'rpc-error',
    `${method} was answered with JSON-RPC error ${seen}, expected a result`,
    answer,
    error,
    method,
  );
}

/**
 * Takes any 2xx for success: what a notification is answered with.
 * @throws {McpError}
 */
export function requireSuccess(
  method: string,
  answer: Answer,
  messages: readonly JsonObject[],
): void {
  if (answer.status < 200 || answer.status > 299) throw statusError(method, answer, messages);
}

function statusError(method: string, answer: Answer, messages: readonly JsonObject[]): McpError {
  const error = messages.map((message) => message.error).find(isObject);
  const detail = error ? ` with JSON-RPC error ${describe(error)}` : '';
  const code =
    answer.status === 401 ? 'unauthorized' : answer.status === 403 ? 'forbidden' : 'http-status';
  const challenge = headerValue(answer.headers, 'www-authenticate');
  const header = challenge ? ` and WWW-Authenticate ${quoted(challenge)}` : '';
  return new McpError(
    code,
    `${method} was answered with ${answer.status}${detail}${header}, expected ${expectedFor(method)}`,
    answer,
    error,
    method,
  );
}

function expectedFor(method: string): string {
  return method.startsWith('notifications/') ? '202' : '200 with a result';
}

function shapeError(method: string, answer: Answer, messages: readonly JsonObject[]): McpError {
  if (messages.length > 0)
    return new McpError(
      'no-result',
      `the answer to ${method} holds no response to its id, expected one`,
      answer,
    );
  const type = mediaType(headerValue(answer.headers, 'content-type')) || 'without content type';
  return new McpError(
    'not-json-rpc',
    `${method} was answered with ${answer.status} ${type}: ${snippet(answer.text)}, expected a JSON-RPC response`,
    answer,
  );
}

function describe(error: JsonObject): string {
  return `${quoted(error.code)} ${quoted(error.message ?? '')}`;
}

function snippet(text: string): string {
  return text === '' ? 'an empty body' : quoted(text.slice(0, 80));
}
