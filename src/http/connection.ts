import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { createConnector } from './connector.ts';
import { Breakdown } from './failure.ts';
import type { AddressGuard } from './http.ts';
import type { ProxyOptions } from './proxy.ts';

/** How connections are made; the same for every leg. */
export interface ConnectionOptions {
  /** Certificate authorities to trust besides the built-in ones, PEM. */
  readonly ca?: string;
  /** Client certificate and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** True leaves certificates unverified. */
  readonly insecure?: boolean;
  /** Dial `address` for `host:port`, as curl's `--resolve` does. */
  readonly resolve?: readonly { host: string; port: number; address: string }[];
  /** Proxy URLs and the hosts that need none; absent for a direct connection. */
  readonly proxy?: ProxyOptions;
  /** Asked what a host name turned out to be; default: any address may be dialled. */
  readonly guard?: AddressGuard;
  /** Milliseconds until an unanswered connection attempt is given up. */
  readonly timeout: number;
}

/** The ways to the network of one run. */
export interface Connections {
  /** To everybody else. */
  readonly dispatcher: Dispatcher;
  /** To our own callback listener, past any proxy. */
  readonly direct: Dispatcher;
  /** Ends every connection at once, those too that are still being made. */
  close(): Promise<void>;
}

/** A certificate or key that OpenSSL cannot read. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly code = 'CREDENTIALS_UNREADABLE';
}

/** Header bytes of one answer that are read. */
const LARGEST_HEADERS = 16 * 1024;

/**
 * Opens the ways to the network; nothing is dialled yet.
 * @throws {CredentialsError}
 */
export function openConnections(options: ConnectionOptions): Connections {
  const sockets = new Set<Socket>();
  const credentials = lazily(() => createCredentials(options));
  // What the user gave is tried at once; the built-in authorities alone take long and cannot fail.
  if (options.ca || options.cert || options.key) credentials();
  const agent = (proxy: ProxyOptions | undefined, guard: AddressGuard | undefined): Agent =>
    new Agent({
      connect: createConnector({
        credentials,
        insecure: options.insecure === true,
        resolve: options.resolve ?? [],
        proxy,
        guard,
        timeout: options.timeout,
        opened: (socket) => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
        },
      }),
      allowH2: false,
      maxHeaderSize: LARGEST_HEADERS,
    });
  const dispatcher = agent(options.proxy, options.guard);
  const direct = agent(undefined, undefined);
  return {
    dispatcher,
    direct,
    close: async () => {
      await Promise.all([dispatcher.destroy(), direct.destroy()]);
      for (const socket of sockets) socket.destroy(new Breakdown('ABORTED', 'the run is over'));
    },
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Trust and identity of every TLS connection. */
function createCredentials({ ca, cert, key }: ConnectionOptions): SecureContext {
  try {
    // A text that holds no certificate would be passed over in silence.
    if (ca) new X509Certificate(ca);
    return createSecureContext({
      ...(ca && { ca: [...rootCertificates, ca] }),
      ...(cert && { cert }),
      ...(key && { key }),
    });
  } catch (error) {
    const { message } = error as Error;
    throw new CredentialsError(`the certificates or the key cannot be used: ${message}`, {
      cause: error,
    });
  }
}
