/** What a client is like on the wire: data, so that one sequence can play any of them. */
export interface ClientProfile {
  readonly id: string;
  /** When and how well this was seen; a client changes without notice. */
  readonly seen: string;
  /** Members of the registration request (RFC 7591 section 2), redirect and scope aside. */
  readonly registration: {
    readonly client_name: string;
    readonly client_uri?: string;
    readonly software_id?: string;
    readonly logo_uri?: string;
    readonly application_type?: 'native' | 'web';
    readonly grant_types: readonly string[];
    readonly response_types: readonly string[];
    readonly token_endpoint_auth_method: string;
  };
  /** Whether `scope` stands in the registration request. */
  readonly registersScope: boolean;
  /** Host and path of the loopback redirect. */
  readonly callback: { readonly host: string; readonly path: string };
  /** `clientInfo` of `initialize`. */
  readonly clientInfo: { readonly name: string; readonly version: string };
}
