/** The official SDK's clients, old and new, go through the whole flow against our server. */
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, test } from 'vitest';
import { approve, REDIRECT } from './client.ts';
import { servedBy } from './support.ts';

const server = servedBy();
const split = servedBy({ split: true, tokens: 'opaque', answers: 'sse' });

/** A provider whose user approves at once; what it stores stays in memory. */
function createProvider() {
  const stored: Record<string, unknown> = {};
  const store = (name: string) => (value: unknown) => {
    stored[name] = value;
  };
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'Official client',
      redirect_uris: [REDIRECT],
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
      stored.callback = (await approve(url.href)).location;
    },
    parameters: () => new URL(String(stored.callback)).searchParams,
    stored,
  };
}

interface Connection {
  readonly connect: () => Promise<void>;
  readonly finish: (parameters: URLSearchParams) => Promise<void>;
  readonly call: (name: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

type Provider = ReturnType<typeof createProvider>;

function current(url: string, provider: Provider, mode: 'auto' | 'legacy'): Connection {
  const transport = () =>
    new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const first = transport();
  let used = false;
  return {
    connect: () => {
      const next = used ? transport() : first;
      used = true;
      return client.connect(next);
    },
    finish: (parameters) => first.finishAuth(parameters),
    call: (name) => client.callTool({ name, arguments: {} }),
    close: () => client.close(),
  };
}

function old(url: string, provider: Provider): Connection {
  const transport = () => new OldTransport(new URL(url), { authProvider: provider });
  const first = transport();
  let used = false;
  let client = new OldClient({ name: 'test', version: '1' });
  return {
    connect: () => {
      const next = used ? transport() : first;
      used = true;
      client = new OldClient({ name: 'test', version: '1' });
      return client.connect(next as never);
    },
    finish: (parameters) => first.finishAuth(parameters.get('code') ?? ''),
    call: (name) => client.callTool({ name, arguments: {} }),
    close: () => client.close(),
  };
}

test.each([
  [
    'the current client',
    () => server,
    (url: string, provider: Provider) => current(url, provider, 'auto'),
  ],
  [
    'the current client in a session',
    () => server,
    (url: string, provider: Provider) => current(url, provider, 'legacy'),
  ],
  [
    'the current client, two origins',
    () => split,
    (url: string, provider: Provider) => current(url, provider, 'auto'),
  ],
  ['the old client', () => server, old],
  ['the old client, two origins', () => split, old],
])('%s logs in and calls a tool', async (_, target, open) => {
  const provider = createProvider();
  const { connect, finish, call, close } = open(target().mcpUrl, provider);
  await expect(connect()).rejects.toThrow(/unauthorized/i);
  await finish(provider.parameters());
  await connect();
  expect(JSON.stringify(await call('whoami'))).toContain('testuser');
  await close();
});

test('a refused call names UnauthorizedError to the current client', async () => {
  const connection = current(server.mcpUrl, createProvider(), 'auto');
  await expect(connection.connect()).rejects.toBeInstanceOf(UnauthorizedError);
});
