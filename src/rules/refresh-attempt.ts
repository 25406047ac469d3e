import { formOf, objectOf, type ReadonlyParameters } from '../trace/body.ts';
import { headerValue } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringMember, type View } from '../trace/view.ts';
import { isBusy, isWholeAnswer } from './evidence.ts';
import { latestBefore, oncePerView } from './once.ts';

/** One request with the refresh grant. */
export interface RefreshAttempt {
  readonly exchange: Exchange;
  readonly form: ReadonlyParameters;
  /** The refresh token sent; empty for none. */
  readonly sent: string;
  /** The refresh token that came back. */
  readonly received: string | undefined;
  /** True when an access token came back. */
  readonly succeeded: boolean;
  /** `error` of the answer; empty for none. */
  readonly error: string;
  /** `error_description` of the answer; empty for none. */
  readonly description: string;
  /** When the request left, in milliseconds since 1970. */
  readonly sentAt: number;
}

/** A refresh token and the answer it came in. */
export interface HeldToken {
  readonly exchange: Exchange;
  readonly value: string;
}

/** Every refresh of the flow, in order. */
export const refreshAttempts = oncePerView((view): readonly RefreshAttempt[] =>
  view.tokenRequests('refresh_token').map(readAttempt),
);

/** Attempts that got an answer other than an access token. */
export function refusedAttempts(view: View): readonly RefreshAttempt[] {
  return refreshAttempts(view).filter((attempt) => isSettled(attempt) && !attempt.succeeded);
}

/** True where the answer came to its end and is about the refresh: a busy server puts it off, and one may ask for a nonce first. */
export function isSettled({ exchange, error }: RefreshAttempt): boolean {
  const { response, failure } = exchange;
  return response !== null && failure === null && !isBusy(response) && error !== 'use_dpop_nonce';
}

/** The newest refresh token that a request could have known, and the answer it came in. */
export function newestRefreshToken(view: View, exchange: Exchange): HeldToken | undefined {
  return latestBefore(heldTokens(view), exchange);
}

const heldTokens = oncePerView((view): readonly HeldToken[] =>
  view.tokenDocuments().flatMap(({ exchange, document }) => {
    const value = stringMember(document, 'refresh_token');
    return value === undefined ? [] : [{ exchange, value }];
  }),
);

/** The first successful use of the same refresh token before this one that did not return it, if any. */
export function useBefore(
  view: View,
  { sent, exchange }: RefreshAttempt,
): RefreshAttempt | undefined {
  const first = firstUses(view).get(sent);
  return first && first.exchange.id < exchange.id ? first : undefined;
}

const firstUses = oncePerView(
  (view): ReadonlyMap<string, RefreshAttempt> =>
    new Map(
      refreshAttempts(view)
        .filter(({ succeeded, received, sent }) => succeeded && received !== sent)
        .toReversed()
        .map((attempt) => [attempt.sent, attempt]),
    ),
);

/** True when the same refresh token was sent before, and nobody knows what came back. */
export function wasLostBefore(view: View, { sent, exchange }: RefreshAttempt): boolean {
  return (firstLosses(view).get(sent) ?? exchange.id) < exchange.id;
}

const firstLosses = oncePerView(
  (view): ReadonlyMap<string, number> =>
    new Map(
      refreshAttempts(view)
        .filter(({ exchange }) => !isWholeAnswer(exchange))
        .toReversed()
        .map(({ sent, exchange }) => [sent, exchange.id]),
    ),
);

/** True when the client shows no credential of its own: no header, secret, assertion or certificate we know of. */
export function isPublicClient({ exchange, form }: RefreshAttempt): boolean {
  return (
    headerValue(exchange.request.headers, 'authorization') === undefined &&
    !form.has('client_secret') &&
    !form.has('client_assertion')
  );
}

function readAttempt(exchange: Exchange): RefreshAttempt {
  const { response } = exchange;
  const form = formOf(exchange);
  const answer = objectOf(response?.body);
  return {
    exchange,
    form,
    sent: form.get('refresh_token') ?? '',
    received: stringMember(answer, 'refresh_token'),
    succeeded: response?.status === 200 && stringMember(answer, 'access_token') !== undefined,
    error: stringMember(answer, 'error') ?? '',
    description: stringMember(answer, 'error_description') ?? '',
    sentAt: Date.parse(exchange.started_at),
  };
}
