/** `issuer`: does the metadata belong to the authorization server it was fetched for. */
import { compareIssuer, type IssuerRelation } from '../oauth/issuer.ts';
import { quoted } from '../oauth/quoted.ts';
import { isSecureUrl } from '../oauth/resource.ts';
import { mcp, rfc8414 } from '../spec/references.ts';
import { stringMember, type View } from '../trace/view.ts';
import { atMember, shown } from './evidence.ts';
import { callbacks } from './front-channel.ts';
import {
  type Found,
  isFound,
  judgeServerMetadata,
  resourceLookups,
  type ServerLookup,
} from './lookup.ts';
import {
  at,
  defineRule,
  type Evidence,
  fail,
  notApplicable,
  pass,
  type Rule,
  type Verdict,
} from './rule.ts';

const DISCOVERY = mcp(
  '2026-07-28',
  'basic/authorization/authorization-server-discovery#authorization-server-metadata-discovery',
);
const EXAMPLE = `"authorization_servers": ["https://login.example.com/tenant"]   (resource)
"issuer": "https://login.example.com/tenant"                     (authorization server)`;

export const mismatch = defineRule({
  id: 'asm-issuer-mismatch',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'issuer is the identifier that the URL of the document was built from.',
  why: 'Otherwise a client could be led to another server, so it throws the document away. Usual causes: an identity provider’s document passed on unchanged, another host name, a dropped path.',
  fix: 'Make issuer and the entry in authorization_servers the same string; when an identity provider’s document is passed on, name that provider’s issuer instead.',
  example: EXAMPLE,
  affected: {
    clients: ['TypeScript SDK 2', 'Python SDK', 'Go SDK', 'rmcp', 'Copilot CLI', 'Claude Code'],
    confidence: 'confirmed',
  },
  spec: [rfc8414('3.3'), DISCOVERY],
  judge: (view) =>
    judgeIssuer(view, (relation, found) =>
      relation === 'different' || relation === 'missing' ? differs(view, found) : pass,
    ),
});

export const trailingSlash = defineRule({
  id: 'asm-issuer-trailing-slash',
  step: 'server-metadata',
  fault: 'deployment',
  level: 'MUST',
  revisions: 'B-D',
  requires: 'issuer and the entry in authorization_servers agree on the closing slash.',
  why: 'Issuers are compared character by character; a slash too many is a different issuer, and strict clients go no further.',
  fix: 'Copy the issuer of the authorization server byte for byte into authorization_servers.',
  example: EXAMPLE,
  affected: { clients: ['Copilot CLI', 'ChatGPT'], confidence: 'confirmed' },
  spec: [rfc8414('3.3')],
  outranks: ['asm-issuer-mismatch'],
  judge: (view) =>
    judgeIssuer(view, (relation, found) =>
      relation === 'trailing-slash' ? differs(view, found) : pass,
    ),
});

/** Judges the issuer of a document that was fetched for one the resource, or the user, named. */
function judgeIssuer(
  view: View,
  judge: (relation: IssuerRelation, found: Found<ServerLookup>) => Verdict,
): Verdict {
  return judgeServerMetadata(view, (found) =>
    found.issuer === undefined || found.source === 'origin'
      ? notApplicable('no issuer was named before the metadata was fetched')
      : judge(compareIssuer(stringMember(found.document, 'issuer'), found.issuer), found),
  );
}

function differs(view: View, { document, exchange, issuer }: Found<ServerLookup>): Verdict {
  const seen = shown(document.issuer);
  return fail(`issuer is ${seen}, expected ${quoted(issuer)}`, [
    atMember(exchange, 'issuer'),
    ...whereNamed(view, issuer),
  ]);
}

/** The entry of the resource's metadata that named the issuer. */
function whereNamed(view: View, issuer: string | undefined): readonly Evidence[] {
  const resource = resourceLookups(view).findLast(isFound);
  const entries = resource?.document.authorization_servers;
  const index = Array.isArray(entries) ? entries.indexOf(issuer) : -1;
  return resource && index >= 0
    ? [atMember(resource.exchange, `authorization_servers/${index}`)]
    : [];
}

export const invalid = defineRule({
  id: 'asm-issuer-invalid',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'issuer is an https URL without query and fragment.',
  why: 'Anything else cannot be the base of a metadata URL, and what comes over plain http can be replaced on the way.',
  fix: 'Configure the public https URL, without query and fragment, as issuer.',
  example: '"issuer": "https://login.example.com/tenant"',
  spec: [rfc8414('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const issuer = stringMember(document, 'issuer');
      if (issuer === undefined) return notApplicable('issuer is absent or no string');
      const isGood = isSecureUrl(issuer) && !/[?#]/.test(issuer);
      return isGood
        ? pass
        : fail(
            `issuer is ${quoted(issuer)}, expected an https URL without query and fragment`,
            atMember(exchange, 'issuer'),
          );
    }),
});

export const notOrigin = defineRule({
  id: 'no-prm-issuer-not-origin',
  step: 'server-metadata',
  fault: 'mcp-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires:
    'Metadata at the MCP origin, found without protected resource metadata, names that origin as issuer.',
  why: 'The server passes on the document of another authorization server. Newer SDKs compare its issuer on this old path as well and refuse.',
  fix: 'Publish protected resource metadata that names the real issuer, and let clients fetch its document there.',
  example: EXAMPLE,
  affected: { clients: ['Python SDK', 'TypeScript SDK 2'], confidence: 'confirmed' },
  spec: [rfc8414('3.3')],
  outranks: ['authz-iss-mismatch'],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange, issuer = '', source }) => {
      if (source !== 'origin')
        return notApplicable('the metadata was not looked for at the MCP origin');
      const relation = compareIssuer(stringMember(document, 'issuer'), issuer);
      // The slash of an empty path is forgiven here.
      return relation === 'same' || relation === 'trailing-slash'
        ? pass
        : fail(
            `issuer is ${shown(document.issuer)}, expected ${quoted(issuer)}, the origin that serves it`,
            [atMember(exchange, 'issuer'), ...whereDenied(view, document.issuer)],
          );
    }),
});

/** The callbacks that name another issuer: where clients of 2026-07-28 stop over it. */
function whereDenied(view: View, issuer: unknown): readonly Evidence[] {
  return callbacks(view)
    .filter(({ parameters }) => (parameters.get('iss') ?? issuer) !== issuer)
    .map(({ exchange }) => at(exchange, '/request/url'));
}

/** The rules about the issuer. */
export const issuerRules: readonly Rule[] = [mismatch, trailingSlash, invalid, notOrigin];
