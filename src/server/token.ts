import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Answer, type Inbound, json, oauthError } from './answer.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { authenticateClient, isAnswer } from './client-authentication.ts';
import type { Client } from './clients.ts';
import { readForm, repeatedName } from './form.ts';
import type { CodeGrant, Grant } from './grants.ts';
import { s256, sameSecret } from './random.ts';
import type { Realm, Situation } from './realm.ts';
import type { Route } from './router.ts';
import { BASE_SCOPE, covers, RESOURCE_SCOPES, scopesOf } from './scopes.ts';

/** The token endpoint. @see RFC 6749 section 3.2 */
export function tokenRoutes(server: AuthorizationServer): readonly Route[] {
  return [
    { path: '/token', cors: true, methods: { POST: (inbound) => answerToken(server, inbound) } },
  ];
}

type GrantAnswer = (
  server: AuthorizationServer,
  client: Client,
  form: URLSearchParams,
) => Promise<Answer>;

const GRANTS: Readonly<Record<string, GrantAnswer>> = {
  authorization_code: redeemCode,
  refresh_token: refresh,
  client_credentials: grantToClient,
};

async function answerToken(server: AuthorizationServer, inbound: Inbound): Promise<Answer> {
  const form = readForm(inbound);
  if (!form) return tokenError('invalid_request', 'the body is not a form');
  const repeated = repeatedName(form);
  if (repeated) return tokenError('invalid_request', `${repeated} occurs twice`);
  const client = await authenticateClient(server, inbound, form);
  if (isAnswer(client)) return client;
  const grantType = form.get('grant_type') ?? '';
  const answer = Object.hasOwn(GRANTS, grantType) ? GRANTS[grantType] : undefined;
  if (!answer) return tokenError('unsupported_grant_type', `grant_type is ${quoted(grantType)}`);
  if (!client.metadata.grant_types.includes(grantType))
    return tokenError('unauthorized_client', `the client is not registered for ${grantType}`);
  return answer(server, client, form);
}

async function redeemCode(
  server: AuthorizationServer,
  client: Client,
  form: URLSearchParams,
): Promise<Answer> {
  const { grants, realm } = server;
  const code = form.get('code') ?? '';
  const found = grants.findCode(code);
  if (found.state === 'unknown') return invalidGrant('the code is unknown or expired');
  const { value } = found;
  if (found.state === 'used' && realm.checks('code-replay')) {
    // A second use means that somebody else has the code too. @see RFC 9700 section 4.5
    if (realm.checks('code-replay-revocation')) grants.revoke(value.grant.id);
    return invalidGrant('the code was used before');
  }
  const problem = codeProblem(server, client, form, value);
  if (problem) return problem;
  grants.spendCode(code);
  return json('token', 200, await tokensFor(server, client, value.grant, 'code', value));
}

function codeProblem(
  { realm }: AuthorizationServer,
  client: Client,
  form: URLSearchParams,
  { grant, redirectUri, challenge }: CodeGrant,
): Answer | undefined {
  const verifier = form.get('code_verifier');
  const sentRedirect = form.get('redirect_uri');
  if (realm.checks('client-binding') && grant.clientId !== client.id)
    return invalidGrant('the code belongs to another client');
  if (realm.checks('redirect-uri') && sentRedirect !== null && sentRedirect !== redirectUri)
    return invalidGrant('redirect_uri is not the one of the authorization request');
  if (!verifierFits(realm, verifier, challenge))
    return invalidGrant('code_verifier does not belong to the code_challenge');
  return resourceProblem(realm, form, grant);
}

function verifierFits(
  realm: Realm,
  verifier: string | null,
  challenge: string | undefined,
): boolean {
  if (challenge === undefined) return verifier === null || !realm.checks('pkce-downgrade');
  if (verifier === null) return !realm.checks('verifier-presence');
  return sameSecret(s256(verifier), challenge) || !realm.checks('verifier');
}

/** @see RFC 8707 section 2.2 */
function resourceProblem(realm: Realm, form: URLSearchParams, grant: Grant): Answer | undefined {
  const resource = form.get('resource');
  if (resource === null || resource === grant.resource || !realm.checks('token-resource'))
    return undefined;
  return tokenError(
    'invalid_target',
    `resource is ${quoted(resource)}, granted was ${quoted(grant.resource)}`,
  );
}

async function refresh(
  server: AuthorizationServer,
  client: Client,
  form: URLSearchParams,
): Promise<Answer> {
  const { grants, realm } = server;
  const token = form.get('refresh_token') ?? '';
  const found = grants.findRefreshToken(token);
  if (found.state === 'unknown') return invalidGrant('the refresh token is unknown or expired');
  const grant = found.value;
  if (realm.checks('refresh-client-binding') && grant.clientId !== client.id)
    return invalidGrant('the refresh token belongs to another client');
  if (grants.isRevoked(grant)) return invalidGrant('the refresh token was revoked');
  if (found.state === 'used' && realm.checks('refresh-replay')) {
    // Either the client or a thief is late: nobody can tell, so all of it ends.
    if (realm.checks('refresh-replay-revocation')) grants.revoke(grant.id);
    return invalidGrant('the refresh token was used before');
  }
  const asked = form.get('scope');
  const scopes = asked === null ? grant.scopes : scopesOf(asked);
  if (realm.checks('refresh-scope') && !covers(grant.scopes, scopes))
    return tokenError('invalid_scope', 'scope goes beyond what was granted');
  const problem = resourceProblem(realm, form, grant);
  if (problem) return problem;
  grants.spendRefreshToken(token);
  return json('refresh', 200, await tokensFor(server, client, grant, 'refresh', { scopes }));
}

async function grantToClient(
  server: AuthorizationServer,
  client: Client,
  form: URLSearchParams,
): Promise<Answer> {
  const { realm } = server;
  const asked = scopesOf(form.get('scope'));
  const scopes = asked.length > 0 ? asked : [BASE_SCOPE];
  if (!covers(RESOURCE_SCOPES, scopes))
    return tokenError('invalid_scope', 'only scopes of the resource are granted to a client');
  const grant: Grant = {
    id: randomUUID(),
    clientId: client.id,
    subject: client.id,
    scopes,
    resource: realm.resource,
  };
  const problem = resourceProblem(realm, form, grant);
  return problem ?? json('token', 200, await tokensFor(server, client, grant, 'code', {}));
}

interface TokenWishes {
  readonly scopes?: readonly string[];
  readonly nonce?: string | undefined;
}

async function tokensFor(
  server: AuthorizationServer,
  client: Client,
  grant: Grant,
  situation: Situation,
  { scopes = grant.scopes, nonce }: TokenWishes,
): Promise<Readonly<Record<string, unknown>>> {
  const isForUser = grant.subject !== client.id;
  const isRefreshable = isForUser && client.metadata.grant_types.includes('refresh_token');
  return {
    access_token: await server.accessTokens.issue(grant, scopes, situation),
    token_type: 'Bearer',
    expires_in: server.realm.accessTokenSeconds,
    ...(isRefreshable && { refresh_token: server.grants.issueRefreshToken(grant) }),
    ...(isForUser &&
      scopes.includes('openid') && { id_token: await idToken(server, grant, nonce) }),
    scope: scopes.join(' '),
  };
}

/** Addressed to the client, so no resource server takes it. @see OpenID Connect Core section 2 */
function idToken(
  { realm, keys }: AuthorizationServer,
  grant: Grant,
  nonce: string | undefined,
): Promise<string> {
  const issuedAt = Math.floor(realm.now() / 1000);
  return new SignJWT({ ...(nonce !== undefined && { nonce }) })
    .setProtectedHeader({ alg: keys.algorithm, typ: 'JWT', kid: keys.id })
    .setIssuer(realm.issuer)
    .setSubject(grant.subject)
    .setAudience(grant.clientId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + realm.accessTokenSeconds)
    .sign(keys.privateKey);
}

function invalidGrant(description: string): Answer {
  return tokenError('invalid_grant', description);
}

function tokenError(error: string, description: string): Answer {
  return oauthError('token-error', 400, error, description);
}

function quoted(text: string): string {
  // error_description may hold neither double quotes nor backslashes (RFC 6749 section 5.2).
  return `'${text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')}'`;
}
