/** The stateless protocol of 2026-07-28: what every result has to carry. */
import { quoted } from '../oauth/quoted.ts';
import { mcp } from '../spec/references.ts';
import { isObject } from '../trace/body.ts';
import { stringsMember, type View } from '../trace/view.ts';
import { type Deviation, verdictOn } from './evidence.ts';
import { answerHeader, isWhole, judgeCalls, type McpCall, mcpCalls } from './mcp-call.ts';
import { oncePerView } from './once.ts';
import {
  at,
  defineRule,
  fail,
  inconclusive,
  notApplicable,
  type Rule,
  type Verdict,
} from './rule.ts';

const STREAMABLE = 'basic/transports/streamable-http';

const modern = (rule: Omit<Rule, 'step' | 'fault' | 'revisions'>): Rule =>
  defineRule({ ...rule, step: 'call', fault: 'mcp-server', revisions: 'D' });

const discoverMissing = modern({
  id: 'modern-discover-missing',
  level: 'MUST',
  requires: 'The server answers server/discover with its versions and capabilities.',
  why: 'It is the one request by which a client learns what the server speaks. Without it clients take the server for an old one and fall back to initialize.',
  fix: 'Implement server/discover.',
  example:
    '{ "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": { "tools": {} }, "ttlMs": 60000, "cacheScope": "private" }',
  spec: [mcp('2026-07-28', 'server/discover')],
  judge(view) {
    const calls = mcpCalls(view).filter(isModern);
    const discoveries = calls.filter(({ method }) => method === 'server/discover');
    const found = discoveries.findLast(({ result }) => result);
    if (discoveries.length === 0) return notApplicable('server/discover was not sent');
    if (found) return verdictOn(missingInDiscovery(found));
    const refused = discoveries.findLast(({ status }) => status !== undefined && status !== 401);
    const isModernServer = calls.some(({ result }) => result !== undefined);
    return refused && isModernServer
      ? fail(
          `server/discover was answered ${refused.status}${refused.error ? ` with JSON-RPC error ${quoted(refused.error.code)}` : ''}, expected its result`,
          at(refused.exchange, '/response/status'),
        )
      : inconclusive('no request of 2026-07-28 got a result');
  },
});

function missingInDiscovery({ exchange, result }: McpCall): readonly Deviation[] {
  const versions = stringsMember(result, 'supportedVersions') ?? [];
  const missing = [
    ...(versions.length > 0 ? [] : ['supportedVersions']),
    ...(isObject(result?.capabilities) ? [] : ['capabilities']),
  ];
  return missing.map((name) => ({
    message: `the discovery holds ${name} ${quoted(result?.[name] ?? null)}, expected ${name === 'capabilities' ? 'an object' : 'a list of versions'}`,
    evidence: at(exchange, `/response/body/result/${name}`),
  }));
}

const resultTypeMissing = modern({
  id: 'modern-result-type-missing',
  level: 'MUST',
  requires: 'Every result names its resultType.',
  why: 'The client tells by it whether the answer is final or the server wants input first. It has to treat an unknown value as invalid.',
  fix: 'Add "resultType": "complete" to every final result, "input_required" only where the server asks for input.',
  example: '{ "resultType": "complete", "tools": [ … ] }',
  spec: [mcp('2026-07-28', 'basic#resulttype')],
  judge: (view) =>
    judgeResults(view, ({ exchange, method = '', result }) => {
      const type = result?.resultType;
      const isFine =
        type === 'complete' ||
        (type === 'input_required' && TAKES_INPUT.has(method)) ||
        (typeof type === 'string' && type !== 'input_required' && hasExtensions(view));
      return isFine
        ? []
        : [
            {
              message: `the result of ${method} has resultType ${quoted(type ?? null)}, expected "complete"`,
              evidence: at(exchange, '/response/body/result/resultType'),
            },
          ];
    }),
});

const TAKES_INPUT: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** Extensions that a server announces may bring result types of their own. */
const hasExtensions = oncePerView((view) =>
  mcpCalls(view).some(
    ({ result }) => isObject(result?.capabilities) && isObject(result.capabilities.extensions),
  ),
);

const cacheHintsInvalid = modern({
  id: 'modern-cache-hints-invalid',
  level: 'MUST',
  requires: 'Results that can be cached say for how long and for whom.',
  why: 'Clients and gateways cache lists by these two members. With "public", a shared cache may show one user’s list to another.',
  fix: 'Add ttlMs (milliseconds, 0 for "do not keep") and cacheScope: "private" wherever the answer depends on the user.',
  example: '{ "resultType": "complete", "tools": [ … ], "ttlMs": 60000, "cacheScope": "private" }',
  spec: [mcp('2026-07-28', 'server/utilities/caching#cacheable-results')],
  judge: (view) => judgeResults(view, (call) => (isCacheable(call) ? cacheDeviations(call) : [])),
});

const CACHEABLE: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

function isCacheable({ method = '', result }: McpCall): boolean {
  return CACHEABLE.has(method) && (result?.resultType ?? 'complete') === 'complete';
}

function cacheDeviations({ exchange, method = '', result, token }: McpCall): readonly Deviation[] {
  const { ttlMs, cacheScope } = result ?? {};
  const isScope = cacheScope === 'public' || cacheScope === 'private';
  const isShared = cacheScope === 'public' && token !== undefined && method !== 'server/discover';
  const about = (name: string, value: unknown, expected: string): Deviation => ({
    message: `the result of ${method} has ${name} ${quoted(value ?? null)}, expected ${expected}`,
    evidence: at(exchange, `/response/body/result/${name}`),
  });
  return [
    ...(Number.isInteger(ttlMs) && Number(ttlMs) >= 0
      ? []
      : [about('ttlMs', ttlMs, 'whole milliseconds, 0 or more')]),
    ...(isScope ? [] : [about('cacheScope', cacheScope, '"public" or "private"')]),
    ...(isShared
      ? [
          {
            ...about('cacheScope', cacheScope, '"private" unless every user gets the same'),
            severity: 'info' as const,
          },
        ]
      : []),
  ];
}

const serverInfoMissing = modern({
  id: 'modern-server-info-missing',
  level: 'SHOULD',
  requires: 'Every result names the server software in _meta.',
  why: 'Without a handshake this is the only place for it; traces and bug reports cannot say what they are about.',
  fix: 'Add name and version to the _meta of each result.',
  example:
    '"_meta": { "io.modelcontextprotocol/serverInfo": { "name": "notes", "version": "3.2.1" } }',
  spec: [mcp('2026-07-28', 'basic#meta')],
  judge: (view) =>
    judgeResults(view, ({ exchange, method, result }) =>
      isObject(result?._meta) && isObject(result._meta['io.modelcontextprotocol/serverInfo'])
        ? []
        : [
            {
              message: `the result of ${method} has no serverInfo in _meta, expected name and version`,
              evidence: at(exchange, '/response/body/result/_meta'),
            },
          ],
    ),
});

const sessionIdMinted = modern({
  id: 'modern-session-id-minted',
  level: 'SHOULD NOT',
  requires: 'An answer to a request of 2026-07-28 carries no session id.',
  why: 'This revision has no sessions. A client that sees one may pin itself to a replica, and state kept under it is lost on the next request.',
  fix: 'Neither mint nor echo Mcp-Session-Id for requests that name 2026-07-28.',
  example: 'HTTP/1.1 200 OK\nContent-Type: application/json   (no Mcp-Session-Id)',
  spec: [mcp('2026-07-28', `${STREAMABLE}#earlier-streamable-http-revisions`)],
  judge: (view) =>
    judgeCalls(view, 'request of 2026-07-28', isModern, (call) =>
      answerHeader(call, 'mcp-session-id') === undefined
        ? []
        : [
            {
              message: `the answer to ${call.method} carries Mcp-Session-Id, expected none`,
              evidence: at(call.exchange, '/response/headers/mcp-session-id'),
            },
          ],
    ),
});

const serverInitiatedRequest = modern({
  id: 'modern-server-initiated-request',
  level: 'MUST NOT',
  requires: 'The server sends no requests of its own.',
  why: 'Clients of this revision do not answer requests on a stream, and the server waits for ever.',
  fix: 'Answer with resultType "input_required" and the questions in inputRequests; the client repeats the call with the answers.',
  example: '{ "resultType": "input_required", "inputRequests": { … }, "requestState": "…" }',
  spec: [mcp('2026-07-28', `${STREAMABLE}#receiving-messages`)],
  judge: (view) =>
    judgeCalls(view, 'request of 2026-07-28', isModern, ({ exchange, method, replies }) =>
      replies
        .filter((reply) => 'method' in reply && 'id' in reply)
        .map((reply) => ({
          message: `the answer to ${method} holds the request ${quoted(reply.method)}, expected none`,
          evidence: at(exchange, '/response/body'),
        })),
    ),
});

/** The rules about results of 2026-07-28. */
export const modernRules = [
  discoverMissing,
  resultTypeMissing,
  cacheHintsInvalid,
  serverInfoMissing,
  sessionIdMinted,
  serverInitiatedRequest,
];

function isModern(call: McpCall): boolean {
  return call.modern && call.method !== undefined;
}

/** Judges every result of a 2026-07-28 request. */
function judgeResults(view: View, judge: (call: McpCall) => readonly Deviation[]): Verdict {
  const isMeant = (call: McpCall): boolean =>
    isModern(call) && (call.result !== undefined || !isWhole(call));
  return judgeCalls(view, 'result of 2026-07-28', isMeant, judge);
}
