/** Which resource the client asks a token for. */
import { quoted } from '../oauth/quoted.ts';
import { compareResource } from '../oauth/resource.ts';
import { mcp, rfc8707 } from '../spec/references.ts';
import { formOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import type { Deviation } from './evidence.ts';
import { judgeRequests, type KnownRequest } from './front-channel.ts';
import { missing } from './request-parameter.ts';
import { at, defineRule, type Rule } from './rule.ts';

const resourceMissing = defineRule({
  id: 'client-resource-missing',
  step: 'authorization',
  fault: 'client',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The authorization request and every token request name the resource the token is for.',
  why: 'It binds the token to this MCP server. Servers that need it issue a token for something else without it, or an opaque one, and the first call is refused.',
  fix: 'Add resource, the URL of the MCP server, to the authorization request, the code exchange and each refresh.',
  example: 'resource=https%3A%2F%2Fapi.example.com%2Fmcp',
  affected: {
    clients: ['Codex CLI', 'TypeScript SDK without resource metadata'],
    confidence: 'confirmed',
  },
  spec: [mcp('2026-07-28', 'basic/authorization#resource-parameter-implementation'), rfc8707('2')],
  judge: (view) =>
    judgeRequests(view, (requests) => [
      ...requests
        .filter(({ parameters }) => !parameters.get('resource'))
        .map(({ exchange }) => missing('the authorization request', 'resource', exchange)),
      ...boundRequests(view)
        .filter((exchange) => !formOf(exchange).get('resource'))
        .map((exchange) =>
          missing(`the ${formOf(exchange).get('grant_type')} token request`, 'resource', exchange),
        ),
    ]),
});

const resourceInconsistent = defineRule({
  id: 'client-resource-inconsistent',
  step: 'authorization',
  fault: 'client',
  level: 'MUST',
  revisions: 'B-D',
  requires:
    'resource is an absolute URL without fragment, the same in every request, and the one the resource metadata names.',
  why: 'Authorization servers compare it as a string: another spelling, be it one slash, is another resource, and the answer is invalid_target or a token for the wrong audience.',
  fix: 'Send the resource of the metadata as it stands there, never through a URL parser, which adds a slash to a bare origin.',
  example:
    'resource=https%3A%2F%2Fapi.example.com   not   resource=https%3A%2F%2Fapi.example.com%2F',
  affected: {
    clients: ['TypeScript SDK', 'Claude Code', 'Vercel AI SDK'],
    confidence: 'confirmed',
  },
  spec: [rfc8707('2.2'), mcp('2026-07-28', 'basic/authorization#canonical-server-uri')],
  outranks: ['token-jwt-audience'],
  judge: (view) =>
    judgeRequests(view, (requests) => {
      const uses = resourceUses(view, requests);
      return [
        ...uses.flatMap(formDeviations),
        ...uses.flatMap((use) => metadataDeviations(view, use)),
        ...changes(uses),
      ];
    }),
});

/** The rules about the resource parameter. */
export const authorizationResourceRules: readonly Rule[] = [resourceMissing, resourceInconsistent];

const BOUND_GRANTS = new Set([
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
]);

function boundRequests(view: View): readonly Exchange[] {
  return view
    .tokenRequests()
    .filter((exchange) => BOUND_GRANTS.has(formOf(exchange).get('grant_type') ?? ''));
}

interface ResourceUse {
  readonly exchange: Exchange;
  readonly values: readonly string[];
  readonly place: 'url' | 'body';
}

/** The resources each request names, in order; requests that name none are left out. */
function resourceUses(view: View, requests: readonly KnownRequest[]): readonly ResourceUse[] {
  const uses: readonly ResourceUse[] = [
    ...requests.map(({ exchange, parameters }) => ({
      exchange,
      values: parameters.getAll('resource'),
      place: 'url' as const,
    })),
    ...boundRequests(view).map((exchange) => ({
      exchange,
      values: formOf(exchange).getAll('resource'),
      place: 'body' as const,
    })),
  ];
  return uses
    .filter(({ values }) => values.length > 0)
    .sort((a, b) => a.exchange.id - b.exchange.id);
}

function formDeviations({ exchange, values, place }: ResourceUse): readonly Deviation[] {
  return values
    .filter((value) => !URL.canParse(value) || value.includes('#'))
    .map((value) => ({
      message: `resource is ${quoted(value)}, expected an absolute URL without fragment`,
      evidence: at(exchange, `/request/${place}`),
    }));
}

/** What the metadata names counts once it is about this server at all. */
function metadataDeviations(
  view: View,
  { exchange, values, place }: ResourceUse,
): readonly Deviation[] {
  const { server_url } = view.trace.metadata;
  const named = stringMember(view.resourceMetadata?.document, 'resource');
  const isValid =
    named !== undefined && ['same', 'parent-path'].includes(compareResource(named, server_url));
  return !isValid || values.includes(named)
    ? []
    : [
        {
          message: `resource is ${quoted(values[0])}, expected ${quoted(named)} as the resource metadata names it`,
          evidence: at(exchange, `/request/${place}`),
        },
      ];
}

function changes(uses: readonly ResourceUse[]): readonly Deviation[] {
  const sorted = uses.map(({ values }) => [...values].sort().join(' '));
  return uses.flatMap(({ exchange, values, place }, index) => {
    const before = sorted[index - 1];
    return before === undefined || sorted[index] === before
      ? []
      : [
          {
            message: `resource is ${quoted(values.join(' '))}, expected ${quoted(before)} as in the request before`,
            evidence: at(exchange, `/request/${place}`),
          },
        ];
  });
}
