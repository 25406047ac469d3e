import type { Client, Clients } from './clients.ts';
import { repeatedName } from './form.ts';
import type { Realm } from './realm.ts';
import { isRegisteredRedirect } from './redirect-uri.ts';
import { covers, scopeMeanings, scopesOf } from './scopes.ts';

/** An authorization request that may be shown to the user. @see RFC 6749 section 4.1.1 */
export interface AuthorizationRequest extends ReturnAddress {
  readonly client: Client;
  readonly scopes: readonly string[];
  readonly resource: string;
  readonly challenge: string | undefined;
  readonly nonce: string | undefined;
}

/** Where the answer goes. */
export interface ReturnAddress {
  readonly redirectUri: string;
  readonly state: string | undefined;
}

/** What became of reading a request. */
export type Reading =
  | { readonly type: 'valid'; readonly request: AuthorizationRequest }
  /** The redirect URI can be trusted: the client is told. */
  | {
      readonly type: 'refused';
      readonly to: ReturnAddress;
      readonly error: string;
      readonly description: string;
    }
  /** It cannot: only the user is told. @see RFC 6749 section 4.1.2.1 */
  | { readonly type: 'untrusted'; readonly description: string };

/** Reads the query of an authorization request. Unknown parameters are ignored. */
export async function readAuthorizationRequest(
  query: URLSearchParams,
  clients: Clients,
  realm: Realm,
): Promise<Reading> {
  const untrusted = (description: string): Reading => ({ type: 'untrusted', description });
  if (query.getAll('client_id').length > 1 || query.getAll('redirect_uri').length > 1)
    return untrusted('client_id or redirect_uri occurs twice');
  const client = await clients.find(query.get('client_id') ?? '');
  if (typeof client !== 'object') return untrusted(client ?? 'the client is unknown');
  const registered = client.metadata.redirect_uris;
  const redirectUri = query.get('redirect_uri') ?? (registered.length === 1 ? registered[0] : '');
  if (!redirectUri || !isRegisteredRedirect(registered, redirectUri, realm.checks))
    return untrusted('redirect_uri is not one the client registered');
  const to = { redirectUri, state: query.get('state') ?? undefined };
  const problem = problemOf(query, client, realm);
  if (problem) return { type: 'refused', to, error: problem[0], description: problem[1] };
  return { type: 'valid', request: requestOf(query, client, realm, to) };
}

function requestOf(
  query: URLSearchParams,
  client: Client,
  realm: Realm,
  to: ReturnAddress,
): AuthorizationRequest {
  const asked = scopesOf(query.get('scope'));
  return {
    ...to,
    client,
    scopes: asked.length > 0 ? asked : Object.keys(scopeMeanings(realm)).slice(0, 1),
    resource: query.get('resource') ?? realm.resource,
    challenge: query.get('code_challenge') ?? undefined,
    nonce: query.get('nonce') ?? undefined,
  };
}

type Problem = readonly [error: string, description: string];

/** The first thing wrong with a request whose redirect URI is good. */
function problemOf(query: URLSearchParams, client: Client, realm: Realm): Problem | undefined {
  const repeated = repeatedName(query);
  if (repeated) return ['invalid_request', 'a parameter occurs twice'];
  if (query.get('response_type') !== 'code')
    return ['unsupported_response_type', 'response_type has to be code'];
  if (!['query', null].includes(query.get('response_mode')))
    return ['invalid_request', 'response_mode has to be query'];
  if (!client.metadata.grant_types.includes('authorization_code'))
    return ['unauthorized_client', 'the client is not registered for authorization_code'];
  if (query.get('prompt') === 'none')
    return ['interaction_required', 'the user is always asked for consent'];
  return pkceProblem(query, realm) ?? scopeProblem(query, realm) ?? resourceProblem(query, realm);
}

/** @see RFC 7636 section 4.4.1, RFC 9700 section 2.1.1 */
function pkceProblem(query: URLSearchParams, realm: Realm): Problem | undefined {
  const challenge = query.get('code_challenge');
  if (challenge === null)
    return realm.checks('pkce') ? ['invalid_request', 'code_challenge is required'] : undefined;
  if (query.get('code_challenge_method') !== 'S256' && realm.checks('pkce-method'))
    return ['invalid_request', 'code_challenge_method has to be S256'];
  return /^[A-Za-z0-9_-]{43}$/.test(challenge)
    ? undefined
    : ['invalid_request', 'code_challenge is not a base64url SHA-256'];
}

function scopeProblem(query: URLSearchParams, realm: Realm): Problem | undefined {
  return covers(Object.keys(scopeMeanings(realm)), scopesOf(query.get('scope')))
    ? undefined
    : ['invalid_scope', 'a scope is unknown'];
}

/** @see RFC 8707 section 2 */
function resourceProblem(query: URLSearchParams, realm: Realm): Problem | undefined {
  const resource = query.get('resource');
  return resource === null || resource === realm.resource || !realm.checks('resource')
    ? undefined
    : ['invalid_target', `the only resource here is ${realm.resource}`];
}
