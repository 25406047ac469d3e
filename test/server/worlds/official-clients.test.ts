/** The official SDK's clients, old and new, go through every world that is not of the first revision. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, test } from 'vitest';
import { startWorld } from '../../../src/server/worlds/index.ts';
import type { RunningWorld } from '../../../src/server/worlds/world.ts';
import { approveIn, CALLBACK, fetchIn } from './support.ts';

/** A provider whose user logs in and approves at once; what it stores stays in memory. */
function createProvider(world: RunningWorld) {
  const stored: Record<string, unknown> = {};
  const store = (name: string) => (value: unknown) => {
    stored[name] = value;
  };
  return {
    redirectUrl: CALLBACK,
    clientMetadata: {
      client_name: 'Official client',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => stored.client as never,
    saveClientInformation: store('client'),
    tokens: () => stored.tokens as never,
    saveTokens: store('tokens'),
    codeVerifier: () => stored.verifier as never,
    saveCodeVerifier: store('verifier'),
    discoveryState: () => stored.discovery as never,
    saveDiscoveryState: store('discovery'),
    redirectToAuthorization: async (url: URL) => {
      stored.callback = await approveIn(world, url.href);
    },
    parameters: () => (stored.callback as URL).searchParams,
  };
}

interface Connection {
  readonly connect: () => Promise<void>;
  readonly finish: (parameters: URLSearchParams) => Promise<void>;
  readonly call: (name: string, args: Record<string, unknown>) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

type Open = (world: RunningWorld, provider: ReturnType<typeof createProvider>) => Connection;

function current(mode: 'auto' | 'legacy'): Open {
  return (world, provider) => {
    const options = { authProvider: provider, fetch: fetchIn(world) };
    const transport = () => new StreamableHTTPClientTransport(new URL(world.mcpUrl), options);
    const first = transport();
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    let next = first;
    return {
      connect: () => {
        const used = next;
        next = transport();
        return client.connect(used);
      },
      finish: (parameters) => first.finishAuth(parameters),
      call: (name, args) => client.callTool({ name, arguments: args }),
      close: () => client.close(),
    };
  };
}

const old: Open = (world, provider) => {
  const options = { authProvider: provider, fetch: fetchIn(world) };
  const transport = () => new OldTransport(new URL(world.mcpUrl), options);
  const first = transport();
  let client = new OldClient({ name: 'test', version: '1' });
  let next = first;
  return {
    connect: () => {
      client = new OldClient({ name: 'test', version: '1' });
      const used = next;
      next = transport();
      return client.connect(used as never);
    },
    finish: (parameters) => first.finishAuth(parameters.get('code') ?? ''),
    call: (name, args) => client.callTool({ name, arguments: args }),
    close: () => client.close(),
  };
};

const CLIENTS: readonly (readonly [string, Open])[] = [
  ['the current client', current('auto')],
  ['the current client in a session', current('legacy')],
  ['the old client', old],
];

/** What the tool of each world answers to somebody who was let in. */
const ANSWERS = { minimal: 'hello', federated: 'Water the plants', 'secured-api': 'Company 1' };

test.each(
  Object.entries(ANSWERS).flatMap(([world, answer]) =>
    CLIENTS.map(([name, open]) => ({ world, answer, name, open })),
  ),
)('$name logs in to the world $world and calls its tool', async ({ world, answer, open }) => {
  const running = await startWorld(world);
  try {
    const provider = createProvider(running);
    const { connect, finish, call, close } = open(running, provider);
    await expect(connect()).rejects.toThrow(/unauthorized/i);
    await finish(provider.parameters());
    await connect();
    const { tool, arguments: args } = running.call;
    expect(JSON.stringify(await call(tool, args))).toContain(answer);
    await close();
  } finally {
    await running.close();
  }
});
