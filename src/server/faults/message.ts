/** What a fault has to know of the JSON-RPC message it changes the answer to. */
import { isObject, type JsonObject } from '../../trace/body.ts';
import { headerValue } from '../../trace/headers.ts';
import type { Answer, Inbound } from '../answer.ts';
import type { Change } from './fault.ts';
import { all, document, jsonBody, on, status, when } from './fault.ts';

/** The method of the one message in a request; undefined for none, a batch or no JSON. */
export function methodOf(inbound: Inbound): string | undefined {
  const message = messageOf(inbound);
  return typeof message?.method === 'string' ? message.method : undefined;
}

/** Whether the request starts a session. */
export function isInitialize(inbound: Inbound): boolean {
  return methodOf(inbound) === 'initialize';
}

/** The id of that message. */
function idOf(inbound: Inbound): unknown {
  return messageOf(inbound)?.id ?? null;
}

/** Whether the request speaks the newest revision. */
export function isModern(inbound: Inbound): boolean {
  return headerValue(inbound.headers, 'mcp-protocol-version') === '2026-07-28';
}

/** A member of a JSON-RPC result. */
export function resultMember(name: string, value: unknown): Change {
  return document((given) =>
    isObject(given.result) ? { ...given, result: { ...given.result, [name]: value } } : given,
  );
}

/** A JSON-RPC result in place of the answer. */
export function rpcResult(result: JsonObject): Change {
  return (answer, inbound) =>
    all(status(200), jsonBody({ jsonrpc: '2.0', id: idOf(inbound), result }))(answer, inbound);
}

/** Whether the answer is this JSON-RPC error. */
export function hasErrorCode(code: number): (inbound: Inbound, answer: Answer) => boolean {
  return (_, { body }) => body?.includes(`"code":${code}`) ?? false;
}

/** A JSON-RPC error in place of the answer. */
export function rpcError(code: number, message: string): Change {
  return (answer, inbound) =>
    jsonBody({ jsonrpc: '2.0', id: idOf(inbound), error: { code, message } })(answer, inbound);
}

/** A result of the newest revision, changed; of all methods, or of one. */
export function modernResult(edit: (result: JsonObject) => JsonObject, method?: string): Change {
  return on(
    'mcp',
    when(
      (inbound) => isModern(inbound) && (method === undefined || methodOf(inbound) === method),
      document((given) =>
        isObject(given.result) ? { ...given, result: edit(given.result) } : given,
      ),
    ),
  );
}

function messageOf(inbound: Inbound): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(inbound.body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
