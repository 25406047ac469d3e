/** What passed through the user's browser: authorization requests as the client made them, and callbacks. */
import { formOf, objectOf, queryOf, type ReadonlyParameters } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { type Document, stringMember, type View } from '../trace/view.ts';
import { type Deviation, verdictOn, withoutQuery } from './evidence.ts';
import { oncePerView } from './once.ts';
import { inconclusive, notApplicable, type Verdict } from './rule.ts';

/** An authorization request as the client made it. */
export interface AuthorizationRequest {
  readonly exchange: Exchange;
  /** Its parameters, those of a pushed request included; undefined when they are not in the trace. */
  readonly parameters: ReadonlyParameters | undefined;
}

/** The authorization requests that the client made, with what it asked for in them. */
export const authorizationRequests = oncePerView((view): readonly AuthorizationRequest[] => {
  const pushed = pushedParameters(view);
  return view.authorizations.map((exchange) => {
    const query = queryOf(exchange);
    const reference = query.get('request_uri');
    if (reference === null)
      return { exchange, parameters: query.has('request') ? undefined : query };
    return { exchange, parameters: pushed.get(reference) };
  });
});

/** An authorization request whose parameters are known. */
export interface KnownRequest {
  readonly exchange: Exchange;
  readonly parameters: ReadonlyParameters;
}

/** Judges all authorization requests together, once it is certain that their parameters are in the trace. */
export function judgeRequests(
  view: View,
  judge: (requests: readonly KnownRequest[]) => readonly Deviation[],
): Verdict {
  const all = authorizationRequests(view);
  if (all.length === 0) return notApplicable('the user was sent to no authorization page');
  const known = all.flatMap(({ exchange, parameters }) =>
    parameters ? [{ exchange, parameters }] : [],
  );
  const deviations = judge(known);
  return deviations.length > 0 || known.length === all.length
    ? verdictOn(deviations)
    : inconclusive('the parameters of an authorization request are not in the trace');
}

/** Parameters of pushed authorization requests, by the `request_uri` that stands for them. */
function pushedParameters(view: View): ReadonlyMap<string, ReadonlyParameters> {
  return new Map(
    view.byRole('pushed-authorization').flatMap((exchange) => {
      const reference = stringMember(objectOf(exchange.response?.body), 'request_uri');
      return reference === undefined ? [] : [[reference, formOf(exchange)] as const];
    }),
  );
}

/** The last authorization request that the client made before an exchange. */
export function requestBefore(view: View, exchange: Exchange): AuthorizationRequest | undefined {
  return requestsBefore(view).get(exchange);
}

const requestsBefore = oncePerView((view): ReadonlyMap<Exchange, AuthorizationRequest> => {
  const made = new Map(authorizationRequests(view).map((one) => [one.exchange, one]));
  const index = new Map<Exchange, AuthorizationRequest>();
  let last: AuthorizationRequest | undefined;
  for (const exchange of view.exchanges) {
    if (last) index.set(exchange, last);
    last = made.get(exchange) ?? last;
  }
  return index;
});

/** A callback and what it carried. */
export interface Callback {
  readonly exchange: Exchange;
  readonly parameters: ReadonlyParameters;
  /** The authorization request it answers: the last before it. */
  readonly request: AuthorizationRequest | undefined;
}

const PARAMETERS = ['code', 'error', 'state', 'iss'];

/** The authorization responses that arrived; what else a browser fetches from the listener is left out. */
export const callbacks = oncePerView((view): readonly Callback[] => {
  const places = new Set(
    authorizationRequests(view).map(({ parameters }) =>
      pathOf(parameters?.get('redirect_uri') ?? undefined),
    ),
  );
  return view.callbacks.flatMap((exchange) => {
    const query = queryOf(exchange);
    const parameters = PARAMETERS.some((name) => query.has(name)) ? query : formOf(exchange);
    const isResponse = PARAMETERS.some((name) => parameters.has(name));
    return isResponse || places.has(pathOf(exchange.request.url))
      ? [{ exchange, parameters, request: requestBefore(view, exchange) }]
      : [];
  });
});

/** The path of a URL; undefined for none, which no place has. */
function pathOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : undefined;
}

/** The metadata that names this exchange's URL as an endpoint, else the metadata in use. */
export function metadataOf(view: View, exchange: Exchange | undefined): Document | undefined {
  return (exchange && metadataNaming(view, exchange)) ?? view.serverMetadata;
}

/** The metadata that names this exchange's URL as an endpoint; undefined where none does. */
export function metadataNaming(view: View, { request }: Exchange): Document | undefined {
  return endpoints(view).get(withoutQuery(request.url));
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'pushed_authorization_request_endpoint',
];

const endpoints = oncePerView(
  (view): ReadonlyMap<string, Document> =>
    new Map(
      view.byRole('server-metadata').flatMap((exchange) => {
        const document = objectOf(exchange.response?.body);
        if (!document || exchange.response?.status !== 200) return [];
        return ENDPOINTS.flatMap((name) => stringMember(document, name) ?? []).map(
          (url) => [withoutQuery(url), { exchange, document }] as const,
        );
      }),
    ),
);
