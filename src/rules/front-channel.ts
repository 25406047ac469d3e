/** What passed through the user's browser: authorization requests as the client made them, and callbacks. */
import { formOf, objectOf, queryOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { type Document, stringMember, type View } from '../trace/view.ts';

/** An authorization request as the client made it. */
export interface AuthorizationRequest {
  readonly exchange: Exchange;
  /** Its parameters, those of a pushed request included; undefined when they are not in the trace. */
  readonly parameters: URLSearchParams | undefined;
}

const requests = new WeakMap<View, readonly AuthorizationRequest[]>();

/**
 * The authorization requests that the client itself made. Pages that pass the parameters on, and requests of the
 * authorization server to an identity provider behind it, look the same and are not among them.
 */
export function authorizationRequests(view: View): readonly AuthorizationRequest[] {
  const known = requests.get(view);
  if (known) return known;
  const pushed = pushedParameters(view);
  const found = view.authorizations
    .filter(({ caused_by }) => view.exchange(caused_by)?.channel !== 'front')
    .map((exchange) => {
      const query = queryOf(exchange);
      const reference = query.get('request_uri');
      if (reference === null)
        return { exchange, parameters: query.has('request') ? undefined : query };
      return { exchange, parameters: pushed.get(reference) };
    });
  requests.set(view, found);
  return found;
}

/** Parameters of pushed authorization requests, by the `request_uri` that stands for them. */
function pushedParameters(view: View): ReadonlyMap<string, URLSearchParams> {
  return new Map(
    view.byRole('pushed-authorization').flatMap((exchange) => {
      const reference = stringMember(objectOf(exchange.response?.body), 'request_uri');
      return reference === undefined ? [] : [[reference, formOf(exchange)] as const];
    }),
  );
}

/** A callback and what it carried. */
export interface Callback {
  readonly exchange: Exchange;
  readonly parameters: URLSearchParams;
  /** The authorization request it answers: the last before it. */
  readonly request: AuthorizationRequest | undefined;
}

const PARAMETERS = ['code', 'error', 'state', 'iss'];

/** The authorization responses that arrived; what else a browser fetches from the listener is left out. */
export function callbacks(view: View): readonly Callback[] {
  const all = authorizationRequests(view);
  const places = new Set(
    all.map(({ parameters }) => pathOf(parameters?.get('redirect_uri') ?? undefined)),
  );
  let next = 0;
  return view.callbacks.flatMap((exchange) => {
    while ((all[next]?.exchange.id ?? Number.POSITIVE_INFINITY) < exchange.id) next += 1;
    const query = queryOf(exchange);
    const parameters = PARAMETERS.some((name) => query.has(name)) ? query : formOf(exchange);
    const isResponse = PARAMETERS.some((name) => parameters.has(name));
    return isResponse || places.has(pathOf(exchange.request.url))
      ? [{ exchange, parameters, request: all[next - 1] }]
      : [];
  });
}

/** The path of a URL; undefined for none, which no place has. */
function pathOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : undefined;
}

/** The metadata that names this exchange's URL as an endpoint, else the metadata in use. */
export function metadataOf(view: View, exchange: Exchange | undefined): Document | undefined {
  return (exchange && metadataNaming(view, exchange)) ?? view.serverMetadata;
}

const endpoints = new WeakMap<View, ReadonlyMap<string, Document>>();

/** The metadata that names this exchange's URL as an endpoint; undefined where none does. */
export function metadataNaming(view: View, { request }: Exchange): Document | undefined {
  const index = endpoints.get(view) ?? indexEndpoints(view);
  endpoints.set(view, index);
  return index.get(withoutQuery(request.url));
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'pushed_authorization_request_endpoint',
];

function indexEndpoints(view: View): ReadonlyMap<string, Document> {
  return new Map(
    view.byRole('server-metadata').flatMap((exchange) => {
      const document = objectOf(exchange.response?.body);
      if (!document || exchange.response?.status !== 200) return [];
      return ENDPOINTS.flatMap((name) => stringMember(document, name) ?? []).map(
        (url) => [withoutQuery(url), { exchange, document }] as const,
      );
    }),
  );
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
