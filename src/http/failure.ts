import type { Failure } from '../trace/schema.ts';

/** How far a request came before it broke. */
export type Phase = Failure['phase'];

/** A reason of ours to end an exchange; `code` stands in the trace. */
export class Breakdown extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Codes of undici, Node, OpenSSL and zlib in words of ours. Without a message the error's own is kept. */
const WORDS: readonly (readonly [seen: RegExp, code: string | undefined, message?: string])[] = [
  [/^UND_ERR_INVALID_ARG$/, 'NOT_SENDABLE'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'HEADERS_TOO_LARGE', 'the answer has more than 16 KiB of headers'],
  [
    /^UND_ERR_SOCKET$/,
    'CONNECTION_CLOSED',
    'the connection was closed before the answer was complete',
  ],
  [/^UND_ERR_RES_CONTENT_LENGTH/, 'BODY_CUT_OFF', 'the body is not as long as content-length says'],
  [/^ECONNREFUSED$/, 'ECONNREFUSED', 'nothing accepts connections there: is the server running?'],
  [/^ECONNRESET$/, 'ECONNRESET', 'the connection was reset'],
  [/^ENOTFOUND$/, 'ENOTFOUND', 'the host name does not resolve'],
  [/^EAI_AGAIN$/, 'EAI_AGAIN', 'the name server did not answer'],
  [/^HTTPParserError$/, 'NOT_HTTP'],
  [
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    undefined,
    'what listens there does not speak TLS, as https needs it: is it plain http?',
  ],
  [/^Z_BUF_ERROR$/, 'BODY_CUT_OFF', 'the compressed body ends too early'],
  [
    /^Z_|^ERR__ERROR_/,
    'BODY_NOT_DECODABLE',
    'the body is not in the content-encoding it announces',
  ],
];

/** The failure an error stands for; `phase` is how far the request had come. */
export function failureOf(error: unknown, phase: Phase): Failure {
  const cause = innermost(error);
  const seen = codeOf(cause) ?? codeOf(error) ?? 'FAILED';
  const [, code = seen, words] = WORDS.find(([pattern]) => pattern.test(seen)) ?? [];
  return { code, phase: phaseOf(seen, phase), message: words ?? ownWords(cause) };
}

/** OpenSSL's messages name threads and lines of its source; its reason is what a person can read. */
function ownWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'reason' in error &&
    typeof error.reason === 'string' &&
    /^ERR_SSL/.test(codeOf(error) ?? '')
    ? `TLS failed: ${error.reason}`
    : error.message;
}

/** What a code says of the phase, where it says more than how far the request came. */
function phaseOf(code: string, phase: Phase): Phase {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns';
  if (code === 'UND_ERR_INVALID_ARG') return 'request';
  // A server refuses a client certificate only after the handshake is over for us.
  return phase === 'wait' && /^ERR_SSL|^EPROTO/.test(code) ? 'tls' : phase;
}

function innermost(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const next: unknown =
      current instanceof AggregateError ? current.errors[0] : (current as Error | null)?.cause;
    if (!(next instanceof Error)) return current;
    current = next;
  }
  return current;
}

/** undici's parser has no code for most of what it refuses, but a name. */
function codeOf(error: unknown): string | undefined {
  const { code, name }: { code?: unknown; name?: unknown } = error ?? {};
  if (name === 'HTTPParserError') return name;
  return typeof code === 'string' ? code : undefined;
}
