/** The reference server under the suite's scenarios for authorization servers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import { approve, register } from '../server/client.ts';
import { run, scenariosOf } from './suite.ts';

const scenarios = scenariosOf('conformance-next', 'authorization');
const revisions = [...new Set(scenarios.map(({ revision }) => revision))];

test.each(revisions)(
  'the reference server passes every scenario for authorization servers at %s',
  async (revision) => {
    const server = await startServer();
    try {
      const port = await freePort();
      const { document } = await register(server, {
        redirect_uris: [`http://127.0.0.1:${port}/callback`],
      });
      const identity = ['--client-id', String(document.client_id), '--port', String(port)];
      const place = ['--url', server.issuer, '--resource', server.mcpUrl];
      const all = { suite: 'conformance-next', side: 'authorization', revision } as const;
      const verdict = await run(all, [...place, ...identity], approveOnce());
      expect(verdict.problems, verdict.output).toEqual([]);
      for (const { name } of scenarios) expect(verdict.output).toContain(name);
    } finally {
      await server.close();
    }
  },
);

/** Does what the suite asks a human for: opens the URL that it prints, logs in, approves. */
function approveOnce(): (output: string) => void {
  let isDone = false;
  return (output) => {
    const [url] = /^https?:\/\/\S+response_type=code\S*(?=\n)/m.exec(output) ?? [];
    if (url === undefined || isDone) return;
    isDone = true;
    void approve(url).then(({ location }) => fetch(location ?? ''));
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return port;
}
