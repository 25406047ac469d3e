/** How a server announces that it takes client ID metadata documents. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc8414 } from '../spec/references.ts';
import { stringsMember } from '../trace/view.ts';
import { atMember, shown } from './evidence.ts';
import { judgeServerMetadata } from './lookup.ts';
import { defineRule, fail, notApplicable, pass, type Rule } from './rule.ts';

const FLAG = 'client_id_metadata_document_supported';

const flagWithoutNone = defineRule({
  id: 'cimd-flag-without-none',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'C-D',
  requires:
    'A server that takes client ID metadata documents also lists the "none" authentication method.',
  why: 'A client that is a document is public. Some clients look for "none" first, do not find it, and fall back to dynamic registration without a word.',
  fix: 'Add "none" to token_endpoint_auth_methods_supported.',
  example: '"token_endpoint_auth_methods_supported":["none"]',
  affected: { clients: ['Claude', 'OpenCode', 'Codex CLI'], confidence: 'confirmed' },
  spec: [rfc8414('2')],
  outranks: ['asm-public-client-unsupported'],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const name = 'token_endpoint_auth_methods_supported';
      if (document[FLAG] !== true)
        return notApplicable('the server does not advertise client ID metadata documents');
      return stringsMember(document, name)?.includes('none')
        ? pass
        : fail(
            `${name} is ${shown(document[name])} and ${FLAG} is true, expected "none" among the methods`,
            atMember(exchange, name),
          );
    }),
});

const flagNotBoolean = defineRule({
  id: 'cimd-flag-not-boolean',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'field',
  severity: 'info',
  revisions: 'C-D',
  requires: 'client_id_metadata_document_supported is true or false, not a string.',
  why: 'Clients compare with true: "true" in quotes counts as no, and they register instead.',
  fix: 'Write the flag without quotes.',
  example: '"client_id_metadata_document_supported": true',
  affected: { clients: ['every client'], confidence: 'single' },
  spec: [mcp('2026-07-28', 'basic/authorization/client-registration#advertising-cimd-support')],
  outranks: ['asm-cimd-unsupported'],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const flag = document[FLAG];
      if (flag === undefined) return notApplicable('the metadata has no such flag');
      return typeof flag === 'boolean'
        ? pass
        : fail(`${FLAG} is ${quoted(flag)}, expected true or false`, atMember(exchange, FLAG));
    }),
});

/** The rules about the flag for client ID metadata documents. */
export const clientMetadataFlagRules: readonly Rule[] = [flagWithoutNone, flagNotBoolean];
