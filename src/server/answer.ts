import type { Header } from '../trace/schema.ts';

/** One request as it came in, its body read to the end. */
export interface Inbound {
  readonly method: string;
  /** The origin served and the request target, as a URL. */
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly body: string;
  /** `address:port` of the peer. */
  readonly remoteAddress: string;
  readonly tls: { readonly protocol: string; readonly cipher: string } | null;
  readonly startedAt: number;
}

/** What an answer is, so that a fault can pick the one it changes. */
export type AnswerKind =
  | 'challenge'
  | 'rejection'
  | 'step-up'
  | 'prm'
  | 'asm'
  | 'openid-configuration'
  | 'jwks'
  | 'registration'
  | 'registration-error'
  | 'client-configuration'
  | 'authorize'
  | 'page'
  | 'callback'
  | 'token'
  | 'refresh'
  | 'token-error'
  | 'revocation'
  | 'introspection'
  | 'mcp'
  | 'stream'
  | 'refusal';

/** One answer before it goes out: data, so that it can be changed and recorded. */
export interface Answer {
  readonly kind: AnswerKind;
  readonly status: number;
  readonly headers: readonly Header[];
  /** Undefined for an answer without a body. */
  readonly body?: string;
  /** An endless body; takes the place of `body`. */
  readonly stream?: ReadableStream<Uint8Array>;
  /** Of an answer behind the token check: what a challenge of that resource asks for. Never sent. */
  readonly asks?: { readonly resource_metadata: string; readonly scope: string };
}

/** A JSON document that nothing may store. */
export function json(
  kind: AnswerKind,
  status: number,
  document: unknown,
  headers: readonly Header[] = [],
): Answer {
  return {
    kind,
    status,
    headers: [['content-type', 'application/json'], ...NO_STORE, ...headers],
    body: JSON.stringify(document),
  };
}

/** An OAuth error document (RFC 6749 section 5.2, RFC 7591 section 3.2.2). */
export function oauthError(
  kind: AnswerKind,
  status: number,
  error: string,
  description: string,
  headers: readonly Header[] = [],
): Answer {
  return json(kind, status, { error, error_description: description }, headers);
}

/** A plain refusal: unknown path, wrong method, foreign origin. */
export function refusal(status: number, text: string, headers: readonly Header[] = []): Answer {
  return {
    kind: 'refusal',
    status,
    headers: [['content-type', 'text/plain; charset=utf-8'], ...headers],
    body: `${text}\n`,
  };
}

/** A redirect that turns a form post into a GET, so that no browser posts credentials on. */
export function redirect(
  kind: AnswerKind,
  location: string,
  headers: readonly Header[] = [],
): Answer {
  return { kind, status: 303, headers: [['location', location], ...NO_STORE, ...headers] };
}

/** Kept out of every cache, HTTP/1.0 ones included. */
export const NO_STORE: readonly Header[] = [
  ['cache-control', 'no-store'],
  ['pragma', 'no-cache'],
];
