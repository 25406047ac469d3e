/** The first calls after sign-in: what goes wrong here is reported as a failed login. */

import { quoted } from '../oauth/quoted.ts';
import { mcp } from '../spec/references.ts';
import { findRevision } from '../spec/revisions.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import { isObject } from '../trace/body.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, shown, verdictOn, wordsOf } from './evidence.ts';
import { type McpCall, mcpCalls } from './mcp-call.ts';
import { toolsIn } from './modern-detail.ts';
import { isRedirect } from './redirect.ts';
import { at, defineRule, inconclusive, notApplicable } from './rule.ts';

/** Milliseconds after which hosted clients grow impatient. */
const SLOW = 5_000;

const postAuthError = defineRule({
  id: 'post-auth-mcp-error',
  step: 'call',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The first calls after sign-in succeed, soon, and list tools a client can read.',
  why: 'Clients count these calls as part of connecting. An error, a slow answer or one tool with a broken inputSchema is shown as "authorization failed", and people search the login for it.',
  fix: 'Make initialize and tools/list work for every user who can sign in, answer within seconds, and give each tool an inputSchema of type object.',
  example: '{ "name": "whoami", "inputSchema": { "type": "object" } }',
  affected: { clients: ['Claude', 'TypeScript SDK'], confidence: 'reported' },
  spec: [
    mcp('2025-11-25', 'basic/lifecycle#initialization'),
    mcp('2025-11-25', 'server/tools#tool'),
  ],
  judge(view) {
    const calls = mcpCalls(view).filter((call) => isFirstCall(view, call));
    if (calls.length === 0)
      return notApplicable('neither handshake nor tools/list carried a token');
    const answered = calls.filter(({ status }) => status !== undefined);
    if (answered.length === 0) return inconclusive('neither handshake nor tools/list was answered');
    return verdictOn([
      ...answered.filter((call) => isLastWord(calls, call)).flatMap(errorOf),
      ...answered.flatMap(slowness),
      ...answered.flatMap(brokenTools),
    ]);
  },
});

/** The rules about the first calls. */
export const firstCallRules = [postAuthError];

const FIRST: ReadonlySet<string> = new Set(['initialize', 'tools/list']);

/** A modern request to a server of the older era asks what it is, and may fail. */
function isFirstCall(view: View, { method = '', token, modern }: McpCall): boolean {
  const isOlder = findRevision(view.revision ?? '')?.era === 'legacy';
  return token !== undefined && FIRST.has(method) && !(modern && isOlder);
}

/** A failure that the client got over is none. */
function isLastWord(calls: readonly McpCall[], { method, exchange }: McpCall): boolean {
  const lastGood = calls.findLast((call) => call.method === method && call.result !== undefined);
  return (lastGood?.exchange.id ?? 0) < exchange.id;
}

/** JSON-RPC errors that only say what the server does not offer. */
const HARMLESS: readonly unknown[] = [RPC_ERROR.methodNotFound, RPC_ERROR.unsupportedVersion];

function errorOf({
  exchange,
  method,
  status = 0,
  error,
  challenge,
}: McpCall): readonly Deviation[] {
  const isForAuth = status === 401 || (status === 403 && challenge !== undefined);
  if (isForAuth || isRedirect(exchange) || HARMLESS.includes(error?.code)) return [];
  if (error)
    return [
      {
        message: `${method} was answered ${status} with JSON-RPC error ${quoted(error.code ?? null)} ${quoted(error.message ?? null)}, expected a result`,
        evidence: at(exchange, '/response/body/error'),
      },
    ];
  const words = wordsOf(exchange);
  const fix = FIXES[status] ?? (status >= 500 ? CRASHED : undefined);
  return status >= 400
    ? [
        {
          message: `${method} was answered ${status}${words ? ` (${quoted(words)})` : ''}, expected 200 with a result`,
          evidence: at(exchange, '/response/status'),
          ...(fix && { fix }),
        },
      ]
    : [];
}

const CRASHED = 'The MCP server failed over it: its log has the reason.';
const GATEWAY =
  'A gateway answers for the MCP server, which is down, too slow or not reachable from there: its log, and that of the gateway, have the reason.';

/** What an answer without a JSON-RPC error can only mean. */
const FIXES: Readonly<Record<number, string>> = {
  415: 'Take POST with Content-Type: application/json.',
  429: 'The server limits requests: wait, or raise the limit for the first calls of a connection.',
  502: GATEWAY,
  503: GATEWAY,
  504: GATEWAY,
};

function slowness({ exchange, method }: McpCall): readonly Deviation[] {
  const { total_ms } = exchange.timing;
  return total_ms > SLOW
    ? [
        {
          message: `${method} took ${(total_ms / 1000).toFixed(1)} s, expected less than ${SLOW / 1000} s`,
          evidence: at(exchange, '/timing/total_ms'),
          severity: 'warning',
        },
      ]
    : [];
}

function brokenTools({ exchange, method, result }: McpCall): readonly Deviation[] {
  if (method !== 'tools/list' || !result) return [];
  if (!Array.isArray(result.tools))
    return [
      {
        message: `tools of the answer to tools/list is ${shown(result.tools)}, expected an array`,
        evidence: at(exchange, '/response/body/result/tools'),
      },
    ];
  return toolsIn(result).flatMap(({ name, inputSchema }, index) =>
    isObject(inputSchema) && inputSchema.type === 'object'
      ? []
      : [
          {
            message: `tool ${quoted(name ?? null)} has inputSchema ${quoted(inputSchema ?? null)}, expected an object schema`,
            evidence: at(exchange, `/response/body/result/tools/${index}/inputSchema`),
          },
        ],
  );
}
