/** Protected resource metadata: can it be fetched, and can it be read. */
import { quoted } from '../oauth/quoted.ts';
import { resourceMetadataUrls } from '../oauth/well-known.ts';
import { mcp, rfc9728 } from '../spec/references.ts';
import { mediaType } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import type { View } from '../trace/view.ts';
import { contentTypeOf, type Deviation, isSuccess, markBefore, verdictOn } from './evidence.ts';
import {
  isFound,
  isSamePlace,
  judgeBrokenOff,
  type Lookup,
  type ResourceLookup,
  resourceLookups,
  serverLookups,
} from './lookup.ts';
import { liesElsewhere } from './metadata-pointer.ts';
import { isRedirect } from './redirect.ts';
import {
  at,
  defineRule,
  type Fault,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

const EXAMPLE = `HTTP/1.1 200 OK
Content-Type: application/json

{"resource":"https://api.example.com/mcp","authorization_servers":["https://login.example.com"]}`;

const ADDRESSES = 'https://api.example.com/.well-known/oauth-protected-resource/mcp';

export const notFound = defineRule({
  id: 'prm-not-found',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The protected resource metadata is served where the challenge or the standard says.',
  why: 'Without it a client does not know which authorization server to use. SDKs fall back to the layout of March 2025 and take the MCP server itself for one.',
  fix: 'Serve the document at the origin, the well-known part inserted before the MCP path, and point at it in the 401.',
  example: `GET ${ADDRESSES}\n\n${EXAMPLE}`,
  affected: {
    clients: ['Claude', 'TypeScript SDK', 'Python SDK', 'VS Code'],
    confidence: 'confirmed',
  },
  spec: [
    mcp(
      '2026-07-28',
      'basic/authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements',
    ),
    rfc9728('3.1'),
  ],
  outranks: ['prm-pointer-missing'],
  judge(view) {
    const lookups = resourceLookups(view);
    if (lookups.length === 0) return notApplicable('nobody looked for it');
    if (lookups.some(isFound)) return pass;
    if (lookups.some(({ exchange }) => isSuccess(exchange)))
      return notApplicable('something was found, though not what it should be');
    const refused = lookups.filter(({ status }) => status !== undefined);
    const isComplete = resourceMetadataUrls(view.trace.metadata.server_url).every(({ url }) =>
      refused.some(({ exchange }) => isSamePlace(exchange.request.url, url)),
    );
    if (!isComplete) return inconclusive('not every place was asked, or not every one answered');
    const places = [...new Map(refused.map((one) => [one.exchange.request.url, one])).values()];
    return fail(
      `${places.map(seen).join(', ')}; expected 200 from one of them`,
      places.map(({ exchange }) => at(exchange, '/response/status')),
    );
  },
});

function seen({ exchange, status }: Lookup): string {
  return `${quoted(exchange.request.url)} answered ${status}`;
}

export const httpStatus = defineRule({
  id: 'prm-http-status',
  step: 'resource-metadata',
  fault: 'deployment',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The metadata URL answers 200 to everybody, without a redirect.',
  why: 'A client that was given a URL tries no other (the TypeScript SDK is one), and careful ones follow no redirect here, since it could lead anywhere.',
  fix: 'Make the advertised URL answer itself, exempt from authentication and redirects of gateway and framework, or advertise the right one.',
  example: EXAMPLE,
  affected: { clients: ['TypeScript SDK'], confidence: 'confirmed' },
  spec: [rfc9728('3.2')],
  outranks: ['prm-not-json', 'prm-not-found'],
  judge: (view) => judgeDeadPointer(view) ?? judgeAnswers(view, () => true),
});

export const behindAuth = defineRule({
  id: 'prm-behind-auth',
  step: 'resource-metadata',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'B-D',
  requires: 'Metadata is public: whoever reads it has no token yet.',
  why: 'The middleware that guards the server guards the description of how to sign in as well. No client gets past it.',
  fix: 'Exempt every path below /.well-known/ from authentication, in the application and in the gateway.',
  example: 'GET /.well-known/oauth-protected-resource/mcp   (no Authorization)\n\nHTTP/1.1 200 OK',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc9728('3.1')],
  outranks: ['prm-http-status', 'prm-not-found', 'asm-not-found'],
  judge(view) {
    const isGuarded = ({ status }: Lookup): boolean => status === 401 || status === 403;
    const verdict = judgeAnswers(view, isGuarded);
    if (verdict.kind === 'fail') return verdict;
    const lookups = serverLookups(view);
    const guarded = lookups.some(isFound) ? undefined : lookups.find(isGuarded);
    return guarded
      ? fail(`${seen(guarded)}, expected 200`, at(guarded.exchange, '/response/status'), {
          fault: 'authorization-server',
        })
      : verdict;
  },
});

/**
 * Fails on a URL in use that answers anything but 200: the advertised one, a redirecting one, and a
 * well-known one when none brought the document. A place that serves nothing only says that it is elsewhere.
 */
function judgeAnswers(view: View, isMeant: (lookup: ResourceLookup) => boolean): Verdict {
  const lookups = resourceLookups(view);
  if (lookups.length === 0) return notApplicable('nobody looked for protected resource metadata');
  const answered = lookups.filter(({ status }) => status !== undefined);
  if (answered.length === 0) return inconclusive('no request for it was answered');
  const found = answered.find(isFound);
  const bad = answered.filter(isMeant).find(({ exchange, source, status = 0 }) => {
    if (source === 'pointer') return status !== 200;
    if (isRedirect(exchange)) return true;
    if (found || isUnserved(exchange.response)) return false;
    return status === 401 || status === 403 || status >= 500;
  });
  if (!bad) return pass;
  const elsewhere = bad.source === 'pointer' && bad.status === 404 ? found : undefined;
  return fail(
    `${seen(bad)}, expected 200`,
    at(bad.exchange, '/response/status'),
    elsewhere ? pointThere(elsewhere) : (bad.status ?? 0) >= 500 ? CRASHED : {},
  );
}

const CRASHED = {
  fault: 'mcp-server',
  fix: 'The server failed over the request for its metadata: its log has the reason, or the log of whatever answers for it.',
} as const;

function pointThere({ exchange }: Lookup): { readonly fault: Fault; readonly fix: string } {
  return {
    fault: 'mcp-server',
    fix: `Point resource_metadata of the challenge at the place of the document: ${quoted(exchange.request.url)}.`,
  };
}

/** Fails on an advertised URL that nobody answers at, where the document was found at another place. */
function judgeDeadPointer(view: View): Verdict | undefined {
  const lookups = resourceLookups(view);
  const found = lookups.find(isFound);
  const dead = lookups.find(
    ({ source, status, exchange }) =>
      source === 'pointer' &&
      status === undefined &&
      !liesElsewhere(exchange.request.url, view.trace.metadata.server_url),
  );
  const { failure, request } = dead?.exchange ?? {};
  if (!found || !dead || !failure || !request) return undefined;
  return fail(
    `${quoted(request.url)} gave no answer (${failure.code}), expected 200`,
    at(dead.exchange, '/failure'),
    pointThere(found),
  );
}

export const notJson = defineRule({
  id: 'prm-not-json',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The metadata is a JSON object of type application/json.',
  why: 'Clients that check the content type discard the document, the others fail on its first character.',
  fix: 'Return a JSON object with Content-Type: application/json.',
  example: EXAMPLE,
  spec: [rfc9728('3.2')],
  judge: (view) =>
    judgeBrokenOff(resourceLookups(view)) ??
    judgeBodies(view, ({ exchange, document }) => {
      const type = contentTypeOf(exchange);
      if (document === undefined)
        return {
          message: `${quoted(exchange.request.url)} answered with no JSON object`,
          evidence: at(exchange, '/response/body'),
        };
      return mediaType(type) === 'application/json'
        ? markBefore(exchange, quoted(exchange.request.url))
        : {
            message: `content-type is ${quoted(type)}, expected application/json`,
            evidence: at(exchange, '/response/headers/content-type'),
          };
    }),
});

export const html = defineRule({
  id: 'prm-html-200',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'B-D',
  requires: 'A well-known address answers with metadata or with 404, never with a web page.',
  why: 'The catch-all route of a web application answers in place of the metadata. Clients report a JSON parse error, or try to register with a server that wants no login at all.',
  fix: 'Register the well-known routes before the catch-all. A server without OAuth answers 404 there.',
  example: EXAMPLE,
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc9728('3.2')],
  outranks: ['prm-not-json'],
  judge: (view) =>
    judgeBodies(view, ({ exchange }) =>
      isHtml(exchange)
        ? {
            message: `${quoted(exchange.request.url)} answered 200 with a web page, expected JSON or 404`,
            evidence: at(exchange, '/response/body'),
          }
        : undefined,
    ),
});

/** Judges each answer of the 200 class to a lookup. */
function judgeBodies(
  view: View,
  judge: (lookup: ResourceLookup) => Deviation | readonly Deviation[] | undefined,
): Verdict {
  const answered = resourceLookups(view).filter(({ exchange }) => isSuccess(exchange));
  if (answered.length === 0) return notApplicable('no protected resource metadata was received');
  const whole = answered.filter(({ exchange }) => !exchange.response?.body?.truncated);
  const deviations = whole.flatMap((lookup) => judge(lookup) ?? []);
  return deviations.length > 0 || whole.length === answered.length
    ? verdictOn(deviations)
    : inconclusive('the protected resource metadata was cut when it was recorded');
}

function isHtml(exchange: Exchange): boolean {
  return (
    mediaType(contentTypeOf(exchange)) === 'text/html' ||
    /^\s*</.test(exchange.response?.body?.text ?? '')
  );
}

/** The rules about fetching and reading the metadata of the resource. */
export const resourceMetadataRules: readonly Rule[] = [
  notFound,
  httpStatus,
  behindAuth,
  notJson,
  html,
];
