/** Host names by what the host is in the run, so that staging and production read alike. */
import { formOf, objectOf, queryOf } from '../trace/body.ts';
import { stringMember, stringsMember, type View } from '../trace/view.ts';
import type { HostName } from './difference.ts';

/** The origins of one run that have a part to play. */
export interface Hosts {
  readonly server: string;
  readonly authorization: string | undefined;
  readonly callback: string | undefined;
  /** Every origin that was talked to. */
  readonly visited: readonly string[];
}

/** Finds the origins of a run. */
export function hostsOf(view: View): Hosts {
  const visited = [
    ...new Set(view.exchanges.map(({ request }) => originOf(request.url)).filter(isDefined)),
  ];
  return {
    server: originOf(view.trace.metadata.server_url) ?? view.trace.metadata.server_url,
    authorization: authorizationOrigin(view),
    callback: callbackOrigin(view),
    visited,
  };
}

/** The origin of an http or https URL, lower case, without a default port; undefined for any other text. */
export function originOf(url: string): string | undefined {
  const match = /^(https?):\/\/([^/?#\\\s]+)/i.exec(url);
  return match?.[1] && match[2] ? canonical(match[1], match[2]) : undefined;
}

/** True when both runs were pointed at the very same server: then a host that moved is news. */
export function isSameDeployment(before: Hosts, after: Hosts): boolean {
  return before.server === after.server;
}

/** True where the authorization server lives on the MCP server's own origin. */
export function isColocated(hosts: Hosts): boolean {
  return hosts.authorization === hosts.server;
}

/** True for an origin on this machine, whose port means nothing. */
export function isLoopbackOrigin(origin: string): boolean {
  return /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(origin);
}

/** The servers by their names in texts, where the two runs were pointed at different ones. */
export function hostNames(before: Hosts, after: Hosts): readonly HostName[] {
  const merged = isColocated(before) || isColocated(after);
  const rows = [
    { name: merged ? '{server}' : '{mcp server}', before: before.server, after: after.server },
    {
      name: '{authorization server}',
      before: before.authorization ?? '',
      after: after.authorization ?? '',
    },
  ];
  return rows
    .slice(0, merged ? 1 : 2)
    .filter((row) => row.before !== '' && row.after !== '' && row.before !== row.after);
}

/** Renames the hosts of one run in any text. */
export type Renamer = (text: string) => string;

/** Makes the renamers of two runs; a further host is renamed where one run alone talked to it. */
export function hostRenamers(
  before: Hosts,
  after: Hosts,
): { readonly before: Renamer; readonly after: Renamer } {
  const literal = isSameDeployment(before, after)
    ? undefined
    : new Set(before.visited.filter((origin) => after.visited.includes(origin)));
  const merged = isColocated(before) || isColocated(after);
  return {
    before: renamer(before, merged, literal),
    after: renamer(after, merged, literal),
  };
}

const URL_START = /\b(https?):(\/\/|\\\/\\\/|%2F%2F)([^\s/?#"'<>\\,;)&%]+(?:%3A\d+)?)/gi;
// Starts where a word starts: without that, a long word without a dot would cost its square.
const BARE_HOST = /(?<![a-z0-9-])[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi;
const LOOPBACK_PORT = /(?<![\w.])(localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})(?!\d)/g;

/** @param literal the further origins that keep their names; all of them when undefined */
function renamer(hosts: Hosts, merged: boolean, literal: ReadonlySet<string> | undefined): Renamer {
  const names = new Map<string, string>();
  if (hosts.callback)
    names.set(hosts.callback, hosts.callback.replace(/:\d+$/, ':{callback port}'));
  if (hosts.authorization) names.set(hosts.authorization, '{authorization server}');
  names.set(hosts.server, merged ? '{server}' : '{mcp server}');
  if (merged && hosts.authorization) names.set(hosts.authorization, '{server}');
  const bare = new Map([...names].map(([origin, name]) => [origin.split('://')[1] ?? '', name]));
  const hostnames = new Map(
    [...names]
      .filter(([origin]) => !isLoopbackOrigin(origin))
      .map(([origin, name]) => [hostname(origin), name]),
  );
  const isLiteral = (origin: string): boolean =>
    !isLoopbackOrigin(origin) && (literal?.has(origin) ?? true);
  const others = hosts.visited.filter((origin) => !names.has(origin) && !isLiteral(origin));
  for (const [index, origin] of others.entries()) names.set(origin, `{other ${index + 1}}`);
  // What is only spoken of keeps its name: a number would change with every host named before it.
  const nameOf = (origin: string): string => names.get(origin) ?? withoutLoopbackPort(origin);
  return (text) =>
    text
      .replace(URL_START, (_, scheme: string, slashes: string, authority: string) => {
        const name = nameOf(canonical(scheme, authority.replace(/%3A/i, ':')));
        return slashes === '//' ? name : name.replace('://', slashes);
      })
      .replace(LOOPBACK_PORT, (_, host: string, port: string) => {
        return bare.get(`${host}:${port}`) ?? `${host}:{port}`;
      })
      .replace(BARE_HOST, (word) => hostnames.get(word.toLowerCase()) ?? word);
}

function withoutLoopbackPort(origin: string): string {
  return isLoopbackOrigin(origin) ? origin.replace(/:\d+$/, ':{port}') : origin;
}

function hostname(origin: string): string {
  return (origin.split('://')[1] ?? '').replace(/:\d+$/, '');
}

function canonical(scheme: string, authority: string): string {
  const lower = scheme.toLowerCase();
  const port = lower === 'http' ? ':80' : ':443';
  const host = authority.toLowerCase().replace(/^.*@/, '');
  return `${lower}://${host.endsWith(port) ? host.slice(0, -port.length) : host}`;
}

/** Where the client listens: known from the callback, or before it came from what the client said of it. */
function callbackOrigin(view: View): string | undefined {
  const registered = view
    .byRole('registration')
    .flatMap(({ request }) => stringsMember(objectOf(request.body), 'redirect_uris') ?? [])
    .filter((uri) => isLoopbackOrigin(originOf(uri) ?? ''));
  const candidates = [
    view.callbacks[0]?.request.url,
    ...view.authorizations.map((exchange) => queryOf(exchange).get('redirect_uri')),
    ...view.byRole('pushed-authorization').map((one) => formOf(one).get('redirect_uri')),
    ...registered,
  ];
  return candidates.map((url) => originOf(url ?? '')).find(isDefined);
}

function authorizationOrigin(view: View): string | undefined {
  const servers = view.resourceMetadata?.document.authorization_servers;
  const candidates = [
    view.serverMetadata?.exchange.request.url,
    Array.isArray(servers) ? servers[0] : undefined,
    stringMember(view.serverMetadata?.document, 'issuer'),
    view.authorizations[0]?.request.url,
    view.tokenRequests()[0]?.request.url,
    view.byRole('server-metadata')[0]?.request.url,
  ];
  const urls = candidates.filter((url): url is string => typeof url === 'string');
  return urls.map(originOf).find(isDefined);
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
