import { type AccessTokens, createAccessTokens } from './access-token.ts';
import { authorizationRoutes } from './authorization.ts';
import type { UsedAssertions } from './client-assertion.ts';
import { withClientDocuments } from './client-document.ts';
import { type Clients, createClients } from './clients.ts';
import { createExpiring } from './expiring.ts';
import { createGrants, type Grants } from './grants.ts';
import { introspectionRoutes } from './introspection.ts';
import { createKeys, type Keys } from './keys.ts';
import { loginRoutes } from './login.ts';
import { serverMetadataRoutes } from './metadata.ts';
import type { Realm } from './realm.ts';
import { registrationRoutes } from './registration.ts';
import type { Route } from './router.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { tokenRoutes } from './token.ts';
import { createUsers, type User, type Users } from './users.ts';

/** What the endpoints of the authorization server share. */
export interface AuthorizationServer {
  readonly realm: Realm;
  readonly keys: Keys;
  readonly users: Users;
  readonly clients: Clients;
  readonly grants: Grants;
  readonly accessTokens: AccessTokens;
  readonly sessions: Sessions;
  readonly usedAssertions: UsedAssertions;
}

/** What an authorization server starts with. */
export interface AuthorizationServerOptions {
  readonly users: readonly User[];
  /** True when it is served over TLS. */
  readonly isSecure: boolean;
  /** Name of its cookie, where another server of the same host has the usual one. */
  readonly cookie?: string;
}

/** An authorization server with fresh keys, no clients and no grants. */
export async function createAuthorizationServer(
  realm: Realm,
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const keys = await createKeys();
  const grants = createGrants(realm.now);
  return {
    realm,
    keys,
    grants,
    users: createUsers(options.users),
    clients: withClientDocuments(createClients([]), realm),
    accessTokens: createAccessTokens(realm, keys, grants),
    sessions: createSessions(realm.now, options.isSecure, options.cookie),
    usedAssertions: createExpiring<true>(realm.now, 3600),
  };
}

/** Its endpoints and pages. */
export function authorizationServerRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    ...serverMetadataRoutes(server.realm, server.keys),
    ...registrationRoutes(server),
    ...authorizationRoutes(server),
    ...loginRoutes(server),
    ...tokenRoutes(server),
    ...introspectionRoutes(server),
  ];
}
