/** Requests that got no answer, by what broke. */
import { quoted } from '../oauth/quoted.ts';
import type { Exchange, Failure } from '../trace/schema.ts';
import type { Explanation } from './cause-explanation.ts';
import { entryOf } from './evidence.ts';

const CODES: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ECONNREFUSED: [
    'nothing accepts connections there',
    'Start the server, and check that host and port are the ones it listens on and that it is reachable from here.',
  ],
  ENOTFOUND: [
    'the host name does not resolve',
    'Check the spelling of the host; if it is an internal name, the metadata must name a public one.',
  ],
  EAI_AGAIN: ['the name server did not answer', 'Check the network and the DNS, then run again.'],
  TIMEOUT: [
    'no answer came in time',
    'See whether the server is up and not behind a firewall that drops packets; a cold start may need a longer --timeout.',
  ],
  ECONNRESET: [
    'the connection was reset',
    'Look at whatever stands in front of the server: a proxy, a firewall, or TLS where plain HTTP was spoken.',
  ],
  CONNECTION_CLOSED: [
    'the connection was closed before the answer was complete',
    'The server or its proxy gave up in the middle: its log has the reason.',
  ],
  EHOSTUNREACH: ['no route leads to the host', 'Check the network between here and the server.'],
  ENETUNREACH: ['no route leads to the network', 'Check the network between here and the server.'],
  EACCES: ['the connection was not allowed', 'Check the firewall on this machine.'],
};

const TLS_FIX =
  'Serve a valid certificate for this host, with its intermediate ones; for a private authority give its certificate with --cacert.';

/** Explains a request without an answer. */
export function explainNoAnswer({ request }: Exchange, failure: Failure): Explanation {
  const known = entryOf(CODES, failure.code);
  const isTls = failure.phase === 'tls' || /CERT|TLS|SSL|ALTNAME/.test(failure.code);
  const [what, fix] = known ?? [
    isTls ? 'the TLS handshake failed' : 'no answer came',
    isTls ? TLS_FIX : 'Check that the server is running and reachable from here.',
  ];
  return {
    message: `${request.method} ${quoted(withoutQuery(request.url))} got no answer: ${what} (${failure.code}), expected one`,
    fault: 'deployment',
    fix,
  };
}

/** A query may carry what nobody should see twice. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
