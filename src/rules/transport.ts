/** JSON-RPC over Streamable HTTP: statuses, media types and ids. */

import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc9110 } from '../spec/references.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import type { View } from '../trace/view.ts';
import {
  isAnswered,
  isAnsweredOnStream,
  isRequest,
  judgeCalls,
  type McpCall,
  mcpCalls,
  nameOf,
  opensOldTransport,
  requestHeader,
} from './mcp-call.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Verdict } from './rule.ts';

const contentType = defineRule({
  id: 'transport-content-type',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A JSON-RPC request is answered as application/json or text/event-stream.',
  why: 'Clients choose their parser by this header and know only these two; the TypeScript SDK stops with "Unexpected content type".',
  fix: 'Set Content-Type to application/json or text/event-stream, and check that no proxy, login page or health page answers in the server’s place.',
  example: 'Content-Type: application/json',
  affected: { clients: ['TypeScript SDK', 'every client built on it'], confidence: 'confirmed' },
  spec: [
    mcp('2026-07-28', 'basic/transports/streamable-http#sending-messages'),
    mcp('2025-11-25', 'basic/transports#sending-messages-to-the-server'),
  ],
  judge: (view) =>
    judgeCalls(view, 'JSON-RPC request', isRequest, (call) => {
      if (!isAnswered(call) || isAnsweredOnStream(view, call)) return [];
      const other = MCP_TYPES.has(call.type)
        ? otherType(call)
        : 'application/json or text/event-stream';
      return other === undefined
        ? []
        : [
            {
              message: `${nameOf(call)} was answered ${call.status} with ${typeShown(call)}, expected ${other}`,
              evidence: at(call.exchange, '/response/headers/content-type'),
              ...(isEmpty(call) && { fix: EMPTY }),
            },
          ];
    }),
});

/** The type that a body is of, where that is the other one of the two. */
function otherType({ exchange, type }: McpCall): string | undefined {
  const text = exchange.response?.body?.text?.trimStart() ?? '';
  const isJson = /^[{[]/.test(text);
  const isEvents = /^(?:event|data|id|retry)?:/.test(text);
  if (type === 'text/event-stream')
    return isJson ? 'application/json for a body of JSON' : undefined;
  return isEvents ? 'text/event-stream for a body of events' : undefined;
}

const EMPTY =
  'Answer a request, which has an id, with its response; 202 without a body is for notifications alone.';

function isEmpty({ exchange }: McpCall): boolean {
  return (exchange.response?.body?.size ?? 0) === 0;
}

function typeShown(call: McpCall): string {
  const type = call.type ? `content-type ${quoted(call.type)}` : 'no content-type';
  return isEmpty(call) ? `an empty body and ${type}` : type;
}

const MCP_TYPES: ReadonlySet<string> = new Set(['application/json', 'text/event-stream']);

const notificationStatus = defineRule({
  id: 'transport-notification-status',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'An accepted notification is answered 202 with no body.',
  why: 'A notification has no response. Clients that get a body try to read one, and a strict client takes any other status for a failure of the handshake.',
  fix: 'Answer notifications/initialized with 202 and an empty body.',
  example: 'HTTP/1.1 202 Accepted\nContent-Length: 0',
  spec: [
    mcp('2025-11-25', 'basic/transports#sending-messages-to-the-server'),
    mcp('2026-07-28', 'basic/transports/streamable-http#sending-messages'),
  ],
  judge: (view) =>
    judgeCalls(view, 'notifications/initialized', isInitialized, (call) => {
      const size = call.exchange.response?.body?.size ?? 0;
      if (call.status === 401 || call.status === 403 || isAnsweredOnStream(view, call)) return [];
      if (call.status === 202 && size === 0) return [];
      return [
        {
          message: `notifications/initialized was answered ${call.status}${size > 0 ? ` with ${size} bytes` : ''}, expected 202 without a body`,
          evidence: at(call.exchange, call.status === 202 ? '/response/body' : '/response/status'),
        },
      ];
    }),
});

function isInitialized({ method }: McpCall): boolean {
  return method === 'notifications/initialized';
}

const legacySseOnly = defineRule({
  id: 'transport-legacy-sse-only',
  step: 'call',
  fault: 'mcp-server',
  level: 'SHOULD NOT',
  revisions: 'A-D',
  requires: 'The server speaks Streamable HTTP, not only the HTTP+SSE transport of 2024-11-05.',
  why: 'The old transport is deprecated and newer clients have dropped it: they see a 404 or 405 and report that the server is unreachable.',
  fix: 'Offer Streamable HTTP: one endpoint that takes POST. The old pair of endpoints may stay beside it.',
  example: 'POST /mcp → 200, content-type: text/event-stream',
  spec: [mcp('2026-07-28', 'basic/transports/streamable-http#http+sse-transport-2024-11-05')],
  outranks: ['post-auth-mcp-error'],
  judge(view) {
    const posts = mcpCalls(view).filter(
      (call) => isRequest(call) && !isAnsweredOnStream(view, call),
    );
    const failed = posts.filter(({ status = 0 }) => [400, 404, 405].includes(status));
    if (posts.length === 0) return notApplicable('no JSON-RPC request was sent');
    if (posts.some(isAnswered) || !failed[0] || failed.some(isModernError)) return pass;
    const streams = mcpCalls(view).filter(({ exchange }) => exchange.request.method === 'GET');
    const old = streams.find(opensOldTransport);
    if (old)
      return fail(
        `POST was answered ${failed[0].status} and GET opened a stream that begins with an endpoint event, expected POST to work`,
        [at(old.exchange, '/response/body'), at(failed[0].exchange, '/response/status')],
      );
    return streams.length > 0 ? pass : inconclusive('no GET was tried after the failed POST');
  },
});

/** Errors by which a server of 2026-07-28 shows itself even in a refusal. */
const MODERN_CODES: readonly unknown[] = [
  RPC_ERROR.headerMismatch,
  RPC_ERROR.missingCapability,
  RPC_ERROR.unsupportedVersion,
  RPC_ERROR.methodNotFound,
];

function isModernError({ error }: McpCall): boolean {
  return MODERN_CODES.includes(error?.code);
}

const idMismatch = defineRule({
  id: 'transport-jsonrpc-id-mismatch',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A JSON-RPC response carries the id of its request, number or string as it was sent.',
  why: 'Clients file the answer under its id. With another one, "1" instead of 1 included, the call hangs until it times out.',
  fix: 'Copy the id of the request into the response without changing its type.',
  example: '→ { "jsonrpc": "2.0", "id": 2, … }   ← { "jsonrpc": "2.0", "id": 2, "result": … }',
  spec: [mcp('2025-11-25', 'basic#responses')],
  judge: (view) =>
    judgeCalls(view, 'JSON-RPC request', isRequest, ({ exchange, id, replies, method }) => {
      const responses = replies.filter((reply) => 'result' in reply || 'error' in reply);
      const strange = responses.find((reply) => reply.id !== id && !isAnonymousError(reply));
      return strange && responses.every((reply) => reply.id !== id)
        ? [
            {
              message: `${method} with id ${quoted(id)} was answered with id ${quoted(strange.id)}, expected the same`,
              evidence: at(exchange, '/response/body/id'),
            },
          ]
        : [];
    }),
});

/** A server that could not read the request cannot know its id. */
function isAnonymousError(reply: { readonly [key: string]: unknown }): boolean {
  return 'error' in reply && (reply.id === undefined || reply.id === null);
}

const acceptRejected = defineRule({
  id: 'transport-accept-rejected',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A request that accepts both types of MCP is not answered 406.',
  why: 'Every client sends this Accept header; a 406 to it locks all of them out.',
  fix: 'Accept application/json and text/event-stream in any order, with parameters and weights.',
  example: 'Accept: application/json, text/event-stream',
  affected: { clients: ['every client'], confidence: 'reported' },
  spec: [mcp('2025-11-25', 'basic/transports#sending-messages-to-the-server'), rfc9110('12.5.1')],
  outranks: ['post-auth-mcp-error', 'other-status-for-unauthenticated'],
  judge: (view) => judgeRefusedAccept(view, true, 'an answer in one of them'),
});

const accept406 = defineRule({
  id: 'mcp-accept-406',
  step: 'call',
  fault: 'mcp-server',
  level: 'field',
  revisions: 'A-D',
  requires:
    'A request whose Accept header names only one type, or any, gets an answer it can read.',
  why: 'Some clients send Accept: */* or only application/json. They break the specification, and a server that insists on it loses their users.',
  fix: 'Where Accept is incomplete, answer with application/json instead of 406.',
  example: 'Accept: */*\n\nHTTP/1.1 200 OK\nContent-Type: application/json',
  affected: { clients: ['Claude'], confidence: 'reported' },
  spec: [rfc9110('12.5.1')],
  outranks: ['post-auth-mcp-error'],
  judge: (view) => judgeRefusedAccept(view, false, 'application/json'),
});

/** @param isWhole whether both types are listed in the Accept headers that are looked at */
function judgeRefusedAccept(view: View, isWhole: boolean, expected: string): Verdict {
  const isMeant = ({ messages, acceptsBoth }: McpCall): boolean =>
    messages.length > 0 && acceptsBoth === isWhole;
  return judgeCalls(view, 'request with such an Accept header', isMeant, (call) =>
    call.status === 406
      ? [
          {
            message: `${nameOf(call)} with Accept ${quoted(requestHeader(call, 'accept') ?? null)} was answered 406, expected ${expected}`,
            evidence: at(call.exchange, '/response/status'),
          },
        ]
      : [],
  );
}

/** The rules about messages and their answers. */
export const transportRules = [
  contentType,
  notificationStatus,
  legacySseOnly,
  idMismatch,
  acceptRejected,
  accept406,
];
