import type { JSONWebKeySet } from 'jose';

/** A client as the authorization server knows it (RFC 7591 section 2). */
export interface Client {
  readonly id: string;
  /** Only for the methods that need one. */
  readonly secret?: string;
  readonly metadata: ClientMetadata;
}

/** What a client says of itself, in the words of RFC 7591. */
export interface ClientMetadata {
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly token_endpoint_auth_method: AuthMethod;
  readonly application_type?: 'native' | 'web' | undefined;
  readonly client_name?: string | undefined;
  readonly client_uri?: string | undefined;
  readonly scope?: string | undefined;
  /** Public keys, or where they stand, for private_key_jwt. */
  readonly jwks?: JSONWebKeySet | undefined;
  readonly jwks_uri?: string | undefined;
}

/** How a client proves who it is at the token endpoint. */
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** The methods this server offers. */
export const AUTH_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

/** The grants this server offers. */
export const GRANT_TYPES: readonly string[] = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
];

/** The clients the authorization server knows. */
export interface Clients {
  /** Undefined for an unknown client; a string says why a client could not be read. */
  readonly find: (id: string) => Promise<Client | string | undefined>;
  readonly add: (client: Client) => void;
  readonly remove: (id: string) => void;
}

/** Registered clients, held in memory. */
export function createClients(initial: readonly Client[]): Clients {
  const byId = new Map(initial.map((client) => [client.id, client]));
  return {
    find: async (id) => byId.get(id),
    add: (client) => {
      byId.set(client.id, client);
    },
    remove: (id) => {
      byId.delete(id);
    },
  };
}
