/** Metadata in the form of OpenID Connect Discovery. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc8414 } from '../spec/references.ts';
import { atMember } from './evidence.ts';
import { isFound, judgeServerMetadata, serverLookups } from './lookup.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Rule } from './rule.ts';

const DISCOVERY = mcp(
  '2026-07-28',
  'basic/authorization/authorization-server-discovery#authorization-server-metadata-discovery',
);

export const onlyOpenid = defineRule({
  id: 'asm-only-oidc',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'B-D',
  requires: 'The metadata is published as RFC 8414 says, not only as OpenID Connect does.',
  why: 'Codex and mcp-remote look at the RFC 8414 address only when they find out whether a server wants a login; older SDKs never look anywhere else.',
  fix: 'Serve the same document at /.well-known/oauth-authorization-server as well.',
  example: 'GET https://login.example.com/.well-known/oauth-authorization-server/tenant',
  affected: { clients: ['Codex', 'mcp-remote', 'older SDKs'], confidence: 'confirmed' },
  spec: [DISCOVERY, rfc8414('3')],
  judge: (view) =>
    judgeServerMetadata(view, ({ exchange, issuer, source }) => {
      if (!source.startsWith('openid')) return pass;
      const oauth = serverLookups(view).find(
        (lookup) => lookup.source === 'oauth' && lookup.issuer === issuer,
      );
      if (oauth?.status === undefined)
        return inconclusive('the RFC 8414 address was not asked, or did not answer');
      return isFound(oauth)
        ? pass
        : fail(
            `${quoted(oauth.exchange.request.url)} answered ${oauth.status}, ${quoted(exchange.request.url)} has the metadata; expected both to have it`,
            [at(oauth.exchange, '/response/status'), at(exchange, '/response/status')],
          );
    }),
});

export const openidMembersMissing = defineRule({
  id: 'asm-missing-required-fields',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'C-D',
  requires: 'An OpenID Connect document has the members that OpenID Connect requires.',
  why: 'The TypeScript SDK checks such a document against the schema of OpenID Connect and refuses it as a whole.',
  fix: 'Add the missing members, or serve RFC 8414 metadata, which does without them.',
  example:
    '"jwks_uri": "https://login.example.com/jwks", "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]',
  affected: { clients: ['TypeScript SDK'], confidence: 'confirmed' },
  spec: [DISCOVERY],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      if (!exchange.request.url.includes('/.well-known/openid-configuration'))
        return notApplicable('the metadata is no OpenID Connect document');
      const missing = OPENID_MEMBERS.filter((member) => document[member] === undefined);
      return missing.length === 0
        ? pass
        : fail(
            `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} absent, expected by OpenID Connect`,
            missing.map((member) => atMember(exchange, member)),
          );
    }),
});

const OPENID_MEMBERS: readonly string[] = [
  'jwks_uri',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
];

/** The rules about OpenID Connect documents. */
export const openidMetadataRules: readonly Rule[] = [onlyOpenid, openidMembersMissing];
