/** What the client itself has to put on its MCP requests: judged in the traces of other clients too. */
import { quoted } from '../oauth/quoted.ts';
import { mcp } from '../spec/references.ts';
import { findRevision } from '../spec/revisions.ts';
import { isObject } from '../trace/body.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, verdictOn } from './evidence.ts';
import {
  answerHeader,
  isAnswered,
  isUnread,
  type McpCall,
  META_VERSION,
  mcpCalls,
  nameOf,
  requestHeader,
} from './mcp-call.ts';
import { at, defineRule, inconclusive, notApplicable, type Verdict } from './rule.ts';

const STREAMABLE = 'basic/transports/streamable-http';

const modernEnvelope = defineRule({
  id: 'client-modern-envelope',
  step: 'call',
  fault: 'client',
  level: 'MUST',
  revisions: 'D',
  requires:
    'Every request of 2026-07-28 carries its metadata in headers and in _meta, and both agree.',
  why: 'There is no handshake: servers and gateways know only what stands on the request, and refuse it with 400 where that is incomplete.',
  fix: 'Build MCP-Protocol-Version, Mcp-Method and Mcp-Name from the final body, accept both media types, and send neither session ids nor Last-Event-ID.',
  example:
    'Accept: application/json, text/event-stream\nMCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/call\nMcp-Name: get_weather',
  spec: [
    mcp('2026-07-28', `${STREAMABLE}#standard-request-headers`),
    mcp('2026-07-28', 'basic#meta'),
  ],
  judge(view) {
    const calls = mcpCalls(view).filter((call) => isModernRequest(view, call));
    const unread = mcpCalls(view).filter((call) => isUnread(call) && isModern(view, call));
    return calls.length + unread.length === 0
      ? notApplicable('there is no request of 2026-07-28 in this trace')
      : verdictOnRead(unread, calls.flatMap(modernDeviations));
  },
});

const legacyEnvelope = defineRule({
  id: 'client-legacy-envelope',
  step: 'call',
  fault: 'client',
  level: 'MUST',
  revisions: 'A-D',
  requires:
    'The client completes the handshake and repeats session and version on every request after it.',
  why: 'Servers that keep sessions answer 400 or 404 to a request without its session, and may read it as one of another revision without its version.',
  fix: 'Send Accept with both media types, notifications/initialized after the handshake, and Mcp-Session-Id and MCP-Protocol-Version from then on.',
  example:
    'Accept: application/json, text/event-stream\nMcp-Session-Id: 1868a90c-…\nMCP-Protocol-Version: 2025-11-25',
  affected: { clients: ['Claude'], confidence: 'single' },
  spec: [
    mcp('2025-11-25', 'basic/transports#session-management'),
    mcp('2025-11-25', 'basic/transports#protocol-version-header'),
  ],
  judge(view) {
    const calls = mcpCalls(view).filter((call) => !call.modern);
    return calls.length === 0 || isModernTrace(view)
      ? notApplicable('there is no request of the session protocol in this trace')
      : verdictOnRead(calls.filter(isUnread), [
          ...calls.flatMap(acceptDeviation),
          ...handshakeDeviations(calls),
        ]);
  },
});

/** The rules about the client's own requests. */
export const envelopeRules = [modernEnvelope, legacyEnvelope];

/** Where the message of a request is missing the others can be at fault, but nobody can tell that all is well. */
function verdictOnRead(unread: readonly McpCall[], deviations: readonly Deviation[]): Verdict {
  return deviations.length > 0 || unread.length === 0
    ? verdictOn(deviations)
    : inconclusive('the body of a request to the MCP server is missing or was cut');
}

/** Headers of notifications are not defined, and `initialize` is a question to a server of the other era. */
function isModernRequest(view: View, call: McpCall): boolean {
  const { method, id } = call;
  const isOther = method === undefined || method === 'initialize' || id === undefined;
  return !isOther && isModern(view, call);
}

function isModern(view: View, { modern }: McpCall): boolean {
  return modern || isModernTrace(view);
}

/** True where client and server have settled on the protocol without sessions. */
function isModernTrace({ revision }: View): boolean {
  return findRevision(revision ?? '')?.era === 'modern';
}

/** Which parameter `Mcp-Name` repeats, by method. */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

function modernDeviations(call: McpCall): readonly Deviation[] {
  const { params, method = '', exchange } = call;
  const meta = isObject(params._meta) ? params._meta : {};
  const name = params[NAMED[method] ?? ''];
  const wanted = [
    ['mcp-protocol-version', meta[META_VERSION]],
    ['mcp-method', method],
    ...(typeof name === 'string' ? [['mcp-name', name] as const] : []),
  ] as const;
  return [
    ...wanted.flatMap(([header, value]) => headerDeviation(call, header, value)),
    ...acceptDeviation(call),
    ...[META_VERSION, 'io.modelcontextprotocol/clientCapabilities']
      .filter((key) => meta[key] === undefined)
      .map((key) => ({
        message: `${method} has no ${key} in _meta, expected it`,
        evidence: at(exchange, '/request/body/params/_meta'),
      })),
    ...['mcp-session-id', 'last-event-id']
      .filter((header) => requestHeader(call, header) !== undefined)
      .map((header) => ({
        message: `${method} carries ${header}, expected none`,
        evidence: at(exchange, `/request/headers/${header}`),
      })),
  ];
}

function headerDeviation(call: McpCall, header: string, value: unknown): readonly Deviation[] {
  const sent = requestHeader(call, header);
  const expected = typeof value === 'string' ? value : undefined;
  if (sent !== undefined && (expected === undefined || decodeValue(sent) === expected)) return [];
  return [
    {
      message: `${call.method} has ${header} ${quoted(sent ?? null)}, expected ${expected === undefined ? 'it' : quoted(expected)}`,
      evidence: at(call.exchange, `/request/headers/${header}`),
    },
  ];
}

/** A header value as it was meant: what is not plain ASCII travels as `=?base64?…?=`. */
function decodeValue(value: string): string {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString('utf8');
}

function acceptDeviation(call: McpCall): readonly Deviation[] {
  return call.messages.length === 0 || call.acceptsBoth
    ? []
    : [
        {
          message: `${nameOf(call)} has Accept ${quoted(requestHeader(call, 'accept') ?? null)}, expected application/json and text/event-stream`,
          evidence: at(call.exchange, '/request/headers/accept'),
        },
      ];
}

/** What is known of a conversation after its `initialize` was answered. */
interface Handshake {
  readonly session: string | undefined;
  readonly version: string;
  readonly isComplete: boolean;
}

/** Walks through the calls, holding each against the handshake it belongs to. */
function handshakeDeviations(calls: readonly McpCall[]): readonly Deviation[] {
  const found: Deviation[] = [];
  let current: Handshake | undefined;
  for (const call of calls) {
    if (call.method === 'initialize') {
      current = handshakeOf(call) ?? current;
      continue;
    }
    if (!current) continue;
    if (call.method === 'notifications/initialized') current = { ...current, isComplete: true };
    found.push(...afterHandshake(call, current));
    if (call.exchange.request.method === 'DELETE') current = undefined;
    else if (!current.isComplete && call.method !== 'ping')
      current = { ...current, isComplete: true };
  }
  return found;
}

function handshakeOf(call: McpCall): Handshake | undefined {
  const version = call.result?.protocolVersion;
  return isAnswered(call) && call.result
    ? {
        session: answerHeader(call, 'mcp-session-id'),
        version: typeof version === 'string' ? version : '',
        isComplete: false,
      }
    : undefined;
}

/** The first revision whose requests name it in a header. */
const FIRST_WITH_HEADER = '2025-06-18';

function afterHandshake(call: McpCall, { session, version, isComplete }: Handshake) {
  const name = nameOf(call);
  const missing = (header: string): Deviation => ({
    message: `${name} carries no ${header}, expected the one of the handshake`,
    evidence: at(call.exchange, `/request/headers/${header}`),
  });
  const isEarly = !isComplete && call.method !== undefined && call.method !== 'ping';
  return [
    ...(isEarly
      ? [
          {
            message: `${name} was sent before notifications/initialized, expected that first`,
            evidence: at(call.exchange, '/request/body/method'),
          },
        ]
      : []),
    ...(session !== undefined && requestHeader(call, 'mcp-session-id') === undefined
      ? [missing('mcp-session-id')]
      : []),
    ...(version >= FIRST_WITH_HEADER && requestHeader(call, 'mcp-protocol-version') === undefined
      ? [missing('mcp-protocol-version')]
      : []),
  ];
}
