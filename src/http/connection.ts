import type { Socket } from 'node:net';
import { type PeerCertificate, rootCertificates, TLSSocket } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { Tls } from '../trace/schema.ts';

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
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
  /** Milliseconds until an unanswered connection attempt is given up. */
  readonly timeout: number;
}

/** What was learned while a connection was made. */
export interface ConnectionFacts {
  readonly dns_ms: number;
  readonly connect_ms: number;
  readonly tls_ms: number;
}

const facts = new WeakMap<Socket, ConnectionFacts>();

/** The milliseconds a connection took to make; undefined for one made through a proxy. */
export function factsOf(socket: Socket): ConnectionFacts | undefined {
  return facts.get(socket);
}

/** TLS facts of a connection; null for plain HTTP. */
export function tlsOf(socket: Socket): Tls | null {
  if (!(socket instanceof TLSSocket)) return null;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher()?.name ?? 'unknown',
    authorized: socket.authorized,
    authorization_error: socket.authorizationError ? String(socket.authorizationError) : null,
    certificate: certificateOf(socket.getPeerCertificate()),
  };
}

/** A certificate that was not trusted: the code of the reason, and the facts of the connection. */
export class CertificateError extends Error {
  readonly code: string;
  readonly tls: Tls | null;
  readonly remoteAddress: string | null;

  constructor(code: string, message: string, tls: Tls | null, remoteAddress: string | null) {
    super(message);
    this.code = code;
    this.tls = tls;
    this.remoteAddress = remoteAddress;
  }
}

/** `address:port` of the other end; null when it is not connected. */
export function addressOf(socket: Socket): string | null {
  const { remoteAddress, remotePort } = socket;
  if (!remoteAddress) return null;
  return remoteAddress.includes(':')
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}

/** The one agent through which every leg goes. */
export function createDispatcher(options: ConnectionOptions): Dispatcher {
  const tls = {
    ...(options.ca && { ca: [...rootCertificates, options.ca] }),
    ...(options.cert && { cert: options.cert }),
    ...(options.key && { key: options.key }),
  };
  const common = { connect: connector(options, tls), allowH2: false, maxHeaderSize: 16_384 };
  if (!options.proxy) return new Agent(common);
  const endpoint = { ...tls, rejectUnauthorized: !options.insecure };
  return new EnvHttpProxyAgent({
    ...common,
    requestTls: endpoint,
    proxyTls: endpoint,
    httpProxy: options.proxy.http ?? '',
    httpsProxy: options.proxy.https ?? '',
    noProxy: options.proxy.no ?? '',
  });
}

/**
 * Connects, takes the times, and judges the certificate itself: the built-in refusal destroys the
 * socket before anybody can say whose certificate it was. No TLS session is kept, because a resumed
 * one skips the check of the host name.
 */
function connector(options: ConnectionOptions, tls: object): buildConnector.connector {
  const connect = buildConnector({
    ...tls,
    rejectUnauthorized: false,
    maxCachedSessions: 0,
    timeout: options.timeout,
  });
  return (target, callback) => {
    const pinned = options.resolve?.find(
      ({ host, port }) =>
        host.toLowerCase() === target.hostname.toLowerCase() && port === portOf(target),
    );
    const dialled = pinned
      ? { ...target, hostname: pinned.address, servername: target.servername ?? target.hostname }
      : target;
    // undici returns the socket, which its type does not say.
    const socket = connect(dialled, (error, connected) => {
      if (error || !connected) return callback(error ?? new Error('no socket'), null);
      const refusal = options.insecure ? undefined : refuse(connected);
      if (!refusal) return callback(null, connected);
      connected.destroy();
      callback(refusal, null);
    }) as unknown as Socket;
    takeTimes(socket);
  };
}

function refuse(socket: Socket): CertificateError | undefined {
  if (!(socket instanceof TLSSocket) || socket.authorized) return undefined;
  const code = String(socket.authorizationError ?? 'CERTIFICATE_NOT_TRUSTED');
  const subject = tlsOf(socket)?.certificate;
  const whose = subject ? ` (subject ${subject.subject}, issuer ${subject.issuer})` : '';
  return new CertificateError(
    code,
    `the certificate is not trusted: ${code}${whose}`,
    tlsOf(socket),
    addressOf(socket),
  );
}

function takeTimes(socket: Socket): void {
  const start = performance.now();
  let resolved = start;
  let connected = start;
  socket.prependOnceListener('lookup', () => {
    resolved = performance.now();
  });
  socket.prependOnceListener('connect', () => {
    connected = performance.now();
    facts.set(socket, {
      dns_ms: resolved - start,
      connect_ms: connected - resolved,
      tls_ms: 0,
    });
  });
  socket.prependOnceListener('secureConnect', () => {
    facts.set(socket, {
      dns_ms: resolved - start,
      connect_ms: connected - resolved,
      tls_ms: performance.now() - connected,
    });
  });
}

function portOf({ port, protocol }: { port: string; protocol: string }): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function certificateOf(peer: PeerCertificate): Tls['certificate'] {
  if (!peer?.subject) return null;
  return {
    subject: distinguishedName(peer.subject),
    issuer: distinguishedName(peer.issuer),
    valid_from: peer.valid_from,
    valid_to: peer.valid_to,
    names: (peer.subjectaltname ?? '').split(', ').filter((name) => name !== ''),
  };
}

function distinguishedName(name: object): string {
  return Object.entries(name)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ');
}
