import type { Access } from '../access-token.ts';
import { type Answer, type Inbound, json } from '../answer.ts';
import { readBearer } from '../bearer.ts';
import type { Realm } from '../realm.ts';
import { refuse, type TokenCheck } from '../resource.ts';
import type { Route } from '../router.ts';
import { covers } from '../scopes.ts';

/** A plain API that asks for a token: no MCP, one path, GET. */
export interface ProtectedApi {
  readonly path: string;
  readonly realm: Realm;
  readonly tokens: TokenCheck;
  /** What a token has to cover. */
  readonly scope: string;
  readonly answer: (inbound: Inbound, access: Access) => unknown;
}

/** The route of a protected API: 401 without a good token, 403 where it does not cover the request. */
export function protectedRoute(api: ProtectedApi): Route {
  return { path: api.path, cors: true, methods: { GET: (inbound) => guarded(api, inbound) } };
}

async function guarded(
  { realm, tokens, scope, answer }: ProtectedApi,
  inbound: Inbound,
): Promise<Answer> {
  const token = readBearer(inbound);
  if (token === undefined) return refuse(realm, 'challenge', 401, { scope }, 'a token is needed');
  const access = await tokens.verify(token);
  if ('problem' in access) {
    const error = { scope, error: 'invalid_token', error_description: access.problem };
    return refuse(realm, 'rejection', 401, error, access.problem);
  }
  if (covers(access.scopes, [scope])) return json('mcp', 200, await answer(inbound, access));
  const text = 'the token does not cover this request';
  const error = { scope, error: 'insufficient_scope', error_description: text };
  return refuse(realm, 'step-up', 403, error, text);
}
