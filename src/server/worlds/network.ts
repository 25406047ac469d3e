import { AsyncLocalStorage } from 'node:async_hooks';
import { headerValue } from '../../trace/headers.ts';
import type { Exchange } from '../../trace/schema.ts';
import type { Inbound } from '../answer.ts';
import { recordExchange } from '../exchange.ts';
import { type ListenOptions, listen, type Respond } from '../listener.ts';
import { type Hop, type Reply, sendHop } from './hop.ts';

/** The servers of one world, on loopback sockets, and the one log they write. */
export interface Network {
  /** Opens a server's socket; it answers nothing until it is given a way to. */
  readonly open: (name: string, options?: Partial<ListenOptions>) => Promise<Host>;
  readonly hosts: readonly Host[];
  /** The latest exchanges of all servers, unredacted, each with the server that saw it. */
  readonly exchanges: readonly Exchange[];
  readonly close: () => Promise<void>;
}

/** One server. */
export interface Host {
  readonly name: string;
  readonly origin: string;
  /** @param address says by which URL a request was called, where the socket's own is not it */
  readonly serve: (respond: Respond, address?: (inbound: Inbound) => Inbound) => void;
  /** Asks another server, on behalf of the request that is being answered. */
  readonly ask: (hop: Hop) => Promise<Reply>;
}

/** Exchanges that are remembered; a world may run for weeks. */
const REMEMBERED = 10_000;

/** A network without servers. */
export function createNetwork(onExchange: (exchange: Exchange) => void = () => {}): Network {
  const hosts: (Host & { readonly close: () => Promise<void> })[] = [];
  const exchanges: Exchange[] = [];
  // Whose request is being answered: what a hop is sent for is known without being handed down.
  const current = new AsyncLocalStorage<Inbound>();
  let last = 0;
  const watched =
    (name: string, respond: Respond, address: (inbound: Inbound) => Inbound): Respond =>
    async (arrived) => {
      const id = ++last;
      const inbound = address(arrived);
      const answer = await current.run(inbound, () => respond(inbound));
      const exchange = { ...recordExchange(id, inbound, answer), seen_by: name };
      exchanges.push(exchange);
      if (exchanges.length > REMEMBERED) exchanges.shift();
      onExchange(exchange);
      return answer;
    };
  return {
    hosts,
    exchanges,
    open: async (name, options = {}) => {
      const listener = await listen({ host: '127.0.0.1', port: 0, ...options });
      const host = {
        name,
        origin: listener.origin,
        serve: (respond: Respond, address = asItCame) =>
          listener.serve(watched(name, respond, address)),
        ask: (hop: Hop) => sendHop(onBehalf(hop, name, current.getStore())),
        close: listener.close,
      };
      hosts.push(host);
      return host;
    },
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()));
    },
  };
}

function asItCame(inbound: Inbound): Inbound {
  return inbound;
}

/**
 * A hop with the sender's name, unless it passes somebody else's request on, and with the
 * `traceparent` it is sent for, as it came: so every log can be laid beside the client's.
 */
function onBehalf(hop: Hop, name: string, cause: Inbound | undefined): Hop {
  const headers = hop.headers ?? [];
  const parent = headerValue(cause?.headers ?? [], 'traceparent');
  return {
    ...hop,
    headers: [
      ...headers,
      ...(headerValue(headers, 'user-agent') === undefined ? [['user-agent', name] as const] : []),
      ...(parent !== undefined && headerValue(headers, 'traceparent') === undefined
        ? [['traceparent', parent] as const]
        : []),
    ],
  };
}
