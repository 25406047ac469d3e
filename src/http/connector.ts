import { connect, isIP, type Socket } from 'node:net';
import { type SecureContext, connect as startTls, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Exchange } from '../trace/schema.ts';
import { Breakdown, type Phase } from './failure.ts';
import type { AddressGuard } from './http.ts';
import { type ProxyOptions, portOf, proxyFor, type Target } from './proxy.ts';
import { addressOf, milliseconds } from './recorder.ts';
import { tlsOf } from './tls.ts';
import { tunnel } from './tunnel.ts';

/** How connections are made. */
export interface ConnectorOptions {
  /** Trust and identity, asked for when the first TLS connection is made. */
  readonly credentials: () => SecureContext;
  readonly insecure: boolean;
  readonly resolve: readonly {
    readonly host: string;
    readonly port: number;
    readonly address: string;
  }[];
  readonly proxy: ProxyOptions | undefined;
  readonly guard: AddressGuard | undefined;
  /** Milliseconds until an attempt is given up. */
  readonly timeout: number;
  /** Told of each socket before it is connected. */
  readonly opened: (socket: Socket) => void;
}

/** What was learned while a connection was made. */
export interface ConnectionFacts {
  readonly times: Pick<Exchange['timing'], 'dns_ms' | 'connect_ms' | 'tls_ms'>;
  readonly connection: Pick<Exchange['connection'], 'remote_address' | 'proxy' | 'tls'>;
}

/** A connection that did not come about: how far it came, and what was seen of the other end. */
export class ConnectionError extends Error {
  readonly phase: Phase;
  readonly facts: ConnectionFacts;

  constructor(cause: unknown, { phase, times, connection }: Attempt) {
    super('no connection', { cause });
    this.phase = phase;
    this.facts = { times, connection };
  }
}

const known = new WeakMap<Socket, ConnectionFacts>();

/** What was learned while this connection was made. */
export function factsOf(socket: Socket): ConnectionFacts | undefined {
  return known.get(socket);
}

const broken = new WeakMap<Socket, Error>();

/** What broke a connection that was there; undici tells only the last of several errors. */
export function firstErrorOf(socket: Socket): Error | undefined {
  return broken.get(socket);
}

/** A connection while it is being made. */
interface Attempt {
  phase: Phase;
  times: ConnectionFacts['times'];
  connection: ConnectionFacts['connection'];
}

/**
 * Makes connections itself: undici's own way tells no times, and destroys the socket before anybody
 * can say whose certificate it refused. No TLS session is kept, because a resumed one skips the check
 * of the host name.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  return (target, callback) => {
    const attempt: Attempt = {
      phase: 'connect',
      times: { dns_ms: 0, connect_ms: 0, tls_ms: 0 },
      connection: { remote_address: null, tls: null },
    };
    make(target, attempt, options).then(
      (socket) => {
        known.set(socket, attempt);
        socket.once('error', (error) => broken.set(socket, error));
        callback(null, socket);
      },
      (error: unknown) => callback(new ConnectionError(error, attempt), null),
    );
  };
}

async function make(target: Target, attempt: Attempt, options: ConnectorOptions): Promise<Socket> {
  const proxy = proxyFor(target, options.proxy);
  if (proxy) attempt.connection = { ...attempt.connection, proxy: proxy.origin };
  const place = { host: addressFor(target, options), port: portOf(target) };
  const socket = connect(proxy ? placeOf(proxy) : place);
  // What is built on top of it reports its errors; here they would have no other listener.
  socket.on('error', () => {});
  options.opened(socket);
  if (!proxy) watchAddress(socket, target.hostname, options);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    const seconds = options.timeout / 1000;
    const reason = new Breakdown('TIMEOUT', `no connection came about within ${seconds} s`);
    timer = setTimeout(() => reject(reason), options.timeout);
  });
  try {
    return await Promise.race([establish(socket, target, place, proxy, attempt, options), expired]);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A name is judged by each address that it resolves to, before any is dialled. */
function watchAddress(socket: Socket, host: string, { guard }: ConnectorOptions): void {
  socket.on('lookup', (error: Error | null, address: string | undefined) => {
    // A name that does not resolve has no address to judge: the socket tells its error itself.
    if (error || address === undefined) return;
    const refused = guard?.resolved(host, address);
    if (refused !== undefined) socket.destroy(new Breakdown('PRIVATE_ADDRESS', refused));
  });
}

interface Place {
  readonly host: string;
  readonly port: number;
}

async function establish(
  socket: Socket,
  target: Target,
  place: Place,
  proxy: URL | undefined,
  attempt: Attempt,
  options: ConnectorOptions,
): Promise<Socket> {
  await dial(socket, attempt);
  const way = proxy ? await throughProxy(socket, proxy, place, attempt, options) : socket;
  if (target.protocol !== 'https:') return way;
  attempt.phase = 'tls';
  const began = performance.now();
  const secured = await secure(way, target.hostname, options);
  attempt.times = { ...attempt.times, tls_ms: milliseconds(performance.now() - began) };
  attempt.connection = { ...attempt.connection, tls: tlsOf(secured) };
  verify(secured, 'the certificate', options);
  return secured;
}

async function dial(socket: Socket, attempt: Attempt): Promise<void> {
  socket.setNoDelay(true).setKeepAlive(true, 60_000);
  const began = performance.now();
  let resolved = began;
  socket.once('lookup', () => {
    resolved = performance.now();
  });
  try {
    await happens(socket, 'connect');
  } finally {
    attempt.times = {
      dns_ms: milliseconds(resolved - began),
      connect_ms: milliseconds(performance.now() - resolved),
      tls_ms: 0,
    };
  }
  attempt.connection = { ...attempt.connection, remote_address: addressOf(socket) };
}

/** The time for it counts as the connection's. */
async function throughProxy(
  socket: Socket,
  proxy: URL,
  { host, port }: Place,
  attempt: Attempt,
  options: ConnectorOptions,
): Promise<Socket> {
  const began = performance.now();
  const way =
    proxy.protocol === 'https:' ? await secure(socket, placeOf(proxy).host, options) : socket;
  verify(way, "the proxy's certificate", options);
  const through = await tunnel(way, proxy, `${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
  const { times } = attempt;
  attempt.times = {
    ...times,
    connect_ms: milliseconds(times.connect_ms + performance.now() - began),
  };
  return through;
}

/** The certificate is judged afterwards, by `verify`. */
async function secure(
  socket: Socket,
  hostname: string,
  { credentials }: ConnectorOptions,
): Promise<TLSSocket> {
  const secured = startTls({
    socket,
    secureContext: credentials(),
    // A name is asked for by SNI; an address never is, and is verified all the same.
    ...(isIP(hostname) ? {} : { servername: hostname }),
    host: hostname,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  await happens(secured, 'secureConnect');
  return secured;
}

function verify(socket: Socket, whose: string, { insecure }: ConnectorOptions): void {
  const tls = tlsOf(socket);
  if (insecure || !tls || tls.authorized) return;
  const { authorization_error: code, certificate } = tls;
  const named = certificate
    ? ` (subject ${certificate.subject}; issuer ${certificate.issuer})`
    : '';
  const reason = code ?? 'CERTIFICATE_NOT_TRUSTED';
  throw new Breakdown(reason, `${whose} is not trusted${named}`);
}

function happens(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Breakdown('ECONNRESET', 'the connection was closed')));
  });
}

/** The name to dial, or the address that the user pinned for it. */
function addressFor(target: Target, { resolve }: ConnectorOptions): string {
  const pinned = resolve.find(
    ({ host, port }) =>
      host.toLowerCase() === target.hostname.toLowerCase() && port === portOf(target),
  );
  return pinned?.address ?? target.hostname;
}

function placeOf({ hostname, port, protocol }: URL): Place {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: portOf({ protocol, hostname: host, port }) };
}
