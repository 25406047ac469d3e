import { type Answer, type Inbound, json, NO_STORE, oauthError } from './answer.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { authenticateClient, isAnswer } from './client-authentication.ts';
import type { Client } from './clients.ts';
import { readForm } from './form.ts';
import type { Route } from './router.ts';

/** Token introspection and revocation. @see RFC 7662 section 2, RFC 7009 section 2 */
export function introspectionRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    {
      path: '/introspect',
      methods: { POST: (inbound) => forClient(server, inbound, introspect) },
    },
    {
      path: '/revoke',
      cors: true,
      methods: { POST: (inbound) => forClient(server, inbound, revoke) },
    },
  ];
}

type TokenAnswer = (server: AuthorizationServer, client: Client, token: string) => Promise<Answer>;

async function forClient(
  server: AuthorizationServer,
  inbound: Inbound,
  answer: TokenAnswer,
): Promise<Answer> {
  const form = readForm(inbound);
  const token = form?.get('token');
  if (!form || !token) return oauthError('token-error', 400, 'invalid_request', 'token is missing');
  const client = await authenticateClient(server, inbound, form);
  return isAnswer(client) ? client : answer(server, client, token);
}

/** A client learns about its own tokens, a resource server about all. */
async function introspect(
  server: AuthorizationServer,
  client: Client,
  token: string,
): Promise<Answer> {
  if (client.metadata.token_endpoint_auth_method === 'none')
    return oauthError('token-error', 401, 'invalid_client', 'a public client cannot introspect', [
      ['www-authenticate', 'Basic realm="introspection endpoint"'],
    ]);
  const access = await server.accessTokens.verify(token);
  const isResourceServer = client.metadata.grant_types.length === 0;
  if ('problem' in access || !(isResourceServer || access.clientId === client.id))
    return json('introspection', 200, { active: false });
  return json('introspection', 200, {
    active: true,
    iss: server.realm.issuer,
    sub: access.subject,
    aud: access.audience,
    client_id: access.clientId,
    scope: access.scopes.join(' '),
    token_type: 'Bearer',
    iat: access.issuedAt,
    exp: access.expiresAt,
    jti: access.tokenId,
  });
}

/** An unknown token is as gone as a revoked one, so the answer is the same. */
async function revoke(
  { grants, accessTokens, realm }: AuthorizationServer,
  client: Client,
  token: string,
): Promise<Answer> {
  const revoked: Answer = { kind: 'revocation', status: 200, headers: NO_STORE };
  if (!realm.checks('revocation')) return revoked;
  const found = grants.findRefreshToken(token);
  if (found.state !== 'unknown') {
    if (found.value.clientId === client.id) grants.revoke(found.value.id);
    return revoked;
  }
  const access = await accessTokens.verify(token);
  if (!('problem' in access) && access.clientId === client.id) accessTokens.revoke(access.tokenId);
  return revoked;
}
