import { randomUUID } from 'node:crypto';
import { headerValue, mediaType } from '../trace/headers.ts';
import { type Answer, type Inbound, json, NO_STORE, oauthError } from './answer.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { readBearer } from './bearer.ts';
import { readClientMetadata } from './client-metadata.ts';
import type { Client } from './clients.ts';
import { randomToken, sameSecret } from './random.ts';
import type { Route } from './router.ts';

/** Dynamic client registration and its management. @see RFC 7591 section 3, RFC 7592 section 2 */
export function registrationRoutes(server: AuthorizationServer): readonly Route[] {
  const records = new Map<string, Registration>();
  return [
    {
      path: '/register',
      cors: true,
      methods: { POST: (inbound) => register(server, records, inbound) },
    },
    {
      path: '/register/*',
      methods: {
        GET: (inbound) => manage(records, inbound, (record) => show(server, record)),
        DELETE: (inbound) =>
          manage(records, inbound, ({ client }) => remove(server, records, client.id)),
      },
    },
  ];
}

interface Registration {
  readonly client: Client;
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
}

function register(
  server: AuthorizationServer,
  records: Map<string, Registration>,
  inbound: Inbound,
): Answer {
  const reading = readClientMetadata(readJson(inbound), server.realm);
  if ('error' in reading)
    return oauthError('registration-error', 400, reading.error, reading.description);
  const metadata = server.realm.checks('public-client')
    ? reading.metadata
    : { ...reading.metadata, token_endpoint_auth_method: 'client_secret_basic' as const };
  const client: Client = {
    id: randomUUID(),
    ...(metadata.token_endpoint_auth_method.startsWith('client_secret') && {
      secret: randomToken(),
    }),
    metadata,
  };
  const issuedAt = Math.floor(server.realm.now() / 1000);
  const record = { client, accessToken: randomToken(), issuedAt };
  server.clients.add(client);
  records.set(client.id, record);
  return json('registration', 201, documentOf(server, record));
}

/** The client information response. @see RFC 7591 section 3.2.1, RFC 7592 section 3 */
function documentOf(
  { realm }: AuthorizationServer,
  { client, accessToken, issuedAt }: Registration,
): Readonly<Record<string, unknown>> {
  return {
    client_id: client.id,
    client_id_issued_at: issuedAt,
    ...(client.secret !== undefined && {
      client_secret: client.secret,
      client_secret_expires_at: 0,
    }),
    ...client.metadata,
    registration_client_uri: `${realm.issuer}/register/${client.id}`,
    registration_access_token: accessToken,
  };
}

/** Answers the holder of the client's own registration access token; nobody else learns anything. */
function manage(
  records: ReadonlyMap<string, Registration>,
  inbound: Inbound,
  answer: (record: Registration) => Answer,
): Answer {
  const id = inbound.url.pathname.split('/').at(-1) ?? '';
  const record = records.get(id);
  const token = readBearer(inbound);
  // An unknown client is refused as a wrong token is. @see RFC 7592 section 2.1
  return record && token !== undefined && sameSecret(record.accessToken, token)
    ? answer(record)
    : oauthError('client-configuration', 401, 'invalid_token', 'the token is not for this client', [
        ['www-authenticate', `Bearer${token === undefined ? '' : ' error="invalid_token"'}`],
      ]);
}

function show(server: AuthorizationServer, record: Registration): Answer {
  return json('client-configuration', 200, documentOf(server, record));
}

function remove(
  server: AuthorizationServer,
  records: Map<string, Registration>,
  id: string,
): Answer {
  records.delete(id);
  server.clients.remove(id);
  server.grants.revokeClient(id);
  return { kind: 'client-configuration', status: 204, headers: NO_STORE };
}

function readJson(inbound: Inbound): unknown {
  if (mediaType(headerValue(inbound.headers, 'content-type')) !== 'application/json')
    return undefined;
  try {
    return JSON.parse(inbound.body);
  } catch {
    return undefined; // no JSON: refused as metadata that is no object
  }
}
