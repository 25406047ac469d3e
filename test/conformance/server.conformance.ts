/** The reference server under the suite's server scenarios, which send no token: a proxy adds it. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/start.ts';
import { obtainTokens } from '../server/client.ts';
import { createEverything } from './everything/server.ts';
import { exceptionFor, SERVER } from './exceptions.ts';
import { expectVerdict, titleOf, unknownIn } from './expectation.ts';
import { run, SUITES, scenariosOf } from './suite.ts';

const listed = SUITES.flatMap((suite) => scenariosOf(suite, 'server'));

/** What needs nothing behind the door: it is asked of the server as it is delivered, too. */
const PLAIN: ReadonlySet<string> = new Set([
  'server-initialize',
  'server-session-lifecycle',
  'ping',
  'tools-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
  'http-header-validation',
]);

/** Every scenario that is to pass; of one that is known not to, the last run alone. */
const scenarios = listed.filter(
  (scenario) =>
    exceptionFor(scenario, SERVER) !== 'all' ||
    scenario === listed.findLast(({ name }) => name === scenario.name),
);

const EVERYTHING: ServerOptions = { answers: 'events', createMcpServer: createEverything };

test('every exception names a scenario', () => {
  expect(unknownIn(SERVER, listed)).toEqual([]);
});

describe.each([
  ['with all that the suite asks for', EVERYTHING, scenarios],
  ['as it is delivered', {}, scenarios.filter(({ name }) => PLAIN.has(name))],
] as const)('the reference server %s', (_, options, asked) => {
  let server: RunningServer;
  let proxy: Server;
  let url = '';

  beforeAll(async () => {
    server = await startServer(options);
    const { tokens } = await obtainTokens(server);
    proxy = proxyTo(server.mcpUrl, { authorization: `Bearer ${tokens.access_token}` });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mcp`;
  });

  afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.close();
  });

  test.concurrent.for(asked.map((scenario) => [titleOf(scenario), scenario] as const))(
    '%s',
    async ([, scenario]) => {
      expectVerdict(scenario, await run(scenario, ['--url', url]), SERVER);
    },
  );
});

/** Passes everything on, with further headers. */
function proxyTo(target: string, headers: Readonly<Record<string, string>>): Server {
  const { hostname, port } = new URL(target);
  return createServer((incoming, outgoing) => {
    const { url: path, method } = incoming;
    const onward = request({
      hostname,
      port,
      path,
      method,
      headers: { ...incoming.headers, ...headers },
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
}
