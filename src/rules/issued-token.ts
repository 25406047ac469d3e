import { parseScope } from '../oauth/scope.ts';
import { formOf, type JsonObject, queryOf } from '../trace/body.ts';
import type { Exchange, Secret } from '../trace/schema.ts';
import { type Document, stringMember, type View } from '../trace/view.ts';
import { latestBefore, oncePerView } from './once.ts';

/** An access token the token endpoint gave out in this trace. */
export interface IssuedToken extends Document {
  /** As it stands in the trace: spelled out, or its label. */
  readonly value: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly issuedAt: number;
  /** `expires_in`, a string taken for its number; undefined when it names no time. */
  readonly lifetime: number | undefined;
  /** Granted scopes: those of the answer, else those asked for (RFC 6749 sections 5.1 and 6). */
  readonly scope: ReadonlySet<string>;
  readonly jwt: Secret['jwt'] | undefined;
}

/**
 * False for what a token exchange brought in place of an access token, as an assertion for another server.
 * @see https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1
 */
export function isAccessToken(document: JsonObject): boolean {
  const kind = stringMember(document, 'issued_token_type');
  const type = stringMember(document, 'token_type')?.toLowerCase();
  return kind === undefined || (type !== 'n_a' && /:(?:access_token|jwt)$/.test(kind));
}

/** Every access token of the trace, in the order of issue. */
export const issuedTokens = oncePerView((view): readonly IssuedToken[] => {
  const tokens: IssuedToken[] = [];
  for (const issue of view.tokenDocuments()) {
    if (!isAccessToken(issue.document)) continue;
    const value = stringMember(issue.document, 'access_token');
    if (value) tokens.push(read(view, issue, value, tokens.at(-1)));
  }
  return tokens;
});

/** The access tokens of the trace by their value. */
export const tokensByValue = oncePerView(
  (view): ReadonlyMap<string, IssuedToken> =>
    new Map(issuedTokens(view).map((token) => [token.value, token])),
);

/** The access tokens of the trace by the exchange that brought them. */
export const tokensByExchange = oncePerView(
  (view): ReadonlyMap<Exchange, IssuedToken> =>
    new Map(issuedTokens(view).map((token) => [token.exchange, token])),
);

/** The scope of the authorization request that an exchange came after; undefined when it named none. */
export function scopeAskedBefore(view: View, exchange: Exchange): string | undefined {
  return latestBefore(scopesAsked(view), exchange)?.scope;
}

const scopesAsked = oncePerView((view) =>
  [...view.byRole('pushed-authorization'), ...view.authorizations]
    .sort((one, other) => one.id - other.id)
    .flatMap((exchange) => {
      const scope = queryOf(exchange).get('scope') ?? formOf(exchange).get('scope');
      return scope === null ? [] : [{ exchange, scope }];
    }),
);

function read(
  view: View,
  { exchange, document }: Document,
  value: string,
  previous: IssuedToken | undefined,
): IssuedToken {
  const form = formOf(exchange);
  const isRefresh = form.get('grant_type') === 'refresh_token';
  const named = stringMember(document, 'scope') ?? form.get('scope');
  return {
    exchange,
    document,
    value,
    issuedAt: Date.parse(exchange.started_at) + exchange.timing.total_ms,
    lifetime: secondsOf(document.expires_in),
    scope:
      named === null && isRefresh && previous
        ? previous.scope
        : parseScope(named ?? scopeAskedBefore(view, exchange)),
    jwt: view.secret(value).jwt,
  };
}

function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined;
}
