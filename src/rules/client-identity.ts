/** How a client introduces itself, and where it then uses its identity. */
import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl } from '../oauth/resource.ts';
import { parseScope } from '../oauth/scope.ts';
import { mcp } from '../spec/references.ts';
import { formOf, objectOf, queryOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import { type Deviation, isSuccess, shown, verdictOn } from './evidence.ts';
import { authorizationRequests, metadataNaming } from './front-channel.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass, type Rule } from './rule.ts';

const applicationType = defineRule({
  id: 'client-application-type',
  step: 'registration',
  fault: 'client',
  level: 'MUST',
  revisions: 'D',
  requires:
    'A registration says application_type "native" or "web", and "native" for loopback redirects.',
  why: 'OpenID Connect servers take a client without a type for a web application and refuse its loopback redirect URIs.',
  fix: 'Send application_type "native" from anything that runs on the user’s machine, "web" from a hosted client.',
  example: '{"application_type":"native","redirect_uris":["http://127.0.0.1:49321/callback"]}',
  affected: { clients: ['OpenCode', 'Claude Code', 'mcp-remote'], confidence: 'confirmed' },
  spec: [
    mcp(
      '2026-07-28',
      'basic/authorization/client-registration#application-type-and-redirect-uri-constraints',
    ),
  ],
  judge(view) {
    const registrations = view.byRole('registration');
    if (registrations.length === 0) return notApplicable('the client did not register');
    if (registrations.some(({ request }) => !objectOf(request.body)))
      return inconclusive('what the client sent to register is not in the trace');
    return verdictOn(registrations.flatMap(typeDeviations));
  },
});

const refreshGrantUndeclared = defineRule({
  id: 'client-refresh-grant-undeclared',
  step: 'registration',
  fault: 'client',
  level: 'SHOULD',
  revisions: 'D',
  requires: 'A client that wants to refresh registers for the refresh_token grant.',
  why: 'Many servers issue refresh tokens only to clients that declare the grant; the others log in again each time the access token expires.',
  fix: 'Register grant_types ["authorization_code","refresh_token"].',
  example: '{"grant_types":["authorization_code","refresh_token"]}',
  spec: [mcp('2026-07-28', 'basic/authorization#refresh-tokens')],
  judge(view) {
    const declared = [...view.byRole('registration'), ...view.byRole('client-metadata')].flatMap(
      (exchange) => {
        const isDocument = view.role(exchange) === 'client-metadata';
        const { request, response } = exchange;
        const client = objectOf(isDocument ? response?.body : request.body);
        return client ? [{ exchange, client, isDocument }] : [];
      },
    );
    if (declared.length === 0) return notApplicable('no metadata of the client is in this trace');
    const silent = declared.filter(
      ({ client }) => !stringsMember(client, 'grant_types')?.includes('refresh_token'),
    );
    const [first] = silent;
    if (!first) return pass;
    if (!wantsRefresh(view))
      return inconclusive('nothing shows whether the client wants to refresh its tokens');
    return fail(
      `grant_types is ${shown(first.client.grant_types)} and the client wants to refresh, expected it to hold "refresh_token"`,
      at(first.exchange, `/${first.isDocument ? 'response' : 'request'}/body/grant_types`),
    );
  },
});

const issuerBinding = defineRule({
  id: 'client-credential-issuer-binding',
  step: 'registration',
  fault: 'client',
  level: 'MUST NOT',
  revisions: 'D',
  requires: 'A client_id is used with no other authorization server than the one that issued it.',
  why: 'Credentials sent elsewhere are leaked, and break the login when a server moves to another authorization server. Metadata documents as client_id are exempt: they are meant for every server.',
  fix: 'Store credentials by issuer, and register anew when the resource metadata names another one.',
  example:
    '{"https://login.example.com":{"client_id":"a1"},"https://id.example.org":{"client_id":"b2"}}',
  affected: {
    clients: ['Python SDK before 1.30', 'TypeScript SDK before 1.31'],
    confidence: 'confirmed',
  },
  spec: [mcp('2026-07-28', 'basic/authorization/client-registration#authorization-server-binding')],
  judge(view) {
    const uses = credentialUses(view);
    if (uses.length === 0 && view.authorizations.length + view.tokenRequests().length === 0)
      return notApplicable('no client_id was used');
    if (uses.length === 0)
      return inconclusive('no metadata tells which authorization server an endpoint belongs to');
    const homes = new Map(uses.map((use) => [use.clientId, use] as const).reverse());
    const deviations = uses.flatMap((use): readonly Deviation[] => {
      const home = homes.get(use.clientId);
      if (!home || home.issuer === use.issuer) return [];
      return [
        {
          message: `client_id ${quoted(use.clientId)} of ${quoted(home.issuer)} was sent to ${quoted(use.issuer)}, expected one that was registered there`,
          evidence: at(use.exchange, '/request'),
        },
      ];
    });
    return verdictOn(deviations);
  },
});

/** The rules about the client's identity. */
export const clientIdentityRules: readonly Rule[] = [
  applicationType,
  refreshGrantUndeclared,
  issuerBinding,
];

function typeDeviations(exchange: Exchange): readonly Deviation[] {
  const asked = objectOf(exchange.request.body);
  const type = asked?.application_type;
  const loopback = (stringsMember(asked, 'redirect_uris') ?? []).filter(isLoopbackUrl);
  if (type === 'native' || (type === 'web' && loopback.length === 0)) return [];
  const seen = type === 'web' ? `"web" with the redirect URI ${quoted(loopback[0])}` : shown(type);
  return [
    {
      message: `application_type is ${seen}, expected ${loopback.length > 0 ? '"native"' : '"native" or "web"'}`,
      evidence: at(exchange, '/request/body/application_type'),
    },
  ];
}

function wantsRefresh(view: View): boolean {
  return (
    view.tokenRequests('refresh_token').length > 0 ||
    authorizationRequests(view).some(({ parameters }) =>
      parseScope(parameters?.get('scope') ?? '').has('offline_access'),
    )
  );
}

interface CredentialUse {
  readonly exchange: Exchange;
  readonly clientId: string;
  readonly issuer: string;
}

/** Where each client_id was issued and used, in order; documents as client_id and unknown servers are left out. */
function credentialUses(view: View): readonly CredentialUse[] {
  const exchanges = [
    ...view.byRole('registration').filter(isSuccess),
    ...view.byRole('pushed-authorization'),
    ...authorizationRequests(view).map(({ exchange }) => exchange),
    ...view.tokenRequests(),
  ].sort((a, b) => a.id - b.id);
  return exchanges.flatMap((exchange) => {
    const clientId =
      stringMember(objectOf(exchange.response?.body), 'client_id') ??
      queryOf(exchange).get('client_id') ??
      formOf(exchange).get('client_id');
    const issuer = stringMember(metadataNaming(view, exchange)?.document, 'issuer');
    return clientId && issuer && !isDocumentUrl(clientId) ? [{ exchange, clientId, issuer }] : [];
  });
}

/** True for a client_id that is the URL of a client ID metadata document. */
export function isDocumentUrl(clientId: string): boolean {
  return /^https?:\/\//i.test(clientId);
}
