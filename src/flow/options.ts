import type { ClientProfile } from '../clients/profile.ts';
import type { Revision } from '../spec/revisions.ts';

/** How a token request proves who the client is. */
export type AuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

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
  /** Leave tokens and the registered client behind. */
  readonly keep: boolean;
}
