import type { McpServer } from '@modelcontextprotocol/server';
import type { Exchange } from '../trace/schema.ts';
import { authorizationServerRoutes, createAuthorizationServer } from './authorization-server.ts';
import { createExchangeLog } from './exchange-log.ts';
import { findFault } from './faults.ts';
import { type Listener, listen } from './listener.ts';
import { type AnswerForm, createMcpEndpoint } from './mcp.ts';
import { MCP_PATH, RESOURCE_METADATA_PATH, resourceMetadataRoutes } from './metadata.ts';
import { createRealm } from './realm.ts';
import { resourceRoutes } from './resource.ts';
import { type Route, respondWith } from './router.ts';
import type { User } from './users.ts';

/** How the reference server is to run. */
export interface ServerOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The authorization server gets a port, and so an origin, of its own. */
  readonly split?: boolean;
  /** Default one: testuser, testpass. */
  readonly users?: readonly User[];
  /** Form of access tokens, default jwt. */
  readonly tokens?: 'jwt' | 'opaque';
  /** Form of MCP answers, default json. */
  readonly answers?: AnswerForm;
  /** Makes what stands behind the token check, for one session or one request; default three tools. */
  readonly createMcpServer?: () => McpServer;
  /** Ids of faults, see {@link FAULTS}. */
  readonly faults?: readonly string[];
  /** PEM texts; with them everything is https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Lets client ID metadata documents come from this machine, over http too; default false. */
  readonly allowLoopbackClientMetadata?: boolean;
  /** Default 3600. */
  readonly accessTokenSeconds?: number;
  /** Called once for each handled request. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Milliseconds since the epoch; for tests that have no time to wait. */
  readonly now?: () => number;
}

/** A server that listens. */
export interface RunningServer {
  readonly mcpUrl: string;
  readonly issuer: string;
  /** The latest requests and their answers, unredacted: all of them, unless there were very many. */
  readonly exchanges: readonly Exchange[];
  /** Stops listening and ends open connections at once. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the authorization server and the MCP server it protects.
 * @throws the system's error when the port cannot be had; Error for an unknown fault.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const faults = (options.faults ?? []).map(findFault);
  const { host = '127.0.0.1', port = 0, tls, split = false } = options;
  const front = await listen({ host, port, tls });
  const back = split ? await listen({ host, port: 0, tls }) : front;
  const realm = createRealm(rightRealm(options, front.origin, back.origin), faults);
  const server = await createAuthorizationServer(realm, {
    users: options.users ?? [{ name: 'testuser', password: 'testpass' }],
    isSecure: tls !== undefined,
  });
  const mcp = await createMcpEndpoint(
    options.answers ?? 'json',
    options.createMcpServer,
    realm.nameSession,
  );
  const log = createExchangeLog(options.onExchange);
  const serve = (listener: Listener, routes: readonly Route[]): void =>
    listener.serve(log.watch(respondWith(routes, faults)));
  const ofResource = [
    ...resourceMetadataRoutes(realm),
    ...resourceRoutes(realm, server.accessTokens, mcp),
  ];
  const ofServer = authorizationServerRoutes(server);
  serve(front, split ? ofResource : [...ofResource, ...ofServer]);
  if (split) serve(back, ofServer);
  return {
    mcpUrl: realm.resource,
    issuer: realm.issuer,
    exchanges: log.exchanges,
    close: async () => {
      await mcp.close();
      await Promise.all([...new Set([front, back])].map((listener) => listener.close()));
    },
  };
}

/** The realm as it is without faults, once the origins are known. */
function rightRealm(
  options: ServerOptions,
  mcpOrigin: string,
  issuer: string,
): Parameters<typeof createRealm>[0] {
  return {
    issuer,
    resource: mcpOrigin + MCP_PATH,
    resourceMetadata: mcpOrigin + RESOURCE_METADATA_PATH,
    tokens: options.tokens ?? 'jwt',
    accessTokenSeconds: options.accessTokenSeconds ?? 3600,
    allowLoopbackClientMetadata: options.allowLoopbackClientMetadata ?? false,
    now: options.now ?? Date.now,
  };
}
