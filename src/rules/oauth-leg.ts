/** What hinders a client on the way to the OAuth endpoints. */
import { quoted } from '../oauth/quoted.ts';
import { rfc6749, rfc9110 } from '../spec/references.ts';
import { objectOf } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { type Deviation, isWholeAnswer, judgeEach } from './evidence.ts';
import { endsOf, redirectOf } from './redirect.ts';
import { at, defineRule, fail, inconclusive, notApplicable, pass } from './rule.ts';

const endpointRedirected = defineRule({
  id: 'oauth-endpoint-redirected',
  step: 'registration',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'Registration and token endpoints answer where the metadata says they are.',
  why: 'Careful clients do not carry secrets to another origin: they stop with "redirect not followed" although a browser would go on.',
  fix: 'Advertise the final URL in the authorization server metadata.',
  example: '"token_endpoint": "https://www.example.com/oauth/token"',
  affected: { clients: ['Python SDK 1.30 and 2.2', 'Rust SDK'], confidence: 'confirmed' },
  spec: [rfc6749('3.2'), rfc9110('15.4')],
  outranks: ['token-error-format', 'dcr-html-or-redirect'],
  judge: (view) =>
    judgeEach('request to an OAuth endpoint', oauthRequests(view), (exchange) => {
      const location = redirectOf(exchange);
      return location !== undefined && leadsAway(location, exchange)
        ? [
            {
              message: `${exchange.request.method} ${quoted(exchange.request.url)} was answered ${exchange.response?.status} to ${quoted(location)}, expected an answer there`,
              evidence: at(exchange, '/response/headers/location'),
            },
          ]
        : [];
    }),
});

const requiresUserAgent = defineRule({
  id: 'edge-requires-user-agent',
  step: 'registration',
  fault: 'deployment',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires: 'Metadata and OAuth endpoints answer a request that has no User-Agent.',
  why: 'Some clients name none on these requests. A firewall rule against anonymous bots answers 403, and the client reports that the server does not support OAuth or registration.',
  fix: 'Exempt /.well-known/*, the registration and the token endpoint from the rule (AWS WAF NoUserAgent_HEADER, Cloudflare bot rules).',
  example:
    'GET /.well-known/oauth-authorization-server HTTP/1.1\nHost: login.example.com   without User-Agent, answered 200',
  affected: { clients: ['Python SDK', 'Codex CLI', 'GitHub Copilot'], confidence: 'confirmed' },
  spec: [rfc9110('10.1.5')],
  judge(view) {
    const silent = [
      ...view.byRole('resource-metadata'),
      ...view.byRole('server-metadata'),
      ...oauthRequests(view),
    ].filter(({ request }) => !headerValue(request.headers, 'user-agent'));
    // A firewall does not answer in JSON; a server that says no does.
    const isLeftOut = ({ response }: Exchange): boolean =>
      response?.status === 403 && objectOf(response.body) === undefined;
    return judgeEach('OAuth request without User-Agent', silent, (exchange) =>
      isLeftOut(exchange) ? [refusalOf(exchange)] : [],
    );
  },
});

function refusalOf(exchange: Exchange): Deviation {
  const { method, url } = exchange.request;
  return {
    message: `${method} ${quoted(url)} without User-Agent was answered 403, expected the same answer as with one`,
    evidence: at(exchange, '/response/status'),
  };
}

const stallsAfterRegistration = defineRule({
  id: 'client-stalls-after-registration',
  step: 'authorization',
  fault: 'client',
  level: 'field',
  revisions: 'A-D',
  requires: 'A client that has registered sends the user to the authorization endpoint.',
  why: 'The server’s log ends at a successful registration and nothing in it is wrong: the client lost track, some versions because they forget the metadata URL of the challenge.',
  fix: 'Update the client. On the server, also serve the protected resource metadata at the path-inserted well-known URL, where the client finds it again.',
  example:
    'GET /authorize?response_type=code&client_id=…&redirect_uri=…&code_challenge=…&code_challenge_method=S256&state=…',
  affected: { clients: ['Cursor'], confidence: 'reported' },
  spec: [rfc6749('4.1.1')],
  judge(view) {
    const { source } = view.trace.metadata;
    if (source === 'trace' || source === 'self-test')
      return notApplicable('this tool made the trace: it does not forget');
    const isUnknown = !view.byRole('registration').every(isWholeAnswer);
    if (!view.registration && !isUnknown) return notApplicable('no client was registered');
    if (view.authorizations.length > 0 || view.tokenRequests().length > 0) return pass;
    return !view.registration
      ? inconclusive('the answer to a registration is missing or was cut')
      : fail(
          'the trace ends after a registration that succeeded, expected an authorization request',
          at(view.registration.exchange, '/response/status'),
        );
  },
});

/** The rules about the way to the OAuth endpoints. */
export const oauthLegRules = [endpointRedirected, requiresUserAgent, stallsAfterRegistration];

function oauthRequests(view: View): readonly Exchange[] {
  return [...view.byRole('registration'), ...view.byRole('token')];
}

/** True for another origin; the upgrade of the same host to https is followed by everybody. */
function leadsAway(location: string, exchange: Exchange): boolean {
  const ends = endsOf(location, exchange);
  if (!ends || ends.from.origin === ends.to.origin) return false;
  const isUpgrade = ends.from.protocol === 'http:' && ends.to.protocol === 'https:';
  return !isUpgrade || ends.from.hostname !== ends.to.hostname;
}
