/** Refusals of a registration that have a known cause: one row each. */
import { type Reference, rfc7591 } from '../spec/references.ts';
import type { Exchange } from '../trace/schema.ts';
import { isUnserved } from '../trace/unserved.ts';
import { contentTypeOf, explanationOf } from './evidence.ts';
import { isRedirect } from './redirect.ts';
import { judgeRefused, refusalShown } from './registration-refusal.ts';
import { type Affected, at, defineRule, type Rule } from './rule.ts';

interface Hurdle {
  readonly id: string;
  readonly requires: string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
  readonly affected: Affected;
  readonly spec?: readonly Reference[];
  /** Of which more general rules it tells the same fact. */
  readonly outranks: readonly string[];
  /** True for the refusals it explains. */
  readonly explains: (exchange: Exchange) => boolean;
}

/** Rules that a refusal with a known cause silences: they say less about it. */
const GENERAL = ['dcr-error-format', 'dcr-closed'];

/** A refusal with this status, explained in words like these. */
function says(pattern: RegExp): Hurdle['explains'] {
  return (exchange) => {
    const status = exchange.response?.status ?? 0;
    return status >= 400 && status < 500 && status !== 429 && pattern.test(explanationOf(exchange));
  };
}

const REDIRECT_FIX =
  'Advertise the final URL in the metadata, slash and all; where the redirect leads to a login, exempt the endpoint from it.';

function isHtml(exchange: Exchange): boolean {
  return /^text\/html/i.test(contentTypeOf(exchange));
}

const HURDLES: readonly Hurdle[] = [
  {
    id: 'dcr-trusted-hosts-policy',
    requires: 'Registration policies let the hosts register that MCP clients call from.',
    why: 'Keycloak’s "Trusted Hosts" policy checks where a registration comes from and which hosts its URIs name; out of the box it refuses every MCP client.',
    fix: 'In the client registration policies, add the clients’ hosts to "Trusted Hosts", or turn off its check of the sending host.',
    example:
      '"trusted-hosts": ["127.0.0.1", "localhost", "claude.ai"], "host-sending-registration-request-must-match": ["false"]',
    affected: { clients: ['every client'], confidence: 'confirmed' },
    outranks: [...GENERAL, 'dcr-loopback-rejected', 'dcr-redirect-uri-rejected'],
    explains: says(/trusted hosts/i),
  },
  {
    id: 'dcr-html-or-redirect',
    requires: 'The registration endpoint answers in JSON, and itself.',
    why: 'A client that expects JSON reports a parse error on a page or a redirect. Web frameworks fall back to HTML where they take the caller for a browser; bot protection answers for the server.',
    fix: 'Answer JSON whatever Accept says, exempt the endpoint from login redirects and bot challenges, and advertise its final URL.',
    example: 'HTTP/1.1 400 Bad Request\nContent-Type: application/json',
    affected: { clients: ['every client'], confidence: 'confirmed' },
    outranks: [...GENERAL, 'dcr-redirect-uri-rejected', 'dcr-loopback-rejected'],
    explains: (exchange) => {
      const status = exchange.response?.status ?? 0;
      // A page that says "not found" or "bad gateway" tells of the address or the server, not of the format.
      const isRefusal = status >= 400 && status < 500 && !isUnserved(exchange.response);
      return isRedirect(exchange) || (isRefusal && isHtml(exchange));
    },
  },
  {
    id: 'dcr-rate-limited',
    requires: 'Registrations are not limited so tightly that honest clients are turned away.',
    why: 'Hosted clients register for all their users from a few addresses, and some register twice per connection. A limit by address refuses them with "could not register".',
    fix: 'Raise the limit for the registration endpoint, or support client ID metadata documents, which need no registration.',
    example: '"client_id_metadata_document_supported": true',
    affected: { clients: ['Claude'], confidence: 'reported' },
    outranks: GENERAL,
    explains: ({ response }) => response?.status === 429,
  },
  {
    id: 'dcr-rejects-auth-method',
    requires: 'Clients may register with the token_endpoint_auth_method the metadata offers.',
    why: 'Some clients ask for "none", others for "client_secret_post". A server that registers only one kind locks out the other.',
    fix: 'Accept both, or list in token_endpoint_auth_methods_supported only what registration accepts.',
    example: '"token_endpoint_auth_methods_supported":["none","client_secret_post"]',
    affected: { clients: ['Claude', 'Claude Code'], confidence: 'confirmed' },
    outranks: GENERAL,
    explains: says(/auth(entication)?[ _]method/i),
  },
  {
    id: 'dcr-unknown-grant-or-missing-default',
    requires:
      'A registration without grant_types, or with a grant the server does not know, is accepted.',
    why: 'grant_types has a default, and clients list every grant they can use: VS Code lists device codes. Refusing the whole registration for one of them locks the client out.',
    fix: 'Register the grants that are supported and return that list; take authorization_code where none is named.',
    example: '{"grant_types":["authorization_code","refresh_token"]}',
    affected: { clients: ['VS Code'], confidence: 'reported' },
    outranks: GENERAL,
    explains: says(/grant[ _]?types?/i),
  },
  {
    id: 'dcr-client-name-policy',
    requires: 'Registration does not depend on the name a client goes by.',
    why: 'Clients put their own name, and often the name the user gave the server, into client_name. Lists of names and reserved words refuse clients at random.',
    fix: 'Accept any client_name and show it to the user at the consent page.',
    example:
      '{"client_name":"any name","redirect_uris":["http://127.0.0.1:49321/callback"]}   is accepted',
    affected: {
      clients: ['Claude Code', 'every client without a listed name'],
      confidence: 'confirmed',
    },
    outranks: GENERAL,
    explains: says(/client[ _]?name/i),
  },
];

/** The rules about refusals that have a known cause. */
export const registrationHurdleRules: readonly Rule[] = HURDLES.map(
  ({ explains, spec = [rfc7591('3.2.2')], ...texts }) =>
    defineRule({
      ...texts,
      step: 'registration',
      fault: 'authorization-server',
      level: 'field',
      severity: 'error',
      revisions: 'A-D',
      spec,
      judge: (view) =>
        judgeRefused(view, (exchange) =>
          explains(exchange)
            ? [
                {
                  message: `the registration was answered ${isHtml(exchange) ? 'with a page, ' : ''}${refusalShown(exchange)}, expected 201 and the registered client`,
                  evidence: at(exchange, '/response/body'),
                  ...(isRedirect(exchange) && { fix: REDIRECT_FIX }),
                },
              ]
            : [],
        ),
    }),
);
