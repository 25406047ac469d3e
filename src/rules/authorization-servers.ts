/** `authorization_servers`: whom the resource names. */
import { quoted } from '../oauth/quoted.ts';
import { isSecureUrl } from '../oauth/resource.ts';
import { mcp, rfc8414, rfc9728 } from '../spec/references.ts';
import { stringsMember } from '../trace/view.ts';
import { atMember, shown, verdictOn } from './evidence.ts';
import { isFound, judgeResourceMetadata, serverLookups } from './lookup.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Rule } from './rule.ts';

const EXAMPLE = '"authorization_servers": ["https://login.example.com/tenant"]';
const MEMBER = 'authorization_servers';

export const serversMissing = defineRule({
  id: 'prm-authorization-servers-missing',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'The metadata names at least one authorization server.',
  why: 'MCP makes the list mandatory. Without it clients take the MCP server itself for the authorization server, or give up.',
  fix: 'List the issuer of every authorization server whose tokens the server accepts. Where authentication is off, do not serve the document at all.',
  example: EXAMPLE,
  affected: { clients: ['Python SDK', 'Zed', 'TypeScript SDK'], confidence: 'confirmed' },
  spec: [
    mcp(
      '2026-07-28',
      'basic/authorization/authorization-server-discovery#authorization-server-location',
    ),
  ],
  judge: (view) =>
    judgeResourceMetadata(view, ({ document, exchange }) => {
      if ((stringsMember(document, MEMBER) ?? []).length > 0) return pass;
      const seen = shown(document[MEMBER]);
      return fail(
        `${MEMBER} is ${seen}, expected an array of at least one issuer`,
        atMember(exchange, MEMBER),
      );
    }),
});

export const serverNotIssuer = defineRule({
  id: 'prm-authorization-server-not-issuer',
  step: 'resource-metadata',
  fault: 'mcp-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'Each entry is an issuer: an https URL without query, fragment and well-known part.',
  why: 'Clients insert the well-known part themselves. Given a metadata URL they ask for it twice over and find nothing.',
  fix: 'Copy the issuer of the authorization server’s own metadata.',
  example: EXAMPLE,
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [rfc9728('2'), rfc8414('2')],
  outranks: ['asm-not-found'],
  judge: (view) =>
    judgeResourceMetadata(view, ({ document, exchange }) => {
      const entries = stringsMember(document, MEMBER) ?? [];
      if (entries.length === 0) return notApplicable('no authorization server is named');
      return verdictOn(
        entries.flatMap((entry, index) => {
          const expected = flawOf(entry);
          return expected
            ? [
                {
                  message: `${MEMBER} names ${quoted(entry)}, expected ${expected}`,
                  evidence: atMember(exchange, `${MEMBER}/${index}`),
                },
              ]
            : [];
        }),
      );
    }),
});

function flawOf(entry: string): string | undefined {
  if (entry.includes('/.well-known/')) return 'the issuer, without a well-known part';
  if (!URL.canParse(entry)) return 'an absolute URL';
  if (!isSecureUrl(entry)) return 'https';
  return /[?#]/.test(entry) ? 'neither query nor fragment' : undefined;
}

export const firstUnusable = defineRule({
  id: 'first-authorization-server-unusable',
  step: 'server-metadata',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'B-D',
  requires: 'The first authorization server of the list works.',
  why: 'Most clients take the first entry and never look at another; only ChatGPT and rmcp go on.',
  fix: 'Put the server meant for MCP clients first, and drop entries without metadata.',
  example: EXAMPLE,
  affected: {
    clients: ['Claude', 'TypeScript SDK', 'Python SDK', 'Gemini CLI'],
    confidence: 'confirmed',
  },
  spec: [
    mcp(
      '2026-07-28',
      'basic/authorization/authorization-server-discovery#authorization-server-location',
    ),
  ],
  judge: (view) =>
    judgeResourceMetadata(view, ({ document, exchange }) => {
      const [first, ...others] = stringsMember(document, MEMBER) ?? [];
      if (others.length === 0) return notApplicable('no second authorization server is named');
      const lookups = serverLookups(view).filter(({ status }) => status !== undefined);
      const ofFirst = lookups.filter(({ issuer }) => issuer === first);
      if (ofFirst.some(isFound)) return pass;
      const other = lookups.find(
        ({ issuer, document }) => document && others.includes(issuer ?? ''),
      );
      if (ofFirst.length === 0 || !other)
        return inconclusive('not both the first and another authorization server were asked');
      return fail(
        `the metadata of ${quoted(first)}, the first of the list, was not found, that of ${quoted(other.issuer)} was; expected the first to work`,
        [
          atMember(exchange, `${MEMBER}/0`),
          ...ofFirst.map((one) => at(one.exchange, '/response/status')),
        ],
      );
    }),
});

/** The rules about the authorization servers that the resource names. */
export const authorizationServersRules: readonly Rule[] = [
  serversMissing,
  serverNotIssuer,
  firstUnusable,
];
