/** Authorization server metadata: can it be found, and can it be read. */
import { quoted } from '../oauth/quoted.ts';
import { legacyEndpoints, serverMetadataUrls } from '../oauth/well-known.ts';
import { mcp, rfc8414 } from '../spec/references.ts';
import { mediaType } from '../trace/headers.ts';
import type { View } from '../trace/view.ts';
import {
  contentTypeOf,
  type Deviation,
  isSuccess,
  letterOf,
  markBefore,
  verdictOn,
  withoutAnswer,
  withoutQuery,
} from './evidence.ts';
import {
  isFound,
  isSamePlace,
  judgeBrokenOff,
  judgeServerMetadata,
  type ServerLookup,
  serverLookups,
} from './lookup.ts';
import { isRedirect } from './redirect.ts';
import {
  at,
  defineRule,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

const DISCOVERY = mcp(
  '2026-07-28',
  'basic/authorization/authorization-server-discovery#authorization-server-metadata-discovery',
);
const EXAMPLE = `GET https://login.example.com/.well-known/oauth-authorization-server/tenant

HTTP/1.1 200 OK
Content-Type: application/json

{"issuer":"https://login.example.com/tenant","authorization_endpoint":"https://login.example.com/tenant/authorize","token_endpoint":"https://login.example.com/tenant/token","response_types_supported":["code"],"code_challenge_methods_supported":["S256"]}`;

export const notFound = defineRule({
  id: 'asm-not-found',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The authorization server publishes its metadata where its issuer says.',
  why: 'Without metadata there are no endpoints. Clients stop, or make up /authorize, /token and /register and show what the 404 page says.',
  fix: 'Publish RFC 8414 metadata at the host, the path of the issuer after the well-known part.',
  example: EXAMPLE,
  affected: { clients: ['Claude Code', 'Cursor', 'VS Code'], confidence: 'confirmed' },
  spec: [DISCOVERY, rfc8414('3')],
  outranks: ['asm-only-oidc'],
  judge(view) {
    const lookups = serverLookups(view).filter(({ source }) => FROM_ISSUER.has(source));
    const { issuer } = lookups.at(-1) ?? {};
    if (issuer === undefined) return notApplicable('no metadata of an issuer was looked for');
    const places = serverMetadataUrls(issuer, { openid: letterOf(view) >= 'C' });
    const asked = places.map(({ url }) =>
      lookups.findLast(({ exchange }) => isSamePlace(exchange.request.url, url)),
    );
    if (asked.some((lookup) => lookup && isFound(lookup))) return pass;
    const answered = asked.filter((lookup) => lookup?.status !== undefined);
    if (answered.length < places.length)
      return inconclusive('not every place was asked, or not every one answered');
    return fail(
      `${answered.map(seen).join(', ')}; expected a JSON object from one of them`,
      answered.flatMap((lookup) => (lookup ? [at(lookup.exchange, '/response/status')] : [])),
      answered.every((lookup) => (lookup?.status ?? 0) >= 500) ? { fix: DOWN } : {},
    );
  },
});

const DOWN =
  'The authorization server, or the gateway before it, fails over every request for its metadata: its log has the reason.';

const FROM_ISSUER: ReadonlySet<ServerLookup['source']> = new Set([
  'oauth',
  'openid-inserted',
  'openid-appended',
]);

function seen(lookup: ServerLookup | undefined): string {
  return `${quoted(lookup?.exchange.request.url)} answered ${lookup?.status}`;
}

export const httpFormat = defineRule({
  id: 'asm-http-format',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The metadata is a JSON object of type application/json, given without a redirect.',
  why: 'Clients take nothing else. A web page in its place ends in a JSON parse error, and a redirect is not followed by careful ones.',
  fix: 'Answer 200 with application/json at the address itself, and 404 where there is no document.',
  example: EXAMPLE,
  affected: { clients: ['Claude Code', 'Python SDK'], confidence: 'confirmed' },
  spec: [rfc8414('3.2')],
  outranks: ['asm-not-found'],
  judge(view) {
    const answered = serverLookups(view).filter(({ status }) => status !== undefined);
    if (answered.length === 0) return notApplicable('no request for metadata was answered');
    const broken = judgeBrokenOff(answered);
    if (broken) return broken;
    const whole = answered.filter(({ exchange }) => !exchange.response?.body?.truncated);
    const deviations = whole.flatMap(formatOf);
    return deviations.length > 0 || whole.length === answered.length
      ? verdictOn(deviations)
      : inconclusive('the authorization server metadata was cut when it was recorded');
  },
});

function formatOf({ exchange, status = 0, document }: ServerLookup): readonly Deviation[] {
  const url = quoted(exchange.request.url);
  if (isRedirect(exchange))
    return [
      {
        message: `${url} answered ${status}, expected the document itself`,
        evidence: at(exchange, '/response/status'),
      },
    ];
  if (!isSuccess(exchange)) return [];
  const type = contentTypeOf(exchange);
  if (mediaType(type) !== 'application/json')
    return [
      {
        message: `${url} answered with content-type ${quoted(type)}, expected application/json`,
        evidence: at(exchange, '/response/headers/content-type'),
      },
    ];
  if (document) return markBefore(exchange, url);
  return [
    {
      message: `${url} answered with no JSON object, expected one`,
      evidence: at(exchange, '/response/body'),
    },
  ];
}

export const serverErrorAborts = defineRule({
  id: 'asm-5xx-aborts',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'C-D',
  requires: 'An address without a document answers 404, not with a server error.',
  why: 'The TypeScript and Python SDKs stop at the first 5xx and never ask the next address, where the document is.',
  fix: 'Answer 404 at well-known addresses that are not served.',
  example: 'GET /.well-known/oauth-authorization-server/tenant\n\nHTTP/1.1 404 Not Found',
  affected: { clients: ['TypeScript SDK', 'Python SDK'], confidence: 'confirmed' },
  spec: [DISCOVERY],
  outranks: ['asm-only-oidc'],
  judge: (view) =>
    judgeServerMetadata(view, ({ exchange: found, issuer: sought }) => {
      // The same address that fails and then answers had an outage; another issuer is another server.
      const failed = serverLookups(view).find(
        ({ status = 0, exchange, issuer }) =>
          status >= 500 &&
          exchange.id < found.id &&
          issuer === sought &&
          exchange.request.url !== found.request.url,
      );
      return failed
        ? fail(
            `${seen(failed)} before ${quoted(found.request.url)} brought the metadata, expected 404`,
            [at(failed.exchange, '/response/status'), at(found, '/response/status')],
          )
        : pass;
    }),
});

export const legacyFallback = defineRule({
  id: 'legacy-endpoint-fallback-used',
  step: 'server-metadata',
  fault: 'mcp-server',
  level: 'MAY',
  severity: 'warning',
  revisions: 'A-D',
  requires: 'The endpoints are published rather than guessed.',
  why: 'The client had to guess /authorize, /token and /register on the origin of the MCP server. Only clients that still carry the rule of March 2025 do that.',
  fix: 'Publish protected resource metadata and RFC 8414 metadata. A server that takes API keys instead of signing users in has none to publish: give it the key, here with --header.',
  example: EXAMPLE,
  spec: [mcp('2025-03-26', 'basic/authorization#fallbacks-for-servers-without-metadata-discovery')],
  judge(view) {
    if (serverLookups(view).some(isFound)) return pass;
    return judgeGuess(view);
  },
});

function judgeGuess(view: View): Verdict {
  const guessed = new Set(Object.values(legacyEndpoints(view.trace.metadata.server_url)));
  const used = [
    ...view.byRole('registration'),
    ...view.authorizations,
    ...view.tokenRequests(),
  ].find(({ request }) => guessed.has(withoutQuery(request.url)));
  if (!used)
    return withoutAnswer(
      'a request for metadata',
      serverLookups(view),
      'no endpoint was used without metadata',
    );
  return fail(
    `${quoted(withoutQuery(used.request.url))} was used without any metadata naming it, expected metadata`,
    at(used, '/request/url'),
    letterOf(view) === 'A' ? { severity: 'info' } : {},
  );
}

/** The rules about finding and reading the metadata of the authorization server. */
export const serverMetadataRules: readonly Rule[] = [
  notFound,
  httpFormat,
  serverErrorAborts,
  legacyFallback,
];
