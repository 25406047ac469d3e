/** The official SDK's clients, old and new, with a user who approves at once. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** Logs in and approves what an authorization URL asks for; gives the callback URL. */
type Approve = (url: string) => Promise<string>;

/** The SDK's view of a client that is registered and signed in; what it stores stays in memory. */
export function createProvider(redirectUri: string, approve: Approve) {
  const stored: Record<string, unknown> = {};
  const store = (name: string) => (value: unknown) => {
    stored[name] = value;
  };
  return {
    redirectUrl: redirectUri,
    clientMetadata: {
      client_name: 'Official client',
      redirect_uris: [redirectUri],
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
      stored.callback = await approve(url.href);
    },
    parameters: () => new URL(String(stored.callback)).searchParams,
  };
}

type Provider = ReturnType<typeof createProvider>;

/** A client before it is signed in: to connect throws, once, and works after `finish`. */
interface Connection {
  readonly connect: () => Promise<void>;
  readonly finish: (parameters: URLSearchParams) => Promise<void>;
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Makes a client for the MCP server at `url`. */
export type Open = (url: string, provider: Provider, send?: typeof fetch) => Connection;

/** The current client; `legacy` keeps it to revisions with a session. */
export function current(mode: 'auto' | 'legacy'): Open {
  return (url, provider, send) => {
    const options = { authProvider: provider, ...(send && { fetch: send }) };
    const transport = () => new StreamableHTTPClientTransport(new URL(url), options);
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
      call: (name, args = {}) => client.callTool({ name, arguments: args }),
      close: () => client.close(),
    };
  };
}

/** The client of the first SDK. */
export const old: Open = (url, provider, send) => {
  const options = { authProvider: provider, ...(send && { fetch: send }) };
  const transport = () => new OldTransport(new URL(url), options);
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
    call: (name, args = {}) => client.callTool({ name, arguments: args }),
    close: () => client.close(),
  };
};
