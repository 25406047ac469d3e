/** Requests that got no answer, by what broke. */
import { quoted } from '../oauth/quoted.ts';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Exchange, Failure } from '../trace/schema.ts';
import type { Explanation } from './cause-explanation.ts';
import { entryOf, withoutQuery } from './evidence.ts';

const CODES: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ECONNREFUSED: [
    'nothing accepts connections there',
    'Start the server, and check that host and port are the ones it listens on and that it is reachable from here.',
  ],
  ENOTFOUND: [
    'the host name does not resolve',
    'Check the spelling of the host; a name that only an internal network knows must not stand in public metadata.',
  ],
  EAI_AGAIN: ['the name server did not answer', 'Check the network and the DNS, then run again.'],
  TIMEOUT: [
    'no answer came in time',
    'See whether the server is up and not behind a firewall that drops packets; a cold start may need a longer --timeout.',
  ],
  ECONNRESET: [
    'the connection was reset',
    'Look at whatever stands in front of the server: a proxy or a firewall.',
  ],
  CONNECTION_CLOSED: [
    'the connection was closed before the answer was complete',
    'The server or its proxy gave up in the middle: its log has the reason.',
  ],
  BODY_CUT_OFF: [
    'the answer ended before all of it had come',
    'Let Content-Length be the length of the body as it is sent; a proxy that packs or unpacks a body has to change it too.',
  ],
  BODY_NOT_DECODABLE: [
    'the body is not in the content-encoding it announces',
    'Let Content-Encoding name how the body is really packed, or leave it out; a proxy that packs or unpacks a body has to change it too.',
  ],
  BODY_TOO_LARGE: [
    'the answer went on and on',
    'See in the log of the server what it sends: an answer of MCP or OAuth is far smaller.',
  ],
  HEADERS_TOO_LARGE: [
    'the headers of the answer are larger than 16 KiB',
    'Send fewer or shorter headers: cookies and policies add up, and clients have the same limit.',
  ],
  NOT_HTTP: [
    'what came back is not HTTP',
    'Check the port: something other than a web server answers there.',
  ],
  EHOSTUNREACH: ['no route leads to the host', 'Check the network between here and the server.'],
  ENETUNREACH: ['no route leads to the network', 'Check the network between here and the server.'],
  EACCES: ['the connection was not allowed', 'Check the firewall on this machine.'],
};

/** What OpenSSL says, whose codes differ from one version to the next. */
const TLS_CODES: readonly (readonly [code: RegExp, what: string, fix: string])[] = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    'what listens there does not speak TLS',
    'Use http:// where this port is meant to speak plain HTTP; else name the port that speaks TLS.',
  ],
  [
    /ALERT_.*(?:CERTIFICATE|UNKNOWN_CA)/,
    'the server wants a client certificate that it trusts',
    'Give such a certificate with --cert and --key.',
  ],
  [
    /HANDSHAKE_FAILURE/,
    'the server broke off the TLS handshake',
    'If the server wants a client certificate, give it with --cert and --key; else let server and client share a cipher.',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    'server and client have no version of TLS in common',
    'Let the server speak TLS 1.2 or 1.3.',
  ],
  [
    /SSL|TLS|CERT/,
    'the TLS handshake failed',
    'Compare with what openssl s_client -connect says of the same host and port.',
  ],
];

/** How a port that speaks TLS meets plain HTTP. */
const HANGS_UP = /^(?:ECONNRESET|CONNECTION_CLOSED|NOT_HTTP)$/;

/** A stream that was opened and on which nothing came. */
const SILENT_STREAM = [
  'the event stream stayed open and the response did not come on it in time',
  'Send the response on the stream that the request opened, then end it; see that no proxy in between holds events back.',
] as const;

/**
 * Explains a request without an answer, or with half of one.
 * @param spoke whether the same origin has answered before
 */
export function explainNoAnswer(
  { request, response }: Exchange,
  failure: Failure,
  spoke: boolean,
): Explanation {
  const { code, phase } = failure;
  const [, ...words] = TLS_CODES.find(([pattern]) => pattern.test(code)) ?? [];
  const type = mediaType(headerValue(response?.headers ?? [], 'content-type'));
  const isSilent = code === 'TIMEOUT' && type === 'text/event-stream';
  const [what, fix] = (isSilent ? SILENT_STREAM : entryOf(CODES, code)) ?? [
    words[0] ?? 'no answer came',
    words[1] ?? 'Check that the server is running and reachable from here.',
  ];
  const mayBeTls = !spoke && /^http:/i.test(request.url) && phase === 'wait' && HANGS_UP.test(code);
  return {
    message: `${request.method} ${quoted(withoutQuery(request.url))} got no ${response ? 'whole ' : ''}answer: ${what} (${code}), expected one`,
    fault: 'deployment',
    fix: mayBeTls ? `${fix} If that port speaks TLS, use https://.` : fix,
  };
}
