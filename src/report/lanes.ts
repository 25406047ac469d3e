/** Who talks to whom: the lanes and arrows of every sequence diagram. */
import type { Exchange } from '../trace/schema.ts';
import type { Role, View } from '../trace/view.ts';
import { type Ending, endingOf, requestLabel, responseLabel } from './exchange-label.ts';

/** A participant. */
export interface Lane {
  /** `browser`, `client`, `server`, `authorization`, `host1`, `host2`, … */
  readonly id: string;
  /** For people; a further host by its name, which is untrusted text. */
  readonly title: string;
  /** Where it lives; null for the two that are here. */
  readonly origin: string | null;
}

/** An exchange as an arrow there and one back. */
export interface Arrow {
  readonly exchange: Exchange;
  readonly role: Role;
  readonly from: string;
  readonly to: string;
  readonly request: string;
  readonly response: string;
  readonly ending: Ending;
}

/** Lanes from left to right, and arrows in the order of the log. */
export interface Sequence {
  readonly lanes: readonly Lane[];
  readonly arrows: readonly Arrow[];
}

/** From this many on, further hosts share one lane: nobody can read a hundred lanes. */
const MOST_HOSTS = 6;

/** The sequence of a trace, or of the exchanges asked for. */
export function sequenceOf(
  view: View,
  isShown: (exchange: Exchange) => boolean = () => true,
): Sequence {
  const server = originOf(view.trace.metadata.server_url);
  const authorization = authorizationOrigin(view, server);
  const hosts = new Map<string, Lane>();
  const laneOf = (exchange: Exchange): string => {
    const role = view.role(exchange);
    const origin = originOf(exchange.request.url);
    if (exchange.channel === 'loopback') return 'client';
    if (origin === server)
      return server === authorization && isOAuth(role) ? 'authorization' : 'server';
    return origin === authorization ? 'authorization' : hostLane(origin, hosts);
  };
  const arrows = view.exchanges
    .filter(isShown)
    .map((exchange) => arrowOf(exchange, view.role(exchange), laneOf));
  const used = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const known: readonly Lane[] = [
    { id: 'browser', title: "User's browser", origin: null },
    { id: 'client', title: 'Client', origin: null },
    { id: 'server', title: 'MCP server', origin: server },
    { id: 'authorization', title: 'Authorization server', origin: authorization },
  ];
  const isUsed = ({ id }: Lane): boolean => used.has(id) || id === 'client' || id === 'server';
  return { lanes: [...known.filter(isUsed), ...hosts.values()], arrows };
}

function arrowOf(exchange: Exchange, role: Role, laneOf: (exchange: Exchange) => string): Arrow {
  const isBrowsers = exchange.channel === 'front' || exchange.channel === 'loopback';
  return {
    exchange,
    role,
    from: isBrowsers ? 'browser' : 'client',
    to: laneOf(exchange),
    request: requestLabel(exchange, role),
    response: responseLabel(exchange),
    ending: endingOf(exchange),
  };
}

const SERVER_ROLES: ReadonlySet<Role> = new Set(['mcp', 'resource-metadata', 'other']);

function isOAuth(role: Role): boolean {
  return !SERVER_ROLES.has(role);
}

function hostLane(origin: string, hosts: Map<string, Lane>): string {
  const known = hosts.get(origin);
  if (known) return known.id;
  const isLast = hosts.size + 1 >= MOST_HOSTS;
  const key = isLast ? 'further hosts' : origin;
  const id = hosts.get(key)?.id ?? `host${hosts.size + 1}`;
  const title = isLast ? 'Further hosts' : origin.replace(/^https?:\/\//, '');
  hosts.set(key, { id, title, origin: isLast ? null : origin });
  return id;
}

/** Where the authorization server of a run lives: where its metadata came from, else where people were sent. */
function authorizationOrigin(view: View, server: string): string {
  const servers = view.resourceMetadata?.document.authorization_servers;
  const candidates: readonly unknown[] = [
    view.serverMetadata?.exchange.request.url,
    Array.isArray(servers) ? servers[0] : undefined,
    view.authorizations[0]?.request.url,
    view.tokenRequests()[0]?.request.url,
    view.byRole('server-metadata')[0]?.request.url,
  ];
  const url = candidates.find((candidate) => typeof candidate === 'string');
  return typeof url === 'string' ? originOf(url) : server;
}

function originOf(url: string): string {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#\\\s]*/i.exec(url)?.[0].toLowerCase() ?? url.slice(0, 80);
}
