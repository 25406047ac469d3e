import { randomUUID } from 'node:crypto';
import { parseJson } from '../../../trace/body.ts';
import { type Answer, type Inbound, json, oauthError } from '../../answer.ts';
import type { AuthorizationServer } from '../../authorization-server.ts';
import { readClientMetadata } from '../../client-metadata.ts';
import type { Client, ClientMetadata } from '../../clients.ts';
import { randomToken } from '../../random.ts';
import type { Realm } from '../../realm.ts';
import { scopeMeanings } from '../../scopes.ts';

/**
 * Registers every client as a confidential one, for one grant and the one harmless scope, whatever
 * it asked for; the answer says so. @see RFC 7591 section 3.2.1
 */
export function register(server: AuthorizationServer, inbound: Inbound): Answer {
  const { realm } = server;
  const reading = readClientMetadata(parseJson(inbound.body), realm);
  if ('error' in reading)
    return oauthError('registration-error', 400, reading.error, reading.description);
  const client: Client = {
    id: randomUUID(),
    secret: randomToken(),
    metadata: { ...reading.metadata, ...policyOf(realm) },
  };
  server.clients.add(client);
  return json('registration', 201, documentOf(client, realm));
}

/** What a client is, whatever it asked to be. */
function policyOf(
  realm: Realm,
): Pick<ClientMetadata, 'grant_types' | 'response_types' | 'token_endpoint_auth_method' | 'scope'> {
  return {
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: Object.keys(scopeMeanings(realm)).join(' '),
  };
}

/** Members in the order in which the product sends them. */
function documentOf(
  { id, secret, metadata }: Client,
  realm: Realm,
): Readonly<Record<string, unknown>> {
  return {
    access_token_ttl: realm.accessTokenSeconds,
    audiences: [realm.resource],
    client_id: id,
    client_id_issued_at: Math.floor(realm.now() / 1000),
    client_name: metadata.client_name,
    client_secret: secret,
    client_secret_expires_at: 0,
    default_acr_values: ['urn:se:curity:authentication:email:email'],
    grant_types: metadata.grant_types,
    post_logout_redirect_uris: [],
    redirect_uris: metadata.redirect_uris,
    require_proof_key: true,
    requires_consent: true,
    response_types: metadata.response_types,
    scope: metadata.scope,
    subject_type: 'public',
    token_endpoint_auth_method: metadata.token_endpoint_auth_method,
    token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'],
  };
}
