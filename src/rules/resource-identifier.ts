/** `resource`: is the metadata about this very MCP server. */
import { audiences } from '../oauth/jwt.ts';
import { quoted } from '../oauth/quoted.ts';
import { compareResource, isSecureUrl, type ResourceRelation } from '../oauth/resource.ts';
import { mcp, rfc8707, rfc9728 } from '../spec/references.ts';
import { stringMember, type View } from '../trace/view.ts';
import { atMember, type Deviation, shown, verdictOn } from './evidence.ts';
import { type Found, judgeResourceMetadata, type ResourceLookup } from './lookup.ts';
import { defineRule, fail, notApplicable, pass, type Rule, type Verdict } from './rule.ts';

const EXAMPLE = '"resource": "https://api.example.com/mcp"';

const REASONS: Readonly<Record<ResourceLookup['source'], string>> = {
  pointer: 'the URL whose challenge pointed here',
  path: 'what this address was built from',
  root: 'the origin, which the root document describes',
  other: 'the MCP URL',
};

export const mismatch = defineRule({
  id: 'prm-resource-mismatch',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'resource is the identifier that the document was fetched for.',
  why: 'A document about something else could send tokens to the wrong place, so clients stop. Usual causes are an inner host or port, www or not, an old domain.',
  fix: 'Set resource to the public URL of the MCP endpoint, character by character as users enter it, and serve it at the address with that path.',
  example: EXAMPLE,
  affected: {
    clients: ['TypeScript SDK', 'Python SDK', 'VS Code', 'Claude', 'mcp-remote'],
    confidence: 'confirmed',
  },
  spec: [rfc9728('3.3'), rfc9728('7.3')],
  judge: (view) =>
    judgeRelation(view, (relation, found) =>
      relation === 'other-origin' || relation === 'other-path' || relation === 'invalid'
        ? differs(found)
        : undefined,
    ),
});

export const parentPath = defineRule({
  id: 'prm-resource-parent-path',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  severity: 'warning',
  revisions: 'B-D',
  requires: 'resource is the MCP URL: all of it, and spelled alike.',
  why: 'SDKs accept a resource that covers the URL; Claude, VS Code and Gemini compare exactly and refuse. Tokens are then issued for the shorter identifier, too.',
  fix: 'Publish one document per MCP endpoint, with the full URL as resource, spelled as users enter it: no default port, the host in lower case.',
  example: EXAMPLE,
  affected: { clients: ['Claude', 'VS Code', 'Gemini CLI'], confidence: 'confirmed' },
  spec: [rfc9728('3.3')],
  outranks: ['prm-resource-mismatch'],
  judge: (view) =>
    judgeRelation(view, (relation, found) =>
      relation === 'parent-path' ? differs(found) : undefined,
    ),
});

export const trailingSlash = defineRule({
  id: 'resource-trailing-slash',
  step: 'resource-metadata',
  fault: 'deployment',
  level: 'MUST',
  severity: 'warning',
  revisions: 'B-D',
  requires: 'resource, and the audience of tokens, have no slash that the MCP URL has not.',
  why: 'Identifiers are compared character by character. The slash, often added by a URL type of the framework, breaks strict clients and audience checks.',
  fix: 'Configure the identifier as a string without the slash, and use that form everywhere: metadata, token audience, server.',
  example: EXAMPLE,
  affected: { clients: ['Claude', 'VS Code', 'TypeScript SDK'], confidence: 'confirmed' },
  spec: [rfc9728('6'), mcp('2026-07-28', 'basic/authorization#canonical-server-uri')],
  outranks: ['prm-resource-parent-path', 'prm-resource-mismatch'],
  judge(view) {
    const verdict = judgeRelation(view, (relation, found) =>
      relation === 'trailing-slash' && !isBareOrigin(found) ? differs(found) : undefined,
    );
    const slashed = slashedAudiences(view);
    return verdict.kind === 'fail' || slashed.length === 0 ? verdict : verdictOn(slashed);
  },
});

/** Someone typed `https://host/` and the document says `https://host`: both mean the same. */
function isBareOrigin({ document, identifier }: Found<ResourceLookup>): boolean {
  return identifier === `${document.resource}/` && /^[^/]+\/\/[^/]+\/$/.test(identifier);
}

function slashedAudiences(view: View): readonly Deviation[] {
  const { server_url } = view.trace.metadata;
  return view.tokenDocuments().flatMap(({ document, exchange }) => {
    const token = stringMember(document, 'access_token');
    const claims = (token === undefined ? undefined : view.secret(token).jwt)?.claims ?? {};
    return audiences(claims).includes(`${server_url}/`)
      ? [
          {
            message: `aud of the token is ${quoted(claims.aud)}, expected ${quoted(server_url)}`,
            evidence: atMember(exchange, 'access_token'),
          },
        ]
      : [];
  });
}

export const invalidUri = defineRule({
  id: 'prm-resource-invalid-uri',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'resource is an absolute https URL without fragment, and better without query.',
  why: 'The value goes into the resource parameter of authorization and token requests, where the authorization server refuses what is no such URL.',
  fix: 'Publish the full https URL of the MCP endpoint.',
  example: EXAMPLE,
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc9728('1.2'), rfc8707('2')],
  // A client that sends the value on as it is only repeats the mistake.
  outranks: ['prm-resource-mismatch', 'prm-resource-parent-path', 'client-resource-inconsistent'],
  judge: (view) =>
    judgeResourceMetadata(view, (found) => {
      const resource = stringMember(found.document, 'resource');
      if (resource === undefined) return notApplicable('resource is no string');
      const expected = flawOf(resource);
      if (!expected) return pass;
      return fail(
        `resource is ${quoted(resource)}, expected ${expected}`,
        atMember(found.exchange, 'resource'),
        expected === NO_QUERY ? { severity: 'warning' } : {},
      );
    }),
});

const NO_QUERY = 'no query';

function flawOf(resource: string): string | undefined {
  if (!URL.canParse(resource)) return 'an absolute URL';
  if (!isSecureUrl(resource)) return 'https';
  if (resource.includes('#')) return 'no fragment';
  return resource.includes('?') ? NO_QUERY : undefined;
}

export const schemeDowngrade = defineRule({
  id: 'prm-scheme-downgrade',
  step: 'resource-metadata',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'B-D',
  requires: 'resource has the scheme under which clients reach the server.',
  why: 'TLS ends at a proxy and the server, which sees plain http, describes itself so. Clients report that the resource does not match.',
  fix: 'Set the public base URL of the server, or let it honour X-Forwarded-Proto of the proxy.',
  example: EXAMPLE,
  affected: {
    clients: ['TypeScript SDK', 'Python SDK', 'Claude Code', 'mcp-remote', 'MCP Inspector'],
    confidence: 'confirmed',
  },
  spec: [rfc9728('3.3')],
  outranks: ['prm-resource-invalid-uri', 'prm-resource-mismatch'],
  judge: (view) =>
    judgeResourceMetadata(view, (found) => {
      const { document, identifier } = found;
      const resource = stringMember(document, 'resource') ?? '';
      if (!identifier.startsWith('https://'))
        return notApplicable('the MCP server is not reached by https');
      const isDowngraded =
        resource.startsWith('http://') &&
        compareResource(resource.replace('http:', 'https:'), identifier) !== 'other-origin';
      return isDowngraded ? differs(found) : pass;
    }),
});

/** Judges how `resource` relates to what it has to be; one that is no string is `invalid`. */
function judgeRelation(
  view: View,
  judge: (relation: ResourceRelation, found: Found<ResourceLookup>) => Verdict | undefined,
): Verdict {
  return judgeResourceMetadata(view, (found) => {
    const resource = stringMember(found.document, 'resource');
    const relation =
      resource === undefined ? 'invalid' : compareResource(resource, found.identifier);
    return judge(relation, found) ?? pass;
  });
}

function differs({ document, exchange, identifier, source }: Found<ResourceLookup>): Verdict {
  const { resource } = document;
  return fail(
    `resource is ${shown(resource)}, expected ${quoted(identifier)}, ${REASONS[source]}`,
    atMember(exchange, 'resource'),
  );
}

/** The rules about the identifier of the resource. */
export const resourceIdentifierRules: readonly Rule[] = [
  mismatch,
  parentPath,
  trailingSlash,
  invalidUri,
  schemeDowngrade,
];
