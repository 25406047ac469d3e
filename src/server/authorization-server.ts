import type { AccessTokens } from './access-token.ts';
import type { Clients } from './clients.ts';
import type { Grants } from './grants.ts';
import type { Keys } from './keys.ts';
import type { Realm } from './realm.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';

/** What the endpoints of the authorization server share. */
export interface AuthorizationServer {
  readonly realm: Realm;
  readonly keys: Keys;
  readonly users: Users;
  readonly clients: Clients;
  readonly grants: Grants;
  readonly accessTokens: AccessTokens;
  readonly sessions: Sessions;
}
