import type { Exchange, Header } from '../trace/schema.ts';

/** One HTTP request as it shall stand on the wire; redirects are never followed on their own. */
export interface HttpRequest {
  /** Default GET. */
  readonly method?: string;
  readonly url: string;
  /** Sent in this order, before what the connection itself needs. */
  readonly headers?: readonly Header[];
  readonly body?: string;
  /** Default `back`. */
  readonly channel?: Exchange['channel'];
  /** The exchange whose redirect, link or form led here. */
  readonly causedBy?: number | null;
  readonly signal?: AbortSignal;
  /** False for a visit to our own loopback listener, which records the callback itself. */
  readonly recorded?: boolean;
  /** Asked once the headers are there: who reads this body as it comes; undefined for nobody. */
  readonly readAs?: (headers: readonly Header[]) => TextReader | undefined;
}

/**
 * Reads a decoded body piece by piece; the first piece is empty and comes with the headers. `done`
 * says that enough was read: a server that does not end the body soon after is left, which is how an
 * event stream ends once the awaited answer arrived. `too-long` gives the body up as endless.
 */
export type TextReader = (text: string) => 'more' | 'done' | 'too-long';

/**
 * The reason to abort a request with whose answer is only left, like an event stream that nobody
 * needs any more: what came of it stands in the log, and no failure.
 */
export const LEFT = Symbol('left on purpose');

/** Says why an address is not dialled; undefined where it may be. */
export interface AddressGuard {
  /** Whether credentials that the user added may go to this URL. */
  readonly isTrusted: (url: string) => boolean;
  /** By what stands in a URL. */
  readonly url: (url: string) => string | undefined;
  /** By whether the way there is encrypted; asked for what no browser would send. */
  readonly clearText: (url: string) => string | undefined;
  /** By what its host name turned out to be. */
  readonly resolved: (host: string, address: string) => string | undefined;
}

/** What came back. The recorded exchange of the same id holds the raw evidence. */
export interface Answer {
  /** Id of the exchange in the log; 0 for an unrecorded one. */
  readonly exchange: number;
  readonly url: string;
  readonly status: number;
  readonly headers: readonly Header[];
  /** The decoded body, up to the reading limit. */
  readonly text: string;
  /** True when the body was longer than the reading limit. */
  readonly truncated: boolean;
}

/** The one way to the network: every request that leaves here stands in the trace. */
export interface Http {
  /** @throws {HttpError} when no complete answer came. */
  send(request: HttpRequest): Promise<Answer>;
}

/** No complete answer: refused, reset, timed out, not resolved, TLS failure, aborted. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Stable code: `ECONNREFUSED`, `ENOTFOUND`, `TIMEOUT`, `ABORTED`, `CERT_HAS_EXPIRED`, … */
  readonly code: string;
  /** Id of the exchange, when the request reached the dispatcher. */
  readonly exchange: number | null;

  constructor(code: string, message: string, exchange: number | null, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.exchange = exchange;
  }
}
