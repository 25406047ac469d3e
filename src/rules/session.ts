/** The handshake and the session. They are judged in open runs too: one that breaks off here has settled on no revision. */

import { quoted } from '../oauth/quoted.ts';
import { mcp } from '../spec/references.ts';
import { findRevision } from '../spec/revisions.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import { headerValue } from '../trace/headers.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, verdictOn } from './evidence.ts';
import {
  answerHeader,
  isAnswered,
  judgeCalls,
  type McpCall,
  mcpCalls,
  nameOf,
  requestHeader,
} from './mcp-call.ts';
import { oncePerView } from './once.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Verdict } from './rule.ts';

const sessionLost = defineRule({
  id: 'session-lost',
  step: 'call',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A session that the server has just opened is known on the next request.',
  why: 'With several replicas behind a load balancer the next request reaches one that never heard of the session. Clients loop through initialize or show an odd OAuth error.',
  fix: 'Keep sessions in a shared store, route by Mcp-Session-Id, or run the server stateless: no session id at all.',
  example: 'new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })',
  affected: { clients: ['Claude', 'Claude Code'], confidence: 'confirmed' },
  spec: [mcp('2025-11-25', 'basic/transports#session-management')],
  outranks: ['transport-notification-status', 'post-auth-mcp-error', 'transport-legacy-sse-only'],
  judge(view) {
    const sessions = openSessions(view);
    if (sessions.size === 0) return notApplicable('the server opened no session');
    // Where a redirect led, nobody may have heard of the session, or of anything.
    const calls = mcpCalls(view).filter(
      (call) => opened(sessions, call)?.exchange.request.url === call.exchange.request.url,
    );
    if (calls.length === 0) return inconclusive('no request in the session was recorded');
    const lost = calls.find((call) => isUnknownSession(call) && !isEnded(view, call));
    const start = lost && opened(sessions, lost);
    return lost && start
      ? fail(
          `${nameOf(lost)} was answered ${lost.status} ${secondsBetween(start, lost)} s after the server opened its session, expected the session to be known`,
          [
            at(lost.exchange, '/response/status'),
            at(start.exchange, '/response/headers/mcp-session-id'),
          ],
        )
      : pass;
  },
});

const sessionIdCharset = defineRule({
  id: 'transport-session-id-charset',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A session id is made of visible ASCII characters.',
  why: 'Anything else does not survive HTTP libraries and proxies, and the next request carries another session id or none.',
  fix: 'Use a random UUID as the session id.',
  example: 'Mcp-Session-Id: 1868a90c-5d0e-4d0e-8a0b-0c1f2e3d4c5b',
  spec: [mcp('2025-11-25', 'basic/transports#session-management')],
  judge: (view) =>
    judgeSessionIds(view, (call, id) =>
      view.secret(id).alphabet === 'other'
        ? [
            deviation(
              call,
              'the session id holds other characters than visible ASCII, expected none',
            ),
          ]
        : [],
    ),
});

/** A random id of 64 bits is not shorter, however it is spelled. */
const SHORTEST_SESSION_ID = 11;

const sessionIdWeak = defineRule({
  id: 'transport-session-id-weak',
  step: 'call',
  fault: 'mcp-server',
  level: 'SHOULD',
  revisions: 'A-D',
  requires: 'A session id cannot be guessed.',
  why: 'Who guesses the id of another user’s session can send requests into it, unless the server binds sessions to users.',
  fix: 'Take session ids from a secure random source, 128 bits or more, and bind each session to the user of its token.',
  example: 'Mcp-Session-Id: 1868a90c-5d0e-4d0e-8a0b-0c1f2e3d4c5b',
  spec: [mcp('2025-11-25', 'basic/transports#session-management')],
  judge: (view) =>
    judgeSessionIds(view, (call, id) => {
      const { length } = view.secret(id);
      return length > 0 && length < SHORTEST_SESSION_ID
        ? [
            deviation(
              call,
              `the session id has ${length} characters, expected at least 128 random bits`,
            ),
          ]
        : [];
    }),
});

const versionUnknown = defineRule({
  id: 'init-version-unknown',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'The server answers initialize with a published protocol version.',
  why: 'A client that does not know the version has to hang up: the handshake is over before the first tool is listed.',
  fix: 'Answer with the version the client offered, or with the newest published one you support.',
  example: '{ "protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": { … } }',
  affected: { clients: ['TypeScript SDK', 'Python SDK'], confidence: 'confirmed' },
  spec: [mcp('2025-11-25', 'basic/lifecycle#version-negotiation')],
  outranks: ['protocol-version-rejected'],
  judge: (view) =>
    judgeCalls(view, 'initialize result', hasResult, ({ exchange, result }) => {
      const version = result?.protocolVersion;
      return typeof version === 'string' && (findRevision(version) || OLDER.has(version))
        ? []
        : [
            {
              message: `protocolVersion is ${quoted(version ?? null)}, expected a published version`,
              evidence: at(exchange, '/response/body/result/protocolVersion'),
            },
          ];
    }),
});

const hasResult = ({ method, status, result }: McpCall) =>
  method === 'initialize' && (status === undefined || result !== undefined);

/** Published before Streamable HTTP; clients still know them. */
const OLDER: ReadonlySet<string> = new Set(['2024-10-07', '2024-11-05']);

const versionRejected = defineRule({
  id: 'protocol-version-rejected',
  step: 'call',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires:
    'A server takes the MCP-Protocol-Version that it has named itself, and ignores it on metadata.',
  why: 'Clients repeat the negotiated version on every request, some on the metadata requests too. A 400 to it ends the conversation right after the handshake.',
  fix: 'Accept every version you answer initialize with; leave the header unread on /.well-known/*.',
  example: 'MCP-Protocol-Version: 2025-11-25',
  affected: { clients: ['Claude Code'], confidence: 'single' },
  spec: [mcp('2025-11-25', 'basic/transports#protocol-version-header')],
  outranks: ['post-auth-mcp-error', 'transport-notification-status'],
  judge(view) {
    const named = new Set(mcpCalls(view).map(({ result }) => result?.protocolVersion));
    const carriers = [
      ...mcpCalls(view)
        .map(({ exchange }) => exchange)
        .filter((exchange) => versionOf(exchange) && named.has(versionOf(exchange))),
      ...[...view.byRole('resource-metadata'), ...view.byRole('server-metadata')].filter(versionOf),
    ];
    if (carriers.length === 0) return notApplicable('no such request carried MCP-Protocol-Version');
    if (carriers.every(({ response }) => response === null))
      return inconclusive('no such request was answered');
    const refused = carriers.filter(
      ({ response }) => response?.status === 400 && /version/i.test(response.body?.text ?? ''),
    );
    return verdictOn(
      refused.map((exchange) => ({
        message: `MCP-Protocol-Version ${quoted(versionOf(exchange))} was answered 400, expected it to be accepted`,
        evidence: at(exchange, '/response/status'),
      })),
    );
  },
});

/** The rules about the handshake and the session. */
export const sessionRules = [
  sessionLost,
  sessionIdCharset,
  sessionIdWeak,
  versionUnknown,
  versionRejected,
];

function versionOf({ request }: McpCall['exchange']): string | undefined {
  return headerValue(request.headers, 'mcp-protocol-version');
}

function judgeSessionIds(
  view: View,
  judge: (call: McpCall, id: string) => readonly Deviation[],
): Verdict {
  const mayGive = (call: McpCall): boolean =>
    sessionGiven(call) !== undefined || (call.method === 'initialize' && !call.status);
  return judgeCalls(view, 'session id', mayGive, (call) => judge(call, sessionGiven(call) ?? ''));
}

/** The session id that the answer to `initialize` gives. */
function sessionGiven(call: McpCall): string | undefined {
  return call.method === 'initialize' && isAnswered(call)
    ? answerHeader(call, 'mcp-session-id')
    : undefined;
}

function deviation(call: McpCall, message: string): Deviation {
  return { message, evidence: at(call.exchange, '/response/headers/mcp-session-id') };
}

/** The call that opened each session. */
function openSessions(view: View): ReadonlyMap<string, McpCall> {
  return new Map(
    mcpCalls(view).flatMap((call) => {
      const id = sessionGiven(call);
      return id === undefined ? [] : [[id, call] as const];
    }),
  );
}

function opened(sessions: ReadonlyMap<string, McpCall>, call: McpCall): McpCall | undefined {
  return sessions.get(requestHeader(call, 'mcp-session-id') ?? '');
}

function isUnknownSession({ status, exchange, error }: McpCall): boolean {
  // A method that is not found is no session that is not found.
  if (exchange.request.method !== 'POST' || error?.code === RPC_ERROR.methodNotFound) return false;
  const text = exchange.response?.body?.text ?? '';
  return status === 404 || (status === 400 && /session|not initialized/i.test(text));
}

/** True after the client has ended the session itself. */
function isEnded(view: View, call: McpCall): boolean {
  const end = endedSessions(view).get(requestHeader(call, 'mcp-session-id'));
  return end !== undefined && end < call.exchange.id;
}

/** The id of the request that ended each session. */
const endedSessions = oncePerView(
  (view): ReadonlyMap<string | undefined, number> =>
    new Map(
      mcpCalls(view)
        .filter(({ exchange }) => exchange.request.method === 'DELETE')
        .map((call) => [requestHeader(call, 'mcp-session-id'), call.exchange.id]),
    ),
);

function secondsBetween(one: McpCall, other: McpCall): number {
  const milliseconds = Date.parse(other.exchange.started_at) - Date.parse(one.exchange.started_at);
  return Math.max(0, Math.round(milliseconds / 1000) || 0);
}
