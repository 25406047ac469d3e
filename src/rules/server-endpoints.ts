/** The endpoints the metadata names. */

import { isPrivateHost } from '../oauth/private-host.ts';
import { quoted } from '../oauth/quoted.ts';
import { isSecureUrl } from '../oauth/resource.ts';
import { mcp, mcpSecurity, oauth21, rfc8414 } from '../spec/references.ts';
import type { JsonObject } from '../trace/body.ts';
import { stringMember, type View } from '../trace/view.ts';
import { atMember, shown, verdictOn } from './evidence.ts';
import { judgeServerMetadata } from './lookup.ts';
import { defineRule, notApplicable, type Rule } from './rule.ts';

const EXAMPLE = `"authorization_endpoint": "https://login.example.com/authorize",
"token_endpoint": "https://login.example.com/token"`;

export const endpointsMissing = defineRule({
  id: 'asm-endpoints-missing',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'The metadata names the authorization and the token endpoint.',
  why: 'The flow cannot start.',
  fix: 'Publish both endpoints as strings.',
  example: EXAMPLE,
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc8414('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) =>
      verdictOn(
        neededEndpoints(view)
          .filter((member) => stringMember(document, member) === undefined)
          .map((member) => ({
            message: `${member} is ${shown(document[member])}, expected a URL`,
            evidence: atMember(exchange, member),
          })),
      ),
    ),
});

/** A machine-to-machine grant sends no user anywhere. */
function neededEndpoints(view: View): readonly string[] {
  const { grant = 'authorization_code' } = view.trace.metadata.options ?? {};
  return grant === 'authorization_code'
    ? ['authorization_endpoint', 'token_endpoint']
    : ['token_endpoint'];
}

export const endpointInsecure = defineRule({
  id: 'asm-endpoint-insecure',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'Every endpoint is an absolute https URL without a fragment.',
  why: 'Codes and tokens would travel in the clear, and an authorization endpoint of another scheme could make the user’s machine start a program.',
  fix: 'Publish absolute https URLs; behind a proxy, build them from the public base URL.',
  example: EXAMPLE,
  affected: { clients: ['TypeScript SDK 2', 'Claude'], confidence: 'confirmed' },
  spec: [
    mcp('2026-07-28', 'basic/authorization/security-considerations#communication-security'),
    oauth21('3.1'),
    mcpSecurity('2026-07-28', 'oauth-authorization-url-validation'),
  ],
  outranks: ['asm-endpoints-internal-or-http'],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) =>
      verdictOn(
        endpointsOf(document).flatMap(([member, url]) => {
          const expected = flawOf(url);
          return expected
            ? [
                {
                  message: `${member} is ${quoted(url)}, expected ${expected}`,
                  evidence: atMember(exchange, member),
                },
              ]
            : [];
        }),
      ),
    ),
});

function flawOf(url: string): string | undefined {
  if (!URL.canParse(url)) return 'an absolute URL';
  if (!isSecureUrl(url)) return 'https';
  return url.includes('#') ? 'no fragment' : undefined;
}

export const endpointInternal = defineRule({
  id: 'asm-endpoints-internal-or-http',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The endpoints of a public server can be reached by the public.',
  why: 'The metadata names a host that only the server’s own network knows. The browser of the user and hosted clients cannot reach it.',
  fix: 'Build the endpoints from the public base URL, or let the server honour X-Forwarded-Host of the proxy.',
  example: EXAMPLE,
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc8414('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      if (isPrivateHost(exchange.request.url))
        return notApplicable('the authorization server is not on the public internet itself');
      return verdictOn(
        endpointsOf(document)
          .filter(([, url]) => isPrivateHost(url))
          .map(([member, url]) => ({
            message: `${member} is ${quoted(url)}, expected a host that clients can reach`,
            evidence: atMember(exchange, member),
          })),
      );
    }),
});

function endpointsOf(document: JsonObject): readonly (readonly [member: string, url: string])[] {
  return Object.entries(document).filter(
    (entry): entry is [string, string] =>
      (entry[0].endsWith('_endpoint') || entry[0] === 'jwks_uri') && typeof entry[1] === 'string',
  );
}

/** The rules about endpoints. */
export const serverEndpointsRules: readonly Rule[] = [
  endpointsMissing,
  endpointInsecure,
  endpointInternal,
];
