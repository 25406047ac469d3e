/** How a client that nobody knows yet comes by an identity. */
import { quoted } from '../oauth/quoted.ts';
import { mcp, rfc7591, rfc8252, rfc8414 } from '../spec/references.ts';
import { type JsonObject, objectOf, queryOf } from '../trace/body.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import { atMember, shown } from './evidence.ts';
import { judgeServerMetadata } from './lookup.ts';
import { defineRule, fail, notApplicable, pass, type Rule } from './rule.ts';

const FLAG = 'client_id_metadata_document_supported';
const ENDPOINT = 'registration_endpoint';
const METHODS = 'token_endpoint_auth_methods_supported';
const CIMD = mcp(
  '2026-07-28',
  'basic/authorization/client-registration#client-id-metadata-documents',
);

export const noRegistration = defineRule({
  id: 'asm-no-registration-path',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'A-D',
  requires: 'A client can introduce itself: by its metadata document or by registration.',
  why: 'An MCP client meets servers it has never heard of. Where it cannot register, users read "does not support dynamic client registration" and have to find a client id by hand.',
  fix: 'Support client ID metadata documents or dynamic registration, put a registering proxy in front of the identity provider, or tell users which client id to enter.',
  example: `"${FLAG}": true`,
  affected: { clients: ['Claude Code', 'every client'], confidence: 'confirmed' },
  spec: [mcp('2026-07-28', 'basic/authorization/client-registration')],
  outranks: ['asm-cimd-unsupported'],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      if (document[FLAG] === true || stringMember(document, ENDPOINT)) return pass;
      if (isPreregistered(view)) return notApplicable('the client brought its own client id');
      return fail(
        `${ENDPOINT} is ${shown(document[ENDPOINT])} and ${FLAG} is not true, expected one of them`,
        [atMember(exchange, ENDPOINT), atMember(exchange, FLAG)],
      );
    }),
});

/** The user gave a client id, or one was used that no registration of this trace brought. */
function isPreregistered(view: View): boolean {
  return (
    view.trace.metadata.options?.client_id_given === true ||
    (view.byRole('registration').length === 0 &&
      view.authorizations.some((exchange) => queryOf(exchange).has('client_id')))
  );
}

export const cimdUnsupported = defineRule({
  id: 'asm-cimd-unsupported',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'C-D',
  requires: 'Client ID metadata documents are supported.',
  why: 'They are the preferred way to introduce a client, and leave no records behind; dynamic registration is deprecated since 2026-07-28.',
  fix: 'Accept an https URL as client_id, read the document there, and advertise it.',
  example: `"${FLAG}": true`,
  spec: [CIMD],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) =>
      document[FLAG] === true
        ? pass
        : fail(`${FLAG} is ${shown(document[FLAG])}, expected true`, atMember(exchange, FLAG)),
    ),
});

export const publicUnsupported = defineRule({
  id: 'asm-public-client-unsupported',
  step: 'server-metadata',
  fault: 'authorization-server',
  level: 'SHOULD',
  revisions: 'A-D',
  requires: 'The token endpoint takes clients that authenticate with PKCE alone.',
  why: 'A program on the user’s machine cannot keep a secret. Where none is not listed (absent means client_secret_basic) a client gets a secret it must send, or an invalid_client.',
  fix: `Add none to ${METHODS}.`,
  example: `"${METHODS}": ["none", "client_secret_basic"]`,
  affected: { clients: ['every client on a user’s machine'], confidence: 'confirmed' },
  spec: [rfc8414('2'), rfc8252('8.4')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      if (!isPublic(view)) return notApplicable('no public client introduced itself');
      return takesPublicClients(document)
        ? pass
        : fail(
            `${METHODS} is ${shown(document[METHODS])}, expected it to list "none"`,
            atMember(exchange, METHODS),
          );
    }),
});

/** Asked to be registered without a secret, or is its own document. */
function isPublic(view: View): boolean {
  return (
    view
      .byRole('registration')
      .some(({ request }) => objectOf(request.body)?.token_endpoint_auth_method === 'none') ||
    view.authorizations.some((exchange) =>
      queryOf(exchange).get('client_id')?.startsWith('https://'),
    )
  );
}

function takesPublicClients(document: JsonObject): boolean {
  return stringsMember(document, METHODS)?.includes('none') === true;
}

export const methodsInconsistent = defineRule({
  id: 'token-auth-methods-inconsistent',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  revisions: 'A-D',
  requires: 'A client is registered with a method that the metadata lists.',
  why: 'Clients choose by the metadata and obey the registration. Where the two disagree, some use a method that the token endpoint refuses.',
  fix: `List in ${METHODS} exactly what registration and token endpoint accept.`,
  example: `"${METHODS}": ["none", "client_secret_basic", "client_secret_post"]`,
  affected: { clients: ['Claude', 'Claude Code'], confidence: 'confirmed' },
  spec: [rfc8414('2'), rfc7591('2')],
  judge: (view) =>
    judgeServerMetadata(view, ({ document, exchange }) => {
      const given = stringMember(view.registration?.document, 'token_endpoint_auth_method');
      if (!view.registration || given === undefined)
        return notApplicable('no registration named a method');
      // Without a list the default holds; a missing none is another rule's.
      const listed = stringsMember(document, METHODS) ?? ['client_secret_basic'];
      return given === 'none' || listed.includes(given)
        ? pass
        : fail(
            `the client was registered with ${quoted(given)}, ${METHODS} is ${shown(document[METHODS])}; expected the one in the other`,
            [
              atMember(view.registration.exchange, 'token_endpoint_auth_method'),
              atMember(exchange, METHODS),
            ],
          );
    }),
});

/** The rules about how a client introduces itself. */
export const clientIntroductionRules: readonly Rule[] = [
  noRegistration,
  cimdUnsupported,
  publicUnsupported,
  methodsInconsistent,
];
