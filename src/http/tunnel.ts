import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { Breakdown } from './failure.ts';

/**
 * Asks a proxy for a tunnel over a connection that was made to it.
 * @throws {Breakdown} `PROXY_REFUSED`
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
 */
export function tunnel(socket: Socket, proxy: URL, authority: string): Promise<Socket> {
  const asked = request({
    method: 'CONNECT',
    path: authority,
    setHost: false,
    headers: { host: authority, ...authorization(proxy) },
    createConnection: () => socket,
  });
  asked.end();
  return opened(asked, proxy);
}

function opened(asked: ClientRequest, proxy: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('connect', ({ statusCode }: IncomingMessage, socket: Socket, head: Buffer) => {
      if (statusCode !== undefined && statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      const seen = `the proxy ${proxy.origin} answered CONNECT with ${statusCode}, expected 200`;
      reject(new Breakdown('PROXY_REFUSED', seen));
    });
  });
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
