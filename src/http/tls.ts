import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { Tls } from '../trace/schema.ts';

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
