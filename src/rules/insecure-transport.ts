/** Transport security: https, and certificates that are trusted. */
import { quoted } from '../oauth/quoted.ts';
import { isLoopbackUrl, isSecureUrl } from '../oauth/resource.ts';
import { originOf } from '../oauth/well-known.ts';
import { mcp, oauth21 } from '../spec/references.ts';
import type { Exchange } from '../trace/schema.ts';
import { isDistrusted } from '../trace/tls.ts';
import { type Deviation, onePerMessage, verdictOn } from './evidence.ts';
import { at, defineRule, inconclusive, notApplicable } from './rule.ts';

export const insecureTransport = defineRule({
  id: 'insecure-transport',
  step: 'challenge',
  fault: 'deployment',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'Everything travels over https with a valid certificate; only loopback may do without.',
  why: 'Tokens, codes and metadata can be read and replaced on the way. Clients refuse such servers, and browsers warn.',
  fix: 'Serve every URL over https with a certificate of a public authority, or one that the clients trust, valid for the host name.',
  example: 'https://api.example.com/mcp   not   http://api.example.com/mcp',
  affected: { clients: ['every client'], confidence: 'confirmed' },
  spec: [
    oauth21('1.5'),
    mcp('2026-07-28', 'basic/authorization/security-considerations#communication-security'),
  ],
  judge({ exchanges }) {
    if (exchanges.length === 0) return notApplicable('no request was made');
    const deviations = exchanges.flatMap(insecurityOf);
    const isUnreached = exchanges.every(({ failure }) => failure && BEFORE_TLS.has(failure.phase));
    const isLocal = exchanges.some(({ request }) => isLoopbackUrl(request.url));
    return deviations.length === 0 && isUnreached && !isLocal
      ? inconclusive('no server was reached, so that none showed a certificate')
      : verdictOn(onePerMessage(deviations), certificateFix(exchanges));
  },
});

const BEFORE_TLS: ReadonlySet<string> = new Set(['request', 'dns', 'connect']);

/** What mends the first certificate that was not trusted. */
function certificateFix(exchanges: readonly Exchange[]): string | undefined {
  const reason = exchanges.map(distrustOf).find((one) => one !== undefined) ?? '';
  return CERTIFICATE_FIXES.find(([pattern]) => pattern.test(reason))?.[1];
}

const CERTIFICATE_FIXES: readonly (readonly [reason: RegExp, fix: string])[] = [
  [
    /ALTNAME|HOSTNAME/,
    'Serve a certificate that lists this host name, or call the server by a name that it lists.',
  ],
  [
    /EXPIRED|NOT_YET_VALID/,
    'Renew the certificate. If it is valid, set the clock of this machine.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO/,
    'Serve a certificate of a public authority, with its intermediate ones. Where the authority is a private one, the clients have to trust it; here --cacert names its certificate.',
  ],
];

function insecurityOf(exchange: Exchange): readonly Deviation[] {
  const { url } = exchange.request;
  if (/^http:/i.test(url) && !isSecureUrl(url))
    return [
      {
        message: `a request went to ${quoted(originOf(url) || url)} over http, expected https`,
        evidence: at(exchange, '/request/url'),
      },
    ];
  const reason = distrustOf(exchange);
  return reason
    ? [
        {
          message: `the certificate of ${quoted(originOf(url))} is not trusted (${reason}), expected a valid one`,
          evidence: at(exchange, '/connection/tls'),
        },
      ]
    : [];
}

/** Why a certificate was not trusted: with --insecure the flow goes on, without it there is no answer. */
function distrustOf({ connection, failure }: Exchange): string | undefined {
  const { tls } = connection;
  if (tls && isDistrusted(tls)) return tls.authorization_error ?? 'unknown reason';
  return failure?.phase === 'tls' && CERTIFICATE_CODES.test(failure.code)
    ? failure.code
    : undefined;
}

/** An alert is the server's: it does not take the certificate of the client. */
const CERTIFICATE_CODES =
  /^(?!.*_ALERT_).*(?:CERT|SELF_SIGNED|UNABLE_TO_|CRL|HOSTNAME_MISMATCH|INVALID_CA)/;
