import type { Failure } from '../trace/schema.ts';

/** How far a request came before it broke. */
export type Phase = Failure['phase'];

/** Undici's own codes, in the words the rest of the world uses. */
const CODES: Readonly<Record<string, readonly [code: string, message: string]>> = {
  UND_ERR_CONNECT_TIMEOUT: ['TIMEOUT', 'the connection was not accepted in time'],
  UND_ERR_HEADERS_TIMEOUT: ['TIMEOUT', 'no answer came in time'],
  UND_ERR_BODY_TIMEOUT: ['TIMEOUT', 'the answer stopped halfway'],
  UND_ERR_HEADERS_OVERFLOW: ['HEADERS_TOO_LARGE', 'the answer has more than 16 KiB of headers'],
  UND_ERR_SOCKET: ['CONNECTION_CLOSED', 'the connection was closed before the answer was complete'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['BODY_CUT_OFF', 'the body is shorter than content-length'],
  ECONNREFUSED: ['ECONNREFUSED', 'nothing accepts connections there: is the server running?'],
  ECONNRESET: ['ECONNRESET', 'the connection was reset'],
  ENOTFOUND: ['ENOTFOUND', 'the host name does not resolve'],
  EAI_AGAIN: ['EAI_AGAIN', 'the name server did not answer'],
  Z_DATA_ERROR: ['BODY_NOT_DECODABLE', 'the body is not in the announced content-encoding'],
  Z_BUF_ERROR: ['BODY_CUT_OFF', 'the compressed body ends too early'],
};

/** The failure an error stands for; `phase` is how far the request had come. */
export function failureOf(error: unknown, phase: Phase): Failure {
  const cause = innermost(error);
  const own = codeOf(cause) ?? codeOf(error) ?? 'FAILED';
  const [code, words] = CODES[own] ?? [own, undefined];
  const message = words ?? (cause instanceof Error ? cause.message : String(cause));
  return { code, phase: own === 'ENOTFOUND' || own === 'EAI_AGAIN' ? 'dns' : phase, message };
}

/** An abort of ours, with the code the trace shall carry. */
export class Abort extends Error {
  readonly code: string;

  constructor(code: 'TIMEOUT' | 'ABORTED' | 'BODY_TOO_LARGE' | 'TOO_MANY_1XX', message: string) {
    super(message);
    this.code = code;
  }
}

function innermost(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const next =
      current instanceof AggregateError ? current.errors[0] : (current as Error | null)?.cause;
    if (!(next instanceof Error)) return current;
    current = next;
  }
  return current;
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
