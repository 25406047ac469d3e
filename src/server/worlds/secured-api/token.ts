import { headerValue } from '../../../trace/headers.ts';
import { type Answer, type Inbound, json, NO_STORE, oauthError } from '../../answer.ts';
import type { AuthorizationServer } from '../../authorization-server.ts';
import { authenticateClient, isAnswer } from '../../client-authentication.ts';
import type { Client, Clients } from '../../clients.ts';
import { document } from '../../faults/fault.ts';
import { readForm } from '../../form.ts';
import { respondWith } from '../../router.ts';
import { tokenRoutes } from '../../token.ts';
import type { PhantomTokens } from './phantom-tokens.ts';

/** An authorization server with its tokens, and the audiences that a token may be exchanged for. */
export interface Issuer {
  readonly server: AuthorizationServer;
  readonly tokens: PhantomTokens;
  readonly audiences: readonly string[];
}

/** The grant type of a token exchange. @see RFC 8693 section 2.1 */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The kind of token that is exchanged, and of what comes of it. @see RFC 8693 section 3 */
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** The token endpoint: codes as anywhere, and exchanges for the servers behind the gateway. */
export async function answerToken(issuer: Issuer, inbound: Inbound): Promise<Answer> {
  const server = withBothMethods(issuer.server, inbound);
  if (readForm(inbound)?.get('grant_type') === TOKEN_EXCHANGE)
    return exchange({ ...issuer, server }, inbound);
  const plain = { ...inbound, url: new URL('/token', inbound.url) };
  const answer = await respondWith(tokenRoutes(server), [])(plain);
  return answer.kind === 'token' ? asTheProductSends(answer, inbound) : answer;
}

const asTheProductSends = document(({ access_token, expires_in, scope }) => ({
  access_token,
  expires_in,
  scope,
  token_type: 'bearer',
}));

/** A secret counts wherever it stands, in the header or in the body. */
function withBothMethods(server: AuthorizationServer, { headers }: Inbound): AuthorizationServer {
  const token_endpoint_auth_method =
    headerValue(headers, 'authorization') === undefined
      ? 'client_secret_post'
      : 'client_secret_basic';
  const find: Clients['find'] = async (id) => {
    const client = await server.clients.find(id);
    return typeof client === 'object'
      ? { ...client, metadata: { ...client.metadata, token_endpoint_auth_method } }
      : client;
  };
  return { ...server, clients: { ...server.clients, find } };
}

async function exchange({ server, tokens, audiences }: Issuer, inbound: Inbound): Promise<Answer> {
  const form = readForm(inbound) ?? new URLSearchParams();
  const client = await authenticateClient(server, inbound, form);
  if (isAnswer(client)) return client;
  if (!client.metadata.grant_types.includes(TOKEN_EXCHANGE))
    return problem('unauthorized_client', 'the client may not exchange tokens');
  if (form.get('subject_token_type') !== ACCESS_TOKEN)
    return problem('invalid_request', `subject_token_type has to be ${ACCESS_TOKEN}`);
  const audience = form.get('audience') ?? '';
  if (!audiences.includes(audience))
    return problem('invalid_target', 'no token is exchanged for this audience');
  const exchanged = await tokens.exchange(form.get('subject_token') ?? '', audience);
  if (typeof exchanged === 'string') return problem('invalid_request', exchanged);
  // Between servers: a fault of the token endpoint that clients see is none of this one.
  return json('introspection', 200, {
    access_token: exchanged.token,
    expires_in: exchanged.expiresIn,
    issued_token_type: ACCESS_TOKEN,
    scope: exchanged.scope,
    token_type: 'bearer',
  });
}

/**
 * Introspection: the JWT itself for whoever asks for one, nothing at all for a token that is not
 * good. @see RFC 7662 section 2
 */
export async function introspect({ server, tokens }: Issuer, inbound: Inbound): Promise<Answer> {
  const form = readForm(inbound) ?? new URLSearchParams();
  const client = await authenticateClient(withBothMethods(server, inbound), inbound, form);
  if (isAnswer(client)) return client;
  if (!isResourceServer(client))
    return oauthError('token-error', 403, 'unauthorized_client', 'the client may not introspect');
  const jwt = await tokens.reveal(form.get('token') ?? '');
  const wantsJwt = headerValue(inbound.headers, 'accept') === 'application/jwt';
  if (!wantsJwt) return json('introspection', 200, { active: jwt !== undefined });
  return jwt === undefined
    ? { kind: 'introspection', status: 204, headers: NO_STORE }
    : {
        kind: 'introspection',
        status: 200,
        headers: [['content-type', 'application/jwt'], ...NO_STORE],
        body: jwt,
      };
}

function isResourceServer({ metadata }: Client): boolean {
  return metadata.grant_types.length === 0;
}

function problem(error: string, description: string): Answer {
  return oauthError('token-error', 400, error, description);
}
