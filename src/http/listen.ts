import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The port cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Servers on this machine only, which answer on one port. */
export interface Listening {
  readonly port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Ports that are tried until one is free in both address families. */
const MOST_ATTEMPTS = 5;

/**
 * Listens on the loopback addresses that a host name of a redirect URI stands for; port 0 lets the
 * system choose. `localhost` means both families: browsers differ in which one they try first.
 * @throws {ListenError} when the port is taken.
 */
export async function listenOnLoopback(
  host: string,
  port: number,
  onRequest: RequestListener,
): Promise<Listening> {
  if (host === '[::1]') return listening([await listenOn('::1', port, onRequest)]);
  for (let attempt = 1; ; attempt += 1) {
    const first = await listenOn('127.0.0.1', port, onRequest);
    if (host !== 'localhost') return listening([first]);
    try {
      return listening([first, await listenOn('::1', portOf(first), onRequest)]);
    } catch (error) {
      if (isWithoutIpv6(error)) return listening([first]);
      // A stranger who holds the other half of localhost would receive the code.
      await closeServer(first);
      if (port !== 0 || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

function listening(servers: readonly Server[]): Listening {
  return {
    port: portOf(servers[0]),
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function isWithoutIpv6(error: unknown): boolean {
  return error instanceof ListenError && /^(EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL)$/.test(error.code);
}

/** The port of a server that listens on TCP: its address is an object then. */
function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo | undefined)?.port ?? 0;
}

function listenOn(address: string, port: number, onRequest: RequestListener): Promise<Server> {
  const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 10_000 }, onRequest);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'FAILED';
      const what = code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${code})`;
      reject(new ListenError(code, `port ${port} on ${address} ${what}`, error));
    });
    server.listen({ host: address, port, exclusive: true }, () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
