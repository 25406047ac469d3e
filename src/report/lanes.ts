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
  const arrows = arrowsOf(view, laneOf, (name) => hostLane(name, hosts)).filter(({ exchange }) =>
    isShown(exchange),
  );
  const used = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const known: readonly Lane[] = [
    { id: 'browser', title: "User's browser", origin: null },
    { id: 'client', title: 'Client', origin: null },
    { id: 'server', title: 'MCP server', origin: server },
    { id: 'authorization', title: 'Authorization server', origin: authorization },
  ];
  const isUsed = ({ id }: Lane): boolean => used.has(id) || id === 'client' || id === 'server';
  const names = namesOf(arrows);
  return {
    lanes: [
      ...known.filter(isUsed).map((lane) => withRole(lane, names.get(lane.id))),
      ...[...hosts.values()].map((lane) => withName(lane, names.get(lane.id))),
    ],
    arrows,
  };
}

/** What the server of a lane is called in the logs of servers. */
function namesOf(arrows: readonly Arrow[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const keep = (lane: string, name: string | undefined): void => {
    if (name !== undefined && !names.has(lane)) names.set(lane, name);
  };
  for (const { exchange, from, to } of arrows) {
    if (exchange.seen_by === undefined) continue;
    keep(from, exchange.sent_by);
    keep(to, exchange.seen_by);
  }
  return names;
}

/** The part that a server plays, and its name where that is another one: `MCP server (gateway)`. */
function withRole(lane: Lane, name: string | undefined): Lane {
  const plain = (text: string): string => text.replace(/\W/g, '').toLowerCase();
  return name === undefined || plain(name) === plain(lane.title)
    ? lane
    : { ...lane, title: `${lane.title} (${name})` };
}

function withName(lane: Lane, name: string | undefined): Lane {
  return name === undefined || lane.origin === null ? lane : { ...lane, title: name };
}

/** Arrows in the order of the log; what a server did behind the client's back starts where the client's request ended. */
function arrowsOf(
  view: View,
  laneOf: (exchange: Exchange) => string,
  namedLane: (name: string) => string,
): readonly Arrow[] {
  const reached = new Map<number, string>();
  const named = new Map<string, string>();
  return view.exchanges.map((exchange) => {
    const { seen_by, sent_by, caused_by } = exchange;
    if (seen_by === undefined) {
      const to = laneOf(exchange);
      reached.set(exchange.id, to);
      return arrowOf(
        exchange,
        view.role(exchange),
        isBrowsers(exchange) ? 'browser' : 'client',
        to,
      );
    }
    const from = named.get(sent_by ?? '') ?? reached.get(caused_by ?? 0) ?? 'server';
    const byAddress = laneOf(exchange);
    const to = byAddress === from ? namedLane(seen_by) : byAddress;
    named.set(seen_by, to);
    return arrowOf(exchange, view.role(exchange), from, to);
  });
}

function isBrowsers({ channel }: Exchange): boolean {
  return channel === 'front' || channel === 'loopback';
}

function arrowOf(exchange: Exchange, role: Role, from: string, to: string): Arrow {
  return {
    exchange,
    role,
    from,
    to,
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
