/** What the authorization server says it can do. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, oauth21, rfc8414, rfc9207, rfc9700 } from '../spec/references.ts';
import { queryOf } from '../trace/body.ts';
import { stringsMember, type View } from '../trace/view.ts';
import { atMember, letterOf, shown, verdictOn } from './evidence.ts';
import { judgeServerMetadata } from './lookup.ts';
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

const PROTECTION = mcp(
  '2026-07-28',
  'basic/authorization/security-considerations#authorization-code-protection',
);

export const codeFlow = defineRule({
  id: 'asm-code-flow-unsupported',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'The authorization code flow is offered.',
  why: 'It is the only flow in which MCP clients sign a user in. The TypeScript SDK refuses a document without response_types_supported altogether.',
  fix: 'List code in response_types_supported, and authorization_code in grant_types_supported where that member is there.',
  example:
    '"response_types_supported": ["code"], "grant_types_supported": ["authorization_code", "refresh_token"]',
  affected: { clients: ['TypeScript SDK'], confidence: 'confirmed' },
  spec: [rfc8414('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const { grant = 'authorization_code' } = view.trace.metadata.options ?? {};
      if (grant !== 'authorization_code')
        return notApplicable(`this run used the grant ${quoted(grant)}`);
      const wanted = [
        ['response_types_supported', 'code'],
        ...(document.grant_types_supported === undefined
          ? []
          : [['grant_types_supported', 'authorization_code']]),
      ] as const;
      return verdictOn(
        wanted
          .filter(([member = '', value = '']) => !listOf(document[member]).includes(value))
          .map(([member = '', value]) => ({
            message: `${member} is ${shown(document[member])}, expected it to list ${quoted(value)}`,
            evidence: atMember(exchange, member),
          })),
      );
    }),
});

export const pkceMissing = defineRule({
  id: 'asm-pkce-methods-missing',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'The metadata says which PKCE methods are supported, in an OpenID document too.',
  why: 'Since 2025-11-25 absence means that there is no PKCE, and a client must refuse to go on. Users see "could not reach the server" or nothing at all.',
  fix: 'Add code_challenge_methods_supported. Where the identity provider cannot (Entra, Cognito), serve a copy of its document with the member added.',
  example: '"code_challenge_methods_supported": ["S256"]',
  affected: {
    clients: ['Claude', 'ChatGPT', 'Go SDK', 'C# SDK', 'Vercel AI SDK'],
    confidence: 'confirmed',
  },
  spec: [PROTECTION, rfc8414('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) =>
      document.code_challenge_methods_supported === undefined
        ? fail(
            'code_challenge_methods_supported is absent, expected ["S256"]',
            atMember(exchange, 'code_challenge_methods_supported'),
            letterOf(view) < 'C' ? { severity: 'warning' } : {},
          )
        : pass,
    ),
});

export const pkceWithoutS256 = defineRule({
  id: 'asm-pkce-no-s256',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'S256 is among the PKCE methods.',
  why: 'It is the one method that every server has to have, and the only one that MCP clients use.',
  fix: 'Support S256 and list it.',
  example: '"code_challenge_methods_supported": ["S256"]',
  affected: { clients: ['TypeScript SDK', 'every client'], confidence: 'confirmed' },
  spec: [oauth21('4.1.1'), PROTECTION],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const methods = document.code_challenge_methods_supported;
      if (methods === undefined) return notApplicable('code_challenge_methods_supported is absent');
      return listOf(methods).includes('S256')
        ? pass
        : fail(
            `code_challenge_methods_supported is ${quoted(methods)}, expected it to list "S256"`,
            atMember(exchange, 'code_challenge_methods_supported'),
          );
    }),
});

export const deprecatedGrants = defineRule({
  id: 'asm-deprecated-grants',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'SHOULD NOT',
  revisions: 'A-D',
  requires: 'Neither the implicit nor the password grant is offered.',
  why: 'Both are gone from OAuth 2.1: one puts tokens into the address bar, the other hands the password to the client.',
  fix: 'Switch them off and take them out of the metadata.',
  example:
    '"grant_types_supported": ["authorization_code", "refresh_token"], "response_types_supported": ["code"]',
  spec: [rfc9700('2.1.2'), rfc9700('2.4')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) =>
      verdictOn([
        ...listOf(document.response_types_supported)
          .filter((type) => type.split(' ').includes('token'))
          .map((type) => ({
            message: `response_types_supported lists ${quoted(type)}, expected no tokens in redirects`,
            evidence: atMember(exchange, 'response_types_supported'),
          })),
        ...listOf(document.grant_types_supported)
          .filter((grant) => grant === 'implicit' || grant === 'password')
          .map((grant) => ({
            message: `grant_types_supported lists ${quoted(grant)}, expected it not to`,
            evidence: atMember(exchange, 'grant_types_supported'),
          })),
      ]),
    ),
});

export const issUnadvertised = defineRule({
  id: 'asm-iss-parameter-unadvertised',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'D',
  requires: 'Callbacks carry iss, and the metadata says so.',
  why: 'A client that knows several authorization servers cannot tell otherwise which of them answered, and an attacker can mix them up.',
  fix: 'Return iss in every authorization response, errors too, and advertise it.',
  example: '"authorization_response_iss_parameter_supported": true',
  affected: { clients: ['ChatGPT'], confidence: 'confirmed' },
  spec: [
    mcp('2026-07-28', 'basic/authorization#authorization-response-validation'),
    rfc9207('2.3'),
  ],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) =>
      document.authorization_response_iss_parameter_supported === true
        ? pass
        : judgeCallbacks(
            view,
            atMember(exchange, 'authorization_response_iss_parameter_supported'),
          ),
    ),
});

function judgeCallbacks(view: View, member: ReturnType<typeof atMember>): Verdict {
  const callback = view.callbacks.at(-1);
  if (!callback) return inconclusive('no callback came that could have carried iss');
  return queryOf(callback).has('iss')
    ? pass
    : fail('the callback has no iss and the metadata promises none, expected both', [
        member,
        at(callback, '/request/url'),
      ]);
}

export const refreshUnlisted = defineRule({
  id: 'grant-types-omit-refresh',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A server that issues refresh tokens lists the grant.',
  why: 'VS Code registers only for grants the metadata lists. It gets no refresh token, and users sign in again every hour.',
  fix: 'Add refresh_token to grant_types_supported.',
  example: '"grant_types_supported": ["authorization_code", "refresh_token"]',
  affected: { clients: ['VS Code'], confidence: 'reported' },
  spec: [rfc8414('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const grants = stringsMember(document, 'grant_types_supported');
      if (grants === undefined) return notApplicable('grant_types_supported is absent');
      if (grants.includes('refresh_token')) return pass;
      const issued = view.tokenDocuments().find((token) => token.document.refresh_token);
      return issued
        ? fail(
            `grant_types_supported is ${quoted(grants)} although a refresh token was issued, expected it to list "refresh_token"`,
            [
              atMember(exchange, 'grant_types_supported'),
              atMember(issued.exchange, 'refresh_token'),
            ],
          )
        : notApplicable('no refresh token was issued');
    }),
});

/** The strings of a list; empty for anything else. */
function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The rules about what the authorization server offers. */
export const serverCapabilitiesRules: readonly Rule[] = [
  codeFlow,
  pkceMissing,
  pkceWithoutS256,
  deprecatedGrants,
  issUnadvertised,
  refreshUnlisted,
];
