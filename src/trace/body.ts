/** Reading recorded bodies: JSON, forms, JSON-RPC messages. Nothing here throws. */
import { isDeeperThan } from './depth.ts';
import type { Body, Exchange } from './schema.ts';

/** A JSON object of unknown members. */
export type JsonObject = { readonly [key: string]: unknown };

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const parsed = new WeakMap<object, { readonly value: unknown }>();

/** The body as JSON; undefined when there is none, it was cut, or it is not JSON. A mark before it is passed over. */
export function jsonOf(body: Body | null | undefined): unknown {
  if (!body?.text || body.truncated) return undefined;
  const known = parsed.get(body);
  if (known) return known.value;
  const value = parseJson(hasMark(body) ? body.text.slice(1) : body.text);
  parsed.set(body, { value });
  return value;
}

/**
 * True for text behind a byte order mark: the web's own parser passes over it, many others do not.
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function hasMark(body: Body | null | undefined): boolean {
  return body?.text?.startsWith('\ufeff') ?? false;
}

/** The body as a JSON object; undefined when it is anything else. */
export function objectOf(body: Body | null | undefined): JsonObject | undefined {
  const value = jsonOf(body);
  return isObject(value) ? value : undefined;
}

/** The form fields of a request; empty unless its body is `application/x-www-form-urlencoded`. */
export function formOf({ request }: Exchange): ReadonlyParameters {
  return fieldsOf(request.body);
}

/** The same of a body. */
export function fieldsOf(body: Body | null): ReadonlyParameters {
  return body?.media_type === 'application/x-www-form-urlencoded'
    ? parametersOf(body, body.text ?? '')
    : NO_PARAMETERS;
}

/** The query of the request's URL, decoded as a form is. */
export function queryOf({ request }: Exchange): ReadonlyParameters {
  const { url } = request;
  const start = url.indexOf('?');
  return start < 0
    ? NO_PARAMETERS
    : parametersOf(request, url.slice(start + 1).split('#', 1)[0] ?? '');
}

/** Parameters that everybody reads the same instance of. */
export type ReadonlyParameters = Omit<URLSearchParams, 'append' | 'delete' | 'set' | 'sort'>;

const NO_PARAMETERS: ReadonlyParameters = new URLSearchParams();

const decoded = new WeakMap<object, ReadonlyParameters>();

/** Decoded once for each owner, however many rules ask. */
function parametersOf(owner: object, text: string): ReadonlyParameters {
  const parameters = decoded.get(owner) ?? new URLSearchParams(text);
  decoded.set(owner, parameters);
  return parameters;
}

const received = new WeakMap<Body, readonly JsonObject[]>();

/** The JSON-RPC messages a body carries: one object, a batch, or the `data` of server-sent events. */
export function messagesOf(body: Body | null | undefined): readonly JsonObject[] {
  if (!body) return [];
  const messages = received.get(body) ?? readMessages(body);
  received.set(body, messages);
  return messages;
}

function readMessages(body: Body): readonly JsonObject[] {
  if (body.media_type === 'text/event-stream')
    return eventData(body.text ?? '')
      .flatMap(parseJson)
      .filter(isMessage);
  const json = jsonOf(body);
  if (Array.isArray(json)) return json.filter(isMessage);
  return isMessage(json) ? [json] : NO_MESSAGES;
}

const NO_MESSAGES: readonly JsonObject[] = [];

function isMessage(value: unknown): value is JsonObject {
  return isObject(value) && value.jsonrpc === '2.0';
}

/** The `data` of each complete server-sent event, its lines joined. */
function eventData(text: string): readonly string[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) =>
      block
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '');
}

/** Levels of JSON that are read: more only serves to run whoever walks it out of stack. */
const DEEPEST = 500;

/** Text as JSON; undefined when it is none, or nests too deep. */
export function parseJson(text: string): unknown {
  if (text.length > 2 * DEEPEST && isDeeperThan(text, DEEPEST)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
