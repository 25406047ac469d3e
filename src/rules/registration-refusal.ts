/** Why a registration was refused, and how. */
import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl } from '../oauth/resource.ts';
import { mcp, oidcRegistration, rfc7591, rfc8252 } from '../spec/references.ts';
import { objectOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import {
  answerOf,
  contentTypeOf,
  type Deviation,
  entryOf,
  explanationOf,
  isSuccess,
  judgeEach,
  shown,
  wordsOf,
} from './evidence.ts';
import { tokenOf } from './mcp-call.ts';
import { redirectOf } from './redirect.ts';
import { at, defineRule, type Rule, type Verdict } from './rule.ts';

const errorFormat = defineRule({
  id: 'dcr-error-format',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A refused registration is answered 400 with a JSON object whose "error" says why.',
  why: 'The client has nothing to show but "registration failed", and nobody can tell a wrong redirect URI from an outage.',
  fix: 'Answer 400 with an error code of RFC 7591 and a description for people.',
  example:
    'HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{"error":"invalid_redirect_uri","error_description":"ports above 1023 only"}',
  spec: [rfc7591('3.2.2')],
  judge: (view) =>
    judgeRefused(view, (exchange) => {
      const status = exchange.response?.status ?? 0;
      // Whoever may not, or found nobody there, was refused for no metadata.
      if (status === 401 || status === 403 || isUnserved(exchange.response)) return [];
      const error = stringMember(objectOf(exchange.response?.body), 'error');
      return status === 400 && error
        ? []
        : [
            {
              message: `the registration was refused with ${error ? answerOf(exchange) : `${status} and ${quoted(contentTypeOf(exchange))} without an error code`}, expected 400 and a JSON object with "error"`,
              evidence: at(exchange, status === 400 ? '/response/body' : '/response/status'),
            },
          ];
    }),
});

const closed = defineRule({
  id: 'dcr-closed',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MAY',
  revisions: 'A-D',
  requires: 'An advertised registration endpoint is open to clients that nobody introduced.',
  why: 'MCP clients register without credentials. Where registration asks for an initial access token, a generic client gets no identity and the user sees "could not register".',
  fix: 'Support client ID metadata documents, open the endpoint to anonymous registration, or withdraw registration_endpoint and tell users which client_id to enter.',
  example: 'POST /register   (no Authorization)\n\nHTTP/1.1 201 Created',
  spec: [rfc7591('3')],
  judge: (view) =>
    judgeRefused(view, (exchange) =>
      [401, 403].includes(exchange.response?.status ?? 0) && tokenOf(exchange) === undefined
        ? [
            {
              message: `the registration without credentials was answered ${answerOf(exchange)}, expected 201`,
              evidence: at(exchange, '/response/status'),
            },
          ]
        : [],
    ),
});

const loopbackRejected = defineRule({
  id: 'dcr-loopback-rejected',
  step: 'registration',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'A native client may register an http redirect URI on a loopback host.',
  why: 'A client on the user’s own machine has nowhere else to receive the code: it cannot get a certificate for 127.0.0.1.',
  fix: 'Accept http redirect URIs on 127.0.0.1, [::1] and localhost, on any port, for clients with application_type "native".',
  example: '{"application_type":"native","redirect_uris":["http://127.0.0.1:49321/callback"]}',
  affected: {
    clients: ['VS Code', 'Claude Code', 'Codex CLI', 'mcp-remote'],
    confidence: 'confirmed',
  },
  spec: [
    rfc8252('7.3'),
    oidcRegistration('2', 'ClientMetadata'),
    mcp(
      '2026-07-28',
      'basic/authorization/client-registration#application-type-and-redirect-uri-constraints',
    ),
  ],
  outranks: ['dcr-web-type-rejects-loopback'],
  judge: (view) => judgeRedirects(view, 'native-loopback'),
});

const webTypeRejectsLoopback = defineRule({
  id: 'dcr-web-type-rejects-loopback',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'A loopback redirect URI is accepted from a client that names no application_type.',
  why: 'OpenID Connect takes such a client for a web application and demands https. Many MCP clients never send application_type and so cannot register at all.',
  fix: 'Take a client whose redirect URIs are all loopback ones for a native one.',
  example: '{"redirect_uris":["http://127.0.0.1:49321/callback"]}   is accepted',
  affected: { clients: ['OpenCode', 'Claude Code', 'mcp-remote'], confidence: 'confirmed' },
  spec: [oidcRegistration('2', 'ClientMetadata'), rfc8252('7.3')],
  judge: (view) => judgeRedirects(view, 'untyped-loopback'),
});

const mixedUriSet = defineRule({
  id: 'dcr-rejects-mixed-uri-set',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'One redirect URI that a server will not have does not cost the client the others.',
  why: 'Some clients register a private-use scheme, a loopback and an https URI together. One that the server refuses fails the whole registration.',
  fix: 'Accept private-use schemes of native clients; or register the URIs that are fine and leave out the rest.',
  example:
    '{"redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback","http://127.0.0.1:8787/callback"]}',
  affected: { clients: ['Cursor'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.1'), rfc8252('7.1')],
  judge: (view) => judgeRedirects(view, 'mixed'),
});

const redirectUriRejected = defineRule({
  id: 'dcr-redirect-uri-rejected',
  step: 'registration',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'The redirect URIs of the clients that a server wants to serve are accepted.',
  why: 'The connection dies before the user sees a login. Clients change their callback URLs between versions, so a list that was complete last year is not.',
  fix: 'Accept https redirect URIs and loopback ones on any port; keep exact lists for private-use schemes only.',
  example: '{"redirect_uris":["https://claude.ai/api/mcp/auth_callback"]}   is accepted',
  affected: { clients: ['ChatGPT', 'Cursor', 'Claude', 'VS Code'], confidence: 'confirmed' },
  spec: [rfc7591('3.2.2')],
  judge: (view) => judgeRedirects(view, 'other'),
});

/** The rules about refused registrations. */
export const registrationRefusalRules: readonly Rule[] = [
  errorFormat,
  closed,
  loopbackRejected,
  webTypeRejectsLoopback,
  mixedUriSet,
  redirectUriRejected,
];

/** Judges each registration that the server answered and did not accept. */
export function judgeRefused(
  view: View,
  judge: (exchange: Exchange) => readonly Deviation[],
): Verdict {
  const refused = view.byRole('registration').filter((exchange) => !isSuccess(exchange));
  return judgeEach('refused registration', refused, judge);
}

/** Which kind of redirect URIs a registration asked for. */
type RedirectKind = 'native-loopback' | 'untyped-loopback' | 'web-loopback' | 'mixed' | 'other';

function judgeRedirects(view: View, kind: RedirectKind): Verdict {
  return judgeRefused(view, (exchange) => {
    const asked = objectOf(exchange.request.body);
    if (!blamesRedirects(exchange) || kindOf(exchange) !== kind) return [];
    return [
      {
        message: `redirect_uris ${shown(asked?.redirect_uris)} with application_type ${shown(asked?.application_type)} was answered ${refusalShown(exchange)}, expected 201`,
        evidence: at(exchange, '/response/body/error'),
      },
    ];
  });
}

/** A refused registration as a message shows it: `400 invalid_redirect_uri: "…"`, `302 to "/login"`. */
export function refusalShown(exchange: Exchange): string {
  const location = redirectOf(exchange);
  if (location !== undefined) return `${answerOf(exchange)} to ${quoted(location)}`;
  const words = wordsOf(exchange);
  return words ? `${answerOf(exchange)}: ${quoted(words)}` : answerOf(exchange);
}

/** True where a refusal is about the redirect URIs: it says so by code or in words. */
function blamesRedirects(exchange: Exchange): boolean {
  const { status = 0 } = exchange.response ?? {};
  const error = stringMember(objectOf(exchange.response?.body), 'error');
  if (status < 400 || status >= 500) return false;
  return (
    error === 'invalid_redirect_uri' ||
    /redirect[ _-]?ur[il]|must use https|require https/i.test(explanationOf(exchange))
  );
}

/** A loopback URI of a client that calls itself a web application is refused rightly. */
const KINDS: Readonly<Record<string, RedirectKind>> = {
  native: 'native-loopback',
  undefined: 'untyped-loopback',
  web: 'web-loopback',
};

function kindOf(exchange: Exchange): RedirectKind {
  const asked = objectOf(exchange.request.body);
  const uris = stringsMember(asked, 'redirect_uris') ?? [];
  const loopback = uris.filter((uri) => uri.startsWith('http:') && isLoopbackUrl(uri));
  if (loopback.length > 0 && loopback.length < uris.length) return 'mixed';
  if (loopback.length === 0) return 'other';
  return entryOf(KINDS, String(stringMember(asked, 'application_type'))) ?? 'other';
}
