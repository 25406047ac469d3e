/** The way to the servers: ports, addresses, speed, and what stands in between. */
import { isPrivateAddress } from '../oauth/private-host.ts';
import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl } from '../oauth/resource.ts';
import { originOf } from '../oauth/well-known.ts';
import { mcp } from '../spec/references.ts';
import { formOf } from '../trace/body.ts';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { contentTypeOf, type Deviation, onePerMessage, verdictOn } from './evidence.ts';
import { oncePerView } from './once.ts';
import { at, defineRule, inconclusive, notApplicable, type Rule, type Verdict } from './rule.ts';

export const slowEndpoint = defineRule({
  id: 'slow-endpoint-budget',
  step: 'server-metadata',
  fault: 'deployment',
  level: 'field',
  revisions: 'A-D',
  requires: 'Metadata, registration and token endpoint answer within seconds.',
  why: 'Hosted clients wait ten seconds, for a refresh thirty; mcp-remote and Codex five. A cold start is enough to make a connection fail that works the second time.',
  fix: 'Keep the path warm, cache the metadata, and measure from outside.',
  affected: { clients: ['Claude', 'mcp-remote', 'Codex'], confidence: 'confirmed' },
  spec: [],
  judge: (view) => {
    const asked = oauthExchanges(view);
    const answered = asked.filter(({ response }) => response);
    if (asked.length === 0) return notApplicable('no OAuth endpoint was asked');
    return answered.length === 0
      ? inconclusive('no OAuth endpoint answered')
      : verdictOn(answered.flatMap(slownessOf));
  },
});

const NOTICEABLE_MS = 3_000;
const BUDGET_MS = 10_000;
const REFRESH_BUDGET_MS = 30_000;

function slownessOf(exchange: Exchange): readonly Deviation[] {
  const { total_ms } = exchange.timing;
  const isRefresh = formOf(exchange).get('grant_type') === 'refresh_token';
  const budget = isRefresh ? REFRESH_BUDGET_MS : BUDGET_MS;
  if (total_ms <= NOTICEABLE_MS) return [];
  return [
    {
      message: `${quoted(exchange.request.url)} took ${Math.round(total_ms / 100) / 10} s, expected less than ${budget / 1000} s at the very most`,
      evidence: at(exchange, '/timing/total_ms'),
      ...(total_ms > budget ? {} : { severity: 'info' }),
    },
  ];
}

export const nonstandardPort = defineRule({
  id: 'nonstandard-port',
  step: 'challenge',
  fault: 'deployment',
  level: 'field',
  revisions: 'A-D',
  requires: 'A server for hosted clients is reached on port 443.',
  why: 'With another port hosted clients are reported never to call, or to stop before they register.',
  fix: 'Serve on 443, by a reverse proxy if need be.',
  example: 'https://api.example.com/mcp   not   https://api.example.com:8443/mcp',
  affected: { clients: ['Claude'], confidence: 'reported' },
  spec: [],
  judge: (view) =>
    judgePlaces(view, (exchange) => {
      const { host, port } = new URL(exchange.request.url);
      return port === ''
        ? undefined
        : {
            message: `${quoted(host)} is called on port ${port}, expected 443`,
            evidence: at(exchange, '/request/url'),
          };
    }),
});

export const privateAddress = defineRule({
  id: 'dns-not-globally-routable',
  step: 'challenge',
  fault: 'deployment',
  level: 'field',
  severity: 'info',
  revisions: 'A-D',
  requires: 'The host has a public address.',
  why: 'From here it was reached at an address of a private network. Hosted clients come from the internet and refuse such names before they call.',
  fix: 'Publish public addresses only, or use a tunnel. If the server is meant for this network alone, all is well.',
  example: 'api.example.com   resolves to   203.0.113.10   not   10.1.2.3',
  affected: { clients: ['Claude', 'ChatGPT'], confidence: 'confirmed' },
  spec: [],
  judge(view) {
    const verdict = judgePlaces(view, (exchange) => {
      const { proxy, remote_address } = exchange.connection;
      const address = remote_address?.replace(/:\d+$/, '') ?? '';
      return proxy || !isPrivateAddress(address)
        ? undefined
        : {
            message: `${quoted(new URL(exchange.request.url).host)} was reached at ${quoted(address)}, expected a public address`,
            evidence: at(exchange, '/connection/remote_address'),
          };
    });
    return verdict.kind === 'pass' && !view.exchanges.some(isAddressKnown)
      ? inconclusive('no server was reached without a proxy in between')
      : verdict;
  },
});

function isAddressKnown({ connection, request }: Exchange): boolean {
  return connection.remote_address !== null && !connection.proxy && !isLoopbackUrl(request.url);
}

/** Judges the ways to hosts that are not this machine, one exchange for each. */
function judgePlaces(view: View, judge: (exchange: Exchange) => Deviation | undefined): Verdict {
  const outside = waysOutside(view);
  return outside.length === 0
    ? notApplicable('every server is on this machine')
    : verdictOn(onePerMessage(outside.flatMap((exchange) => judge(exchange) ?? [])));
}

const waysOutside = oncePerView((view): readonly Exchange[] => {
  const ways = new Map<string, Exchange>();
  for (const exchange of [...view.byRole('mcp'), ...oauthExchanges(view)]) {
    const { remote_address, proxy } = exchange.connection;
    const way = `${originOf(exchange.request.url)} ${remote_address} ${proxy}`;
    if (!ways.has(way)) ways.set(way, exchange);
  }
  return [...ways.values()].filter(
    ({ request: { url } }) => URL.canParse(url) && !isLoopbackUrl(url),
  );
});

export const botCheck = defineRule({
  id: 'edge-challenge-html',
  step: 'server-metadata',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'No bot check stands before the endpoints that programs call.',
  why: 'A page that wants to see a browser answers in place of the server. Clients read it as JSON and report a parse error, or register at an address they made up.',
  fix: 'Exempt the MCP path, /.well-known/* and the registration and token endpoints from managed challenges.',
  example:
    'GET /.well-known/oauth-protected-resource/mcp   is answered\nHTTP/1.1 200 OK\nContent-Type: application/json',
  affected: { clients: ['Claude Code', 'Cursor'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization/security-considerations#communication-security')],
  outranks: [
    'forbidden-instead-of-unauthorized',
    'auth-status-not-401',
    'prm-behind-auth',
    'prm-http-status',
    'prm-not-found',
    'asm-not-found',
    'dcr-html-or-redirect',
    'dcr-rate-limited',
    'dcr-closed',
    'dcr-error-format',
    'token-error-format',
    'edge-blocks-ai-user-agent',
    'post-auth-mcp-error',
    'refresh-failed',
  ],
  judge(view) {
    const asked = [...view.byRole('mcp'), ...oauthExchanges(view)];
    const answered = asked.filter(({ response }) => response);
    if (asked.length === 0) return notApplicable('no server was asked');
    if (answered.length === 0) return inconclusive('no server answered');
    return verdictOn(
      answered.filter(isBotCheck).map((exchange) => ({
        message: `${quoted(exchange.request.url)} answered ${exchange.response?.status} with a check for browsers, expected the server's own answer`,
        evidence: at(exchange, '/response'),
      })),
    );
  },
});

function isBotCheck(exchange: Exchange): boolean {
  const { headers = [], status = 0, body } = exchange.response ?? {};
  if (headerValue(headers, 'cf-mitigated') === 'challenge') return true;
  return (
    mediaType(contentTypeOf(exchange)) === 'text/html' &&
    [403, 429, 503].includes(status) &&
    /just a moment\.\.\.|cf-challenge|verify (?:that )?you are (?:a )?human/i.test(body?.text ?? '')
  );
}

/** Requests to the OAuth endpoints that a program makes. */
function oauthExchanges(view: View): readonly Exchange[] {
  return (['resource-metadata', 'server-metadata', 'registration', 'token'] as const).flatMap(
    (role) => view.byRole(role),
  );
}

/** The rules about the way to the servers. */
export const networkRules: readonly Rule[] = [
  nonstandardPort,
  privateAddress,
  slowEndpoint,
  botCheck,
];
