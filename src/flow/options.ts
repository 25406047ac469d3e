import type { ClientProfile } from '../clients/profile.ts';
import type { Revision } from '../spec/revisions.ts';

/** How a token request proves who the client is. */
export type AuthMethod =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt';

/** How a token is obtained; everything but the code grant goes without the user's browser. */
export type GrantKind =
  | 'authorization_code'
  | 'client_credentials'
  /** A platform's JWT as assertion: workload identity federation. */
  | 'jwt_bearer'
  /** Enterprise-managed authorization: an identity assertion from the company's provider. */
  | 'enterprise'
  | 'device_code';

/** A private key for client assertions. */
export interface ClientKey {
  /** PEM (PKCS #8) or a JWK as JSON. */
  readonly text: string;
  readonly algorithm?: string;
}

/** The company's identity provider, which exchanges an ID token for an identity assertion. */
export interface EnterpriseOptions {
  readonly idToken: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** Clients of earlier runs, kept by issuer and never offered to another one. */
export interface ClientStore {
  find(issuer: string): StoredClient | undefined;
  /** @returns why it could not be kept; undefined when it was. */
  keep(issuer: string, client: StoredClient): string | undefined;
  /** @returns why it could not be forgotten; undefined when it was. */
  forget(issuer: string): string | undefined;
}

/** A client as a store keeps it. */
export interface StoredClient {
  readonly id: string;
  readonly secret?: string;
  readonly authMethod: AuthMethod;
  readonly scope?: string;
  readonly redirectUri: string;
}

/** What one run is asked to do. */
export interface FlowOptions {
  /** The MCP endpoint, an absolute http or https URL as the user typed it. */
  readonly url: string;
  readonly profile: ClientProfile;
  /** `auto`, or one revision from beginning to end. */
  readonly revision: 'auto' | Revision;
  /** Go on where a client must stop, to see what else is wrong. */
  readonly lenient: boolean;
  /** A client registered beforehand; without one the client registers itself. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Signs client assertions. */
  readonly clientKey?: ClientKey;
  /** URL of a client ID metadata document: the client's id where the server takes such. */
  readonly clientMetadataUrl?: string;
  /** Initial access token for a registration endpoint that wants one (RFC 7591 section 3). */
  readonly registrationToken?: string;
  readonly clients?: ClientStore;
  /** Default `authorization_code`. */
  readonly grant?: GrantKind;
  /** The assertion of the `jwt_bearer` grant. */
  readonly assertion?: string;
  readonly enterprise?: EnterpriseOptions;
  /** Bind tokens to a key of this run (RFC 9449). */
  readonly dpop?: boolean;
  /** Overrides what registration and metadata say. */
  readonly tokenAuthMethod?: AuthMethod;
  readonly scope?: string;
  /** One of the `authorization_servers`, or another issuer. */
  readonly authorizationServer?: string;
  /** Further parameters of the authorization request. */
  readonly authorizeParameters: readonly (readonly [name: string, value: string])[];
  readonly callback: { readonly host: string; readonly port: number; readonly path: string };
  /** Milliseconds the human has. */
  readonly consentTimeout: number;
  /** A tool to call, with its arguments. */
  readonly call?: {
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
  /** What to answer when that tool asks for input, by the name of the field; the rest by its defaults. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Let documents of a remote server name addresses of this machine and its network. */
  readonly allowPrivate?: boolean;
  /** Leave tokens and the registered client behind. */
  readonly keep: boolean;
}
