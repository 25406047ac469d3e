/** Members that the two metadata documents have in common, and types of members. */
import { readResourceMetadata } from '../oauth/documents.ts';
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc8414, rfc9126, rfc9728 } from '../spec/references.ts';
import { stringsMember, type View } from '../trace/view.ts';
import { atMember, verdictOn, withoutAnswer } from './evidence.ts';
import {
  type Found,
  isFound,
  judgeResourceMetadata,
  type Lookup,
  resourceLookups,
  serverLookups,
} from './lookup.ts';
import {
  defineRule,
  type Fault,
  fail,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

export const emptyArray = defineRule({
  id: 'metadata-empty-array',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST NOT',
  severity: 'warning',
  revisions: 'A-D',
  requires: 'A member without values is left out of the metadata.',
  why: 'Some clients read an empty list as "nothing is supported" and give up where an absent one would mean the default.',
  fix: 'Omit the member when there is nothing to list.',
  example:
    '{"issuer":"https://login.example.com"}   not   {"issuer":"https://login.example.com","ui_locales_supported":[]}',
  spec: [rfc9728('3.2'), rfc8414('3.2')],
  judge: (view) =>
    judgeBoth(view, ({ document, exchange }, fault) => {
      const empty = Object.keys(document).filter(
        (member) => isEmptyArray(document[member]) && !OWN_RULE.has(member),
      );
      return empty.length === 0
        ? pass
        : fail(
            `${empty.map(quoted).join(', ')} ${empty.length === 1 ? 'is' : 'are'} [], expected no such member`,
            empty.map((member) => atMember(exchange, member)),
            { fault },
          );
    }),
});

/** What an empty list of these means is told by a rule of its own. */
const OWN_RULE: ReadonlySet<string> = new Set([
  'bearer_methods_supported',
  'authorization_servers',
  'response_types_supported',
  'grant_types_supported',
  'code_challenge_methods_supported',
]);

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

export const strongerProfile = defineRule({
  id: 'security-profile-unsupported',
  step: 'server-metadata',
  fault: 'client',
  level: 'field',
  severity: 'info',
  revisions: 'A-D',
  requires: 'Bearer tokens and the plain code flow are enough.',
  why: 'The metadata demands more than most MCP clients can do: bound tokens, pushed or signed requests. They fail later, at a step that does not say why.',
  fix: 'Switch the feature on in the client where it has it, or do not demand it of MCP clients.',
  example: '"dpop_bound_access_tokens_required": false',
  spec: [rfc9728('2'), rfc9126('5')],
  judge: (view) =>
    judgeBoth(view, ({ document, exchange }) => {
      const demands = DEMANDS.filter((member) => document[member] === true);
      return demands.length === 0
        ? pass
        : fail(
            `${demands.join(' and ')} ${demands.length === 1 ? 'is' : 'are'} true, expected bearer tokens and plain requests to do`,
            demands.map((member) => atMember(exchange, member)),
          );
    }),
});

const DEMANDS: readonly string[] = [
  'dpop_bound_access_tokens_required',
  'tls_client_certificate_bound_access_tokens',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
];

/** Judges both documents in use; the first that fails speaks. */
function judgeBoth(view: View, judge: (found: Found<Lookup>, fault: Fault) => Verdict): Verdict {
  const resource = resourceLookups(view).findLast(isFound);
  const server = serverLookups(view).findLast(isFound);
  const verdicts = [
    ...(resource ? [judge(resource, 'mcp-server')] : []),
    ...(server ? [judge(server, 'authorization-server')] : []),
  ];
  const asked = [...resourceLookups(view), ...serverLookups(view)];
  return (
    verdicts.find(({ kind }) => kind === 'fail') ??
    verdicts[0] ??
    withoutAnswer('a request for metadata', asked, 'no metadata was received')
  );
}

export const badFieldTypes = defineRule({
  id: 'prm-bad-field-types',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'field',
  revisions: 'B-D',
  requires: 'The members of the metadata have the types that RFC 9728 gives them.',
  why: 'Clients that check the document against a schema refuse all of it because of one member.',
  fix: 'Lists are arrays of strings, also with one item; flags are true or false without quotes.',
  example: '"scopes_supported": ["notes.read", "notes.write"]',
  affected: { clients: ['VS Code', 'TypeScript SDK', 'Python SDK'], confidence: 'reported' },
  spec: [rfc9728('2')],
  judge: (view) =>
    judgeResourceMetadata(view, ({ document, exchange }) =>
      verdictOn(
        readResourceMetadata(document)
          .problems.filter(({ member }) => !JUDGED_ELSEWHERE.has(member))
          .map(({ member, message }) => ({ message, evidence: atMember(exchange, member) })),
      ),
    ),
});

const JUDGED_ELSEWHERE: ReadonlySet<string> = new Set(['resource', 'authorization_servers']);

export const bearerHeader = defineRule({
  id: 'prm-bearer-header-unsupported',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'Tokens are taken from the Authorization header.',
  why: 'MCP clients send tokens in that header only. A document that does not list it says that none of them can be served.',
  fix: 'Add header to bearer_methods_supported, or leave the member out.',
  example: '"bearer_methods_supported": ["header"]',
  spec: [rfc9728('2'), mcp('2026-07-28', 'basic/authorization#token-requirements')],
  judge: (view) =>
    judgeResourceMetadata(view, ({ document, exchange }) => {
      const methods = stringsMember(document, 'bearer_methods_supported');
      if (methods === undefined) return notApplicable('bearer_methods_supported is absent');
      return methods.includes('header')
        ? pass
        : fail(
            `bearer_methods_supported is ${quoted(methods)}, expected it to list "header"`,
            atMember(exchange, 'bearer_methods_supported'),
          );
    }),
});

/** The rules about members of the metadata. */
export const metadataMembersRules: readonly Rule[] = [
  emptyArray,
  strongerProfile,
  badFieldTypes,
  bearerHeader,
];
