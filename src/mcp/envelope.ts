import type { Revision } from '../spec/revisions.ts';
import type { Header } from '../trace/schema.ts';
import { type Answers, capabilitiesFor } from './elicitation.ts';

/** A JSON-RPC message that leaves: a request when it has an id, else a notification. */
export interface OutgoingMessage {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What an envelope is made from besides the message. */
export interface EnvelopeContext {
  readonly revision: Revision;
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly answers?: Answers | undefined;
  /** Identifiers of extensions that a modern request announces. */
  readonly extensions?: readonly string[];
  /** The revision the server answered with; absent before the handshake. */
  readonly negotiated?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Headers of this one message: `Mcp-Param-*` of a modern tool call. */
  readonly extra?: readonly Header[];
}

/** Headers and body of one POST. */
export interface Envelope {
  readonly headers: readonly Header[];
  readonly body: string;
}

const META = 'io.modelcontextprotocol';

/** Which parameter `Mcp-Name` repeats, by method. */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/**
 * Wraps a message as its revision wants it: session headers (legacy), or metadata on every request (modern).
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export function wrap(message: OutgoingMessage, context: EnvelopeContext): Envelope {
  return context.revision.era === 'modern'
    ? wrapModern(message, context)
    : wrapLegacy(message, context);
}

/** Wraps the answer to a request that the server sent. Only legacy servers send any. */
export function wrapReply(reply: object, context: EnvelopeContext): Envelope {
  return {
    headers: legacyHeaders(context),
    body: JSON.stringify({ jsonrpc: '2.0', ...reply }),
  };
}

/** Version and session headers, as requests without a body need them too. */
export function sessionHeaders({
  revision,
  negotiated,
  sessionId,
}: EnvelopeContext): readonly Header[] {
  return [
    ...(revision.versionHeader && negotiated
      ? [['mcp-protocol-version', negotiated] as const]
      : []),
    ...(sessionId ? [['mcp-session-id', sessionId] as const] : []),
  ];
}

function wrapLegacy(message: OutgoingMessage, context: EnvelopeContext): Envelope {
  return { headers: legacyHeaders(context), body: JSON.stringify({ jsonrpc: '2.0', ...message }) };
}

function legacyHeaders(context: EnvelopeContext): readonly Header[] {
  return [
    ['content-type', 'application/json'],
    ['accept', 'application/json, text/event-stream'],
    ...sessionHeaders(context),
  ];
}

function wrapModern(
  message: OutgoingMessage,
  { revision, clientInfo, answers, extensions = [], extra = [] }: EnvelopeContext,
): Envelope {
  const params = {
    ...message.params,
    _meta: {
      [`${META}/protocolVersion`]: revision.id,
      [`${META}/clientInfo`]: clientInfo,
      [`${META}/clientCapabilities`]: {
        ...capabilitiesFor(answers),
        ...(extensions.length > 0 && {
          extensions: Object.fromEntries(extensions.map((id) => [id, {}])),
        }),
      },
    },
  };
  const name = message.params?.[NAMED[message.method] ?? ''];
  return {
    headers: [
      ['content-type', 'application/json'],
      ['accept', 'application/json, text/event-stream'],
      ['mcp-protocol-version', revision.id],
      ['mcp-method', message.method],
      ...(typeof name === 'string' ? [['mcp-name', encodeHeaderValue(name)] as const] : []),
      ...extra,
    ],
    body: JSON.stringify({ jsonrpc: '2.0', ...message, params }),
  };
}

/** Plain where it is printable ASCII without outer blanks; otherwise `=?base64?…?=`. */
export function encodeHeaderValue(value: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
  return plain && !/^=\?base64\?.*\?=$/.test(value)
    ? value
    : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
