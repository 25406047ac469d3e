/** Two live runs against servers that we did not write, held against each other. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareTraces } from '../../src/cli/comparison.ts';
import { judgedSubject } from '../../src/library/judged.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { createMcpServer, createProvider } from '../interop/oidc-application.ts';
import { runHeadlessly } from '../interop/run.ts';
import { createApplication } from '../interop/sdk-application.ts';
import { type LoggedServer, listenAndLog } from '../interop/server-log.ts';

interface Ground {
  readonly name: string;
  /** Puts the applications in place; gives the URL of the MCP server. */
  readonly build: (resource: LoggedServer, authorization: LoggedServer) => string;
}

const grounds: readonly Ground[] = [
  {
    name: 'oidc-provider and an MCP server of the v1 SDK',
    build: (resource, authorization) => {
      authorization.use(createProvider(authorization.origin, `${resource.origin}/mcp`));
      resource.use(createMcpServer(resource.origin, authorization.origin));
      return `${resource.origin}/mcp`;
    },
  },
  {
    name: "the v1 SDK's own authorization router",
    build: (resource) => {
      resource.use(createApplication(resource.origin));
      return `${resource.origin}/mcp`;
    },
  },
];

describe.each(grounds)('two runs against $name', ({ build }) => {
  const servers: LoggedServer[] = [];
  let first: Trace;
  let second: Trace;
  let elsewhere: Trace;
  const start = async (): Promise<string> => {
    const [resource, authorization] = [await listenAndLog(), await listenAndLog()];
    servers.push(resource, authorization);
    return build(resource, authorization);
  };
  beforeAll(async () => {
    const [url, another] = [await start(), await start()];
    first = await runAt(url);
    second = await runAt(url);
    elsewhere = await runAt(another);
  }, 60_000);
  afterAll(async () => {
    for (const server of servers) await server.close();
  });

  test('complete', () => {
    const outcomes = [first, second].map(({ sequence_summary }) => sequence_summary.outcome);
    expect(outcomes).toEqual(['completed', 'completed']);
  });

  test('differ in nothing', () => {
    expect(compareTraces(judgedSubject(first), judgedSubject(second)).differences).toEqual([]);
  });

  test('differ in nothing when each has a fresh server', () => {
    expect(compareTraces(judgedSubject(first), judgedSubject(elsewhere)).differences).toEqual([]);
  });
});

async function runAt(url: string): Promise<Trace> {
  return (await runHeadlessly(url, { username: 'alice', password: 'secret' })).trace;
}
