import type { Exchange } from '../trace/schema.ts';
import { createAccessTokens } from './access-token.ts';
import type { Answer, Inbound } from './answer.ts';
import { authorizationRoutes } from './authorization.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { withClientDocuments } from './client-document.ts';
import { createClients } from './clients.ts';
import { recordExchange } from './exchange.ts';
import type { Fault } from './faults/fault.ts';
import { findFault } from './faults.ts';
import { createGrants } from './grants.ts';
import { introspectionRoutes } from './introspection.ts';
import { createKeys } from './keys.ts';
import { type Listener, listen, type Respond } from './listener.ts';
import { loginRoutes } from './login.ts';
import { type AnswerForm, createMcpEndpoint } from './mcp.ts';
import {
  MCP_PATH,
  RESOURCE_METADATA_PATH,
  resourceMetadataRoutes,
  serverMetadataRoutes,
} from './metadata.ts';
import type { Realm } from './realm.ts';
import { registrationRoutes } from './registration.ts';
import { resourceRoutes } from './resource.ts';
import { type Route, route } from './router.ts';
import { createSessions } from './sessions.ts';
import { tokenRoutes } from './token.ts';
import { createUsers, type User } from './users.ts';

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
  /** Everything handled so far, unredacted. */
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
  const { host = '127.0.0.1', port = 0, tls } = options;
  const keys = await createKeys();
  const mcpListener = await listen({ host, port, tls });
  const listener = options.split ? await listen({ host, port: 0, tls }) : mcpListener;
  const realm = realmOf(options, mcpListener.origin, listener.origin, faults);
  const grants = createGrants(realm.now);
  const server: AuthorizationServer = {
    realm,
    keys,
    users: createUsers(options.users ?? [{ name: 'testuser', password: 'testpass' }]),
    clients: withClientDocuments(
      createClients([]),
      realm,
      options.allowLoopbackClientMetadata ?? false,
    ),
    grants,
    accessTokens: createAccessTokens(realm, keys, grants),
    sessions: createSessions(realm.now, tls !== undefined),
  };
  const mcp = await createMcpEndpoint(options.answers ?? 'json');
  const exchanges: Exchange[] = [];
  const serve = (target: Listener, routes: readonly Route[]): void =>
    target.serve(recorded(withFaults(routes, faults), exchanges, options.onExchange));
  const resourceSide = [
    ...resourceMetadataRoutes(realm),
    ...resourceRoutes(realm, server.accessTokens, mcp),
  ];
  const authorizationSide = authorizationServerRoutes(server);
  if (options.split) {
    serve(mcpListener, resourceSide);
    serve(listener, authorizationSide);
  } else serve(mcpListener, [...resourceSide, ...authorizationSide]);
  return {
    mcpUrl: realm.resource,
    issuer: realm.issuer,
    exchanges,
    close: async () => {
      await mcp.close();
      await Promise.all([...new Set([mcpListener, listener])].map((each) => each.close()));
    },
  };
}

function realmOf(
  options: ServerOptions,
  mcpOrigin: string,
  issuer: string,
  faults: readonly Fault[],
): Realm {
  const omitted = new Set(faults.flatMap((fault) => fault.omits ?? []));
  return {
    issuer,
    resource: mcpOrigin + MCP_PATH,
    resourceMetadata: mcpOrigin + RESOURCE_METADATA_PATH,
    tokens: options.tokens ?? 'jwt',
    accessTokenSeconds: options.accessTokenSeconds ?? 3600,
    now: options.now ?? Date.now,
    checks: (check) => !omitted.has(check),
    mint: (claims, situation) =>
      faults.reduce((minted, fault) => fault.mint?.(minted, situation) ?? minted, claims),
  };
}

function authorizationServerRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    ...serverMetadataRoutes(server.realm, server.keys),
    ...registrationRoutes(server),
    ...authorizationRoutes(server),
    ...loginRoutes(server),
    ...tokenRoutes(server),
    ...introspectionRoutes(server),
  ];
}

function withFaults(routes: readonly Route[], faults: readonly Fault[]): Respond {
  return async (inbound) =>
    faults.reduce(
      (answer, fault) => fault.change?.(answer, inbound) ?? answer,
      await route(routes, inbound),
    );
}

function recorded(
  respond: Respond,
  exchanges: Exchange[],
  onExchange: ServerOptions['onExchange'],
): Respond {
  return async (inbound: Inbound): Promise<Answer> => {
    const answer = await respond(inbound);
    const exchange = recordExchange(exchanges.length + 1, inbound, answer);
    exchanges.push(exchange);
    onExchange?.(exchange);
    return answer;
  };
}
