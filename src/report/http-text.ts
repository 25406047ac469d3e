/** An exchange as HTTP messages in plain text, for people to read. */
import { jsonOf } from '../trace/body.ts';
import type { Body, Exchange, Header } from '../trace/schema.ts';
import { withLabels } from '../trace/secret.ts';
import { cutText } from './visible.ts';

/** Which parts of a message are written. */
export interface MessageParts {
  readonly headers: boolean;
  readonly bodies: boolean;
  /** Characters of a body that are written at most. */
  readonly longestBody: number;
}

/** The request: request line, headers, body. */
export function requestText({ request }: Exchange, parts: MessageParts): string {
  return messageText(`${request.method} ${request.url}`, request.headers, request.body, parts);
}

/** The answer: status, headers, body; or why there is none. */
export function responseText({ response, failure }: Exchange, parts: MessageParts): string {
  const why = failure ? `${failure.code} (${failure.phase}): ${failure.message}` : '';
  if (!response) return why || 'no answer was seen';
  const text = messageText(`HTTP ${response.status}`, response.headers, response.body, parts);
  return why === '' ? text : `${text}\n\n${why}`;
}

/** A body as people read it: JSON indented, a form one field a line, text as it is, bytes by their size. */
export function bodyText(body: Body): string {
  const json = jsonOf(body);
  if (json !== undefined) return indented(json) ?? body.text ?? '';
  if (body.media_type === 'application/x-www-form-urlencoded')
    return [...new URLSearchParams(body.text ?? '')].map((pair) => pair.join(' = ')).join('\n');
  return body.text ?? `${body.size} bytes that are no text`;
}

function messageText(
  start: string,
  headers: readonly Header[],
  body: Body | null,
  parts: MessageParts,
): string {
  const lines = parts.headers ? headers.map(([name, value]) => `${name}: ${value}`) : [];
  const head = withLabels([start, ...lines].join('\n'));
  return body && parts.bodies ? `${head}\n\n${cutBody(body, parts.longestBody)}` : head;
}

function cutBody(body: Body, longest: number): string {
  const text = bodyText(body);
  const isCut = text.length > longest || body.truncated;
  return isCut ? `${cutText(text, longest)}\n(cut; the whole body has ${body.size} bytes)` : text;
}

/** Undefined where a document nests deeper than a call stack. */
function indented(json: unknown): string | undefined {
  try {
    return JSON.stringify(json, null, 2);
  } catch {
    return undefined;
  }
}
