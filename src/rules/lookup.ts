/** Where metadata was looked for, which identifier each place stands for, and what came of it. */
import { quoted } from '../oauth/quoted.ts';
import {
  legacyMetadataUrl,
  originOf,
  resourceMetadataUrls,
  type ServerMetadataUrl,
  serverMetadataUrls,
} from '../oauth/well-known.ts';
import { type JsonObject, objectOf } from '../trace/body.ts';
import type { Exchange } from '../trace/schema.ts';
import { stringsMember, type View } from '../trace/view.ts';
import { mcpCalls } from './mcp-call.ts';
import { oncePerView } from './once.ts';
import { at, fail, inconclusive, notApplicable, type Verdict } from './rule.ts';

/** One request for a metadata document. */
export interface Lookup {
  readonly exchange: Exchange;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** The JSON object that came with a 2xx status, and came whole. */
  readonly document: JsonObject | undefined;
}

/** One request for protected resource metadata. */
export interface ResourceLookup extends Lookup {
  /** What led there: the challenge, or one of the well-known places. */
  readonly source: 'pointer' | 'path' | 'root' | 'other';
  /** What `resource` has to be in a document from there. */
  readonly identifier: string;
}

/** One request for authorization server metadata. */
export interface ServerLookup extends Lookup {
  /** `origin`: where the first revision looks, without any issuer to go by. */
  readonly source: ServerMetadataUrl['kind'] | 'origin' | 'other';
  /** What `issuer` has to be in a document from there; undefined when the trace does not tell. */
  readonly issuer: string | undefined;
}

/** A lookup that brought a document. */
export type Found<L extends Lookup> = L & { readonly document: JsonObject };

/** Requests for protected resource metadata, in order, probes left out. */
export const resourceLookups = oncePerView(readResourceLookups);

/** Requests for authorization server metadata, in order, probes left out. */
export const serverLookups = oncePerView(readServerLookups);

/** Judges the protected resource metadata in use: the last that came. */
export function judgeResourceMetadata(
  view: View,
  judge: (found: Found<ResourceLookup>) => Verdict,
): Verdict {
  return judgeLast(resourceLookups(view), 'protected resource metadata', judge);
}

/** Judges the authorization server metadata in use: the last that came. */
export function judgeServerMetadata(
  view: View,
  judge: (found: Found<ServerLookup>) => Verdict,
): Verdict {
  return judgeLast(serverLookups(view), 'authorization server metadata', judge);
}

/** Fails on a document that began to come and could not be read to its end; undefined where none did. */
export function judgeBrokenOff(lookups: readonly Lookup[]): Verdict | undefined {
  const broken = lookups.find(({ exchange, status = 0 }) => exchange.failure && status === 200);
  const { failure, request } = broken?.exchange ?? {};
  if (!broken || !failure || !request) return undefined;
  return fail(
    `${quoted(request.url)} began to answer, but ${failure.message} (${failure.code}); expected a whole JSON object`,
    at(broken.exchange, '/failure'),
    { fault: 'deployment', fix: BROKEN_FIX },
  );
}

const BROKEN_FIX =
  'See in the log of the server, and of any proxy in front, why the answer breaks off: Content-Length and Content-Encoding have to be those of the body as it is sent.';

/** True when both URLs lead to the same place: for finding one again, never for comparing identifiers. */
export function isSamePlace(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

/** True when the lookup brought a document. */
export function isFound<L extends Lookup>(lookup: L): lookup is Found<L> {
  return lookup.document !== undefined;
}

function judgeLast<L extends Lookup>(
  lookups: readonly L[],
  name: string,
  judge: (found: Found<L>) => Verdict,
): Verdict {
  const found = lookups.findLast((lookup): lookup is Found<L> => isFound(lookup));
  if (found) return judge(found);
  if (lookups.some(({ exchange }) => exchange.response?.body?.truncated))
    return inconclusive(`the ${name} was cut when it was recorded`);
  if (lookups.length > 0 && lookups.every(({ status }) => status === undefined))
    return inconclusive(`no request for ${name} was answered`);
  return notApplicable(`no ${name} was received`);
}

function readResourceLookups(view: View): readonly ResourceLookup[] {
  const { server_url } = view.trace.metadata;
  const places = new Map<string, Pick<ResourceLookup, 'source' | 'identifier'>>();
  const wellKnown = resourceMetadataUrls(server_url);
  for (const [index, { url, identifier }] of wellKnown.entries())
    places.set(normal(url), {
      source: index === wellKnown.length - 1 ? 'root' : 'path',
      identifier,
    });
  // What a challenge points at was asked for because of it, wherever it lies.
  for (const { challenge, exchange } of mcpCalls(view)) {
    const pointer = challenge?.parameters.get('resource_metadata');
    const { url } = exchange.request;
    if (pointer) places.set(normal(pointer, url), { source: 'pointer', identifier: url });
  }
  return follow(view.byRole('resource-metadata'), (exchange) =>
    places.get(normal(exchange.request.url)),
  ).map(([exchange, place]) => ({
    ...(place ?? { source: 'other', identifier: server_url }),
    ...read(exchange),
  }));
}

function readServerLookups(view: View): readonly ServerLookup[] {
  const { server_url, options } = view.trace.metadata;
  const places = new Map<string, Pick<ServerLookup, 'source' | 'issuer'>>();
  places.set(normal(legacyMetadataUrl(server_url)), {
    source: 'origin',
    issuer: originOf(server_url),
  });
  const named = resourceLookups(view)
    .filter(isFound)
    .flatMap(({ document }) => stringsMember(document, 'authorization_servers') ?? []);
  for (const issuer of new Set([...named, options?.authorization_server_given ?? '']))
    for (const { url, kind } of serverMetadataUrls(issuer, { openid: true }))
      if ((places.get(normal(url))?.source ?? 'origin') === 'origin')
        places.set(normal(url), { source: kind, issuer });
  return follow(view.byRole('server-metadata'), (exchange) =>
    places.get(normal(exchange.request.url)),
  ).map(([exchange, place]) => ({
    ...(place ?? { source: 'other', issuer: undefined }),
    ...read(exchange),
  }));
}

/** Each exchange with its place; a redirect's target stands for the place that redirected. */
function follow<P>(
  exchanges: readonly Exchange[],
  placeOf: (exchange: Exchange) => P | undefined,
): readonly (readonly [Exchange, P | undefined])[] {
  const byId = new Map<number, P | undefined>();
  return exchanges
    .filter(({ channel }) => channel !== 'probe')
    .map((exchange) => {
      const place = placeOf(exchange) ?? byId.get(exchange.caused_by ?? 0);
      byId.set(exchange.id, place);
      return [exchange, place] as const;
    });
}

function read(exchange: Exchange): Lookup {
  const status = exchange.response?.status;
  const isGood = status !== undefined && status >= 200 && status < 300 && exchange.failure === null;
  return {
    exchange,
    status,
    document: isGood ? objectOf(exchange.response?.body) : undefined,
  };
}

function normal(url: string, base?: string): string {
  return URL.canParse(url, base) ? new URL(url, base).href : url;
}
