/** The `resource_metadata` parameter of the challenge: where the metadata is said to be. */
import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl, isSecureUrl } from '../oauth/resource.ts';
import { mcp, rfc9110, rfc9728 } from '../spec/references.ts';
import type { View } from '../trace/view.ts';
import { judgeChallenged } from './anonymous-call.ts';
import { inHeader, judgeHeaders } from './challenge-header.ts';
import { type Deviation, letterOf, verdictOn } from './evidence.ts';
import { resourceLookups } from './lookup.ts';
import { type McpCall, mcpCalls, nameOf } from './mcp-call.ts';
import {
  at,
  defineRule,
  fail,
  inconclusive,
  notApplicable,
  type Rule,
  type Verdict,
} from './rule.ts';

const EXAMPLE = `WWW-Authenticate: Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp"`;
const SECURITY = mcp(
  '2026-07-28',
  'basic/authorization/security-considerations#communication-security',
);

export const pointerMissing = defineRule({
  id: 'prm-pointer-missing',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The challenge points at the protected resource metadata.',
  why: 'Clients of 2025-06-18 have no other way to find the authorization server. Newer ones look at the well-known addresses, but some stop here.',
  fix: 'Add resource_metadata with the absolute URL of the metadata document to the challenge.',
  example: EXAMPLE,
  affected: { clients: ['Amazon Q', 'clients of 2025-06-18'], confidence: 'confirmed' },
  spec: [
    mcp('2025-06-18', 'basic/authorization#authorization-server-location'),
    mcp(
      '2026-07-28',
      'basic/authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements',
    ),
    rfc9728('5.1'),
  ],
  judge: (view) =>
    judgeChallenged(view, (calls) => {
      const bearer = calls.filter(({ challenge }) => challenge);
      if (bearer.length === 0) return notApplicable('there is no Bearer challenge');
      const silent = bearer.find(
        ({ challenge }) => !challenge?.parameters.has('resource_metadata'),
      );
      return silent ? withoutPointer(view, silent) : verdictOn([]);
    }),
});

/** Since 2025-11-25 a document at a well-known address makes up for the pointer. */
function withoutPointer(view: View, call: McpCall): Verdict {
  const lookups = resourceLookups(view);
  const isLate = letterOf(view) >= 'C';
  const isFound = lookups.some(({ status }) => status === 200);
  if (isLate && !isFound && !lookups.some(({ status }) => status !== undefined))
    return inconclusive('nobody looked at the well-known addresses, which may make up for it');
  return fail(
    `the challenge to ${nameOf(call)} has no resource_metadata, expected the URL of the metadata`,
    at(call.exchange, '/response/headers/www-authenticate'),
    isLate && isFound ? { severity: 'info' } : {},
  );
}

export const pointerInvalid = defineRule({
  id: 'prm-pointer-invalid',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'resource_metadata is an absolute https URL without a fragment.',
  why: 'Most clients throw away a relative URL without a word and then call again without a token, over and over; an http one they may not fetch. Behind a proxy the cause is usually a URL built from the inner request.',
  fix: 'Build the URL from a configured public base URL, or from X-Forwarded-Proto and X-Forwarded-Host of a trusted proxy.',
  example: EXAMPLE,
  affected: {
    clients: ['Claude', 'Claude Code', 'TypeScript SDK', 'Zed'],
    confidence: 'confirmed',
  },
  spec: [rfc9728('5.1'), SECURITY],
  outranks: ['resource-metadata-wrong-scheme-or-host'],
  judge: (view) =>
    judgePointers(view, (pointer) => {
      const seen = `resource_metadata is ${quoted(pointer)}`;
      if (!URL.canParse(pointer)) return [{ message: `${seen}, expected an absolute URL` }];
      if (!isSecureUrl(pointer)) return [{ message: `${seen}, expected https` }];
      return pointer.includes('#') ? [{ message: `${seen}, expected no fragment` }] : [];
    }),
});

export const pointerElsewhere = defineRule({
  id: 'resource-metadata-wrong-scheme-or-host',
  step: 'challenge',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'B-D',
  requires: 'The metadata lies on the origin of the MCP server, as clients see it.',
  why: 'The pointer was built from what the server sees behind its proxy: an inner host, another port. Clients elsewhere cannot reach it, and careful ones do not want to.',
  fix: 'Give the server its public base URL, or let it honour X-Forwarded-Proto, -Host and -Port of the proxy in front.',
  example: EXAMPLE,
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc9728('3.1'), rfc9728('5.1')],
  judge: (view) =>
    judgePointers(view, (pointer, { exchange }) => {
      const { url } = exchange.request;
      if (!liesElsewhere(pointer, url)) return [];
      return [
        {
          message: `resource_metadata is ${quoted(pointer)}, expected it on the origin of ${quoted(url)}`,
          ...(isLoopbackUrl(pointer) ? {} : { severity: 'warning' }),
        },
      ];
    }),
});

/** True for a URL on another origin than that of the MCP server. */
export function liesElsewhere(pointer: string, url: string): boolean {
  if (!URL.canParse(pointer) || !URL.canParse(url)) return false;
  if (new URL(pointer).origin === new URL(url).origin) return false;
  // Two names for one machine: what the document says of itself decides.
  return !(isLoopbackUrl(pointer) && isLoopbackUrl(url));
}

export const pointerRepeated = defineRule({
  id: 'duplicate-resource-metadata-param',
  step: 'challenge',
  fault: 'mcp-server',
  level: 'field',
  revisions: 'B-D',
  requires: 'One answer has one pointer.',
  why: 'Two layers each added a pointer. Some clients take the first, some the last, and only one of them works.',
  fix: 'Let one layer, the SDK or the gateway, write the challenge.',
  example: EXAMPLE,
  affected: { clients: ['rmcp', 'clients that search by pattern'], confidence: 'confirmed' },
  spec: [rfc9110('11.2'), rfc9728('5.1')],
  judge: (view) =>
    judgeHeaders(view, (call) => {
      const challenges = call.challenges.filter(({ scheme }) => /^(bearer|dpop)$/i.test(scheme));
      const isRepeated = challenges
        .flatMap(({ problems }) => problems)
        .some(
          ({ code, parameter }) =>
            code === 'duplicate-parameter' && parameter === 'resource_metadata',
        );
      const pointers = new Set(
        challenges.flatMap(({ parameters }) => parameters.get('resource_metadata') ?? []),
      );
      return isRepeated || pointers.size > 1
        ? [
            inHeader(
              call,
              `the answer to ${nameOf(call)} has several resource_metadata, expected one`,
            ),
          ]
        : [];
    }),
});

/** Judges each pointer that a challenge carries. */
function judgePointers(
  view: View,
  judge: (pointer: string, call: McpCall) => readonly Omit<Deviation, 'evidence'>[],
): Verdict {
  const verdict = judgeHeaders(view, (call) => {
    const pointer = call.challenge?.parameters.get('resource_metadata');
    return pointer === undefined
      ? []
      : judge(pointer, call).map((one) => ({ ...one, ...inHeader(call, one.message) }));
  });
  const hasPointer = mcpCalls(view).some(({ challenge }) =>
    challenge?.parameters.has('resource_metadata'),
  );
  return hasPointer || verdict.kind === 'inconclusive'
    ? verdict
    : notApplicable('no challenge carries resource_metadata');
}

/** The rules about the pointer to the metadata. */
export const metadataPointerRules: readonly Rule[] = [
  pointerMissing,
  pointerInvalid,
  pointerElsewhere,
  pointerRepeated,
];
