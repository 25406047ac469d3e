import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Performance, Performed } from '../../src/flow/perform.ts';
import { createAuthority } from '../http/certificates.ts';
import { findingsIn, runHeadlessly } from './run.ts';
import { createApplication } from './sdk-application.ts';
import { leakedFrom, secretsIn } from './secrets.ts';
import { type LoggedServer, listenAndLog, sentTo } from './server-log.ts';

const authority = createAuthority();
const proxies: (() => void)[] = [];
/** Where the proxy was asked to lead. */
const tunnels = new Set<string>();
afterAll(() => {
  authority.dispose();
  for (const stop of proxies) stop();
});

interface Ground {
  readonly name: string;
  readonly tls: boolean;
  readonly connection: () => Promise<Partial<Performance['connection']>>;
}

const grounds: readonly Ground[] = [
  { name: 'plain http', tls: false, connection: async () => ({}) },
  { name: 'TLS with a private CA', tls: true, connection: async () => ({ ca: authority.ca }) },
  {
    name: 'TLS through a CONNECT proxy',
    tls: true,
    connection: async () => ({ ca: authority.ca, proxy: { https: await startProxy() } }),
  },
];

describe.each(grounds)(
  "the v1 SDK's own authorization router over $name",
  ({ tls, connection }) => {
    let server: LoggedServer;
    let performed: Performed;
    let options: Partial<Performance['connection']>;

    beforeAll(async () => {
      server = await listenAndLog(tls ? authority.issue(['IP:127.0.0.1']) : undefined);
      server.use(createApplication(server.origin));
      options = await connection();
      performed = await runHeadlessly(
        `${server.origin}/mcp`,
        { username: 'alice', password: 'secret' },
        { connection: options },
      );
    });
    afterAll(() => server.close());

    test('the whole sequence completes', () => {
      const { steps, reason } = performed.trace.sequence_summary;
      expect(reason).toBeNull();
      expect(steps.map(({ outcome }) => outcome)).toEqual(Array(9).fill('done'));
    });

    test('the trace holds every request that the server saw, and no more', () => {
      expect(server.seen.length).toBeGreaterThan(15);
      expect([...sentTo(performed.trace, [server])].sort()).toEqual([...server.seen].sort());
    });

    test('every request went the way that it was told to', () => {
      const { proxy } = options;
      for (const { channel, connection: way } of performed.trace.trace_log)
        if (channel !== 'loopback')
          expect([way.tls?.authorized, way.proxy]).toEqual([tls || undefined, proxy?.https]);
      expect(tunnels.has(new URL(server.origin).host)).toBe(proxy !== undefined);
    });

    test('no secret of the run stands in the redacted trace', () => {
      expect(secretsIn(performed.trace).size).toBeGreaterThan(8);
      expect(leakedFrom(performed.trace)).toEqual([]);
    });

    test('what the rules find is true', () => {
      // The router answers 401 with invalid_token to a request without a token and names no scope; it
      // knows neither iss nor client ID metadata documents, and offers no management of registrations.
      expect(findingsIn(performed.trace)).toEqual([
        'warning asm-cimd-unsupported',
        'info challenge-error-without-credentials',
        'info challenge-scope-missing',
        'info dcr-no-cleanup',
        'info asm-iss-parameter-unadvertised',
      ]);
    });
  },
);

/** A proxy that tunnels whatever it is asked for to this machine. */
async function startProxy(): Promise<string> {
  const sockets = new Set<Socket>();
  const proxy = createServer().on('connect', (request, socket: Socket) => {
    sockets.add(socket);
    tunnels.add(String(request.url));
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxies.push(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
