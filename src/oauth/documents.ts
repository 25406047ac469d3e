/**
 * The OAuth documents a flow reads, from JSON of unknown shape. A member of a wrong type is dropped and
 * named; the flow goes on with the rest, as most clients do, and a rule says what it was.
 */
/** What was usable of a document, and what was not. */
export interface Reading<T> {
  readonly value: T;
  readonly problems: readonly ReadingProblem[];
}

/** A part of a document that could not be used as it stood. */
export interface ReadingProblem {
  readonly code: 'not-an-object' | 'wrong-type' | 'wrong-item' | 'number-as-string';
  /** Empty for the document itself. */
  readonly member: string;
  /** What was seen, then what was expected. */
  readonly message: string;
}

const resourceMetadata = {
  resource: 'string',
  authorization_servers: 'strings',
  scopes_supported: 'strings',
  bearer_methods_supported: 'strings',
  resource_name: 'string',
  dpop_bound_access_tokens_required: 'boolean',
  tls_client_certificate_bound_access_tokens: 'boolean',
} as const;

const serverMetadata = {
  issuer: 'string',
  authorization_endpoint: 'string',
  token_endpoint: 'string',
  registration_endpoint: 'string',
  revocation_endpoint: 'string',
  introspection_endpoint: 'string',
  pushed_authorization_request_endpoint: 'string',
  device_authorization_endpoint: 'string',
  jwks_uri: 'string',
  scopes_supported: 'strings',
  response_types_supported: 'strings',
  grant_types_supported: 'strings',
  token_endpoint_auth_methods_supported: 'strings',
  token_endpoint_auth_signing_alg_values_supported: 'strings',
  revocation_endpoint_auth_methods_supported: 'strings',
  code_challenge_methods_supported: 'strings',
  id_token_signing_alg_values_supported: 'strings',
  dpop_signing_alg_values_supported: 'strings',
  authorization_grant_profiles_supported: 'strings',
  client_id_metadata_document_supported: 'boolean',
  authorization_response_iss_parameter_supported: 'boolean',
  require_pushed_authorization_requests: 'boolean',
  require_signed_request_object: 'boolean',
} as const;

const registration = {
  client_id: 'string',
  client_secret: 'string',
  client_secret_expires_at: 'seconds',
  token_endpoint_auth_method: 'string',
  redirect_uris: 'strings',
  grant_types: 'strings',
  response_types: 'strings',
  scope: 'string',
  registration_access_token: 'string',
  registration_client_uri: 'string',
} as const;

const tokens = {
  access_token: 'string',
  token_type: 'string',
  expires_in: 'seconds',
  refresh_token: 'string',
  id_token: 'string',
  scope: 'string',
  issued_token_type: 'string',
} as const;

const oauthError = {
  error: 'string',
  error_description: 'string',
  error_uri: 'string',
} as const;

/** Protected resource metadata. @see https://www.rfc-editor.org/rfc/rfc9728#section-2 */
export type ResourceMetadata = Read<typeof resourceMetadata>;
/** Authorization server metadata. @see https://www.rfc-editor.org/rfc/rfc8414#section-2 */
export type ServerMetadata = Read<typeof serverMetadata>;
/** A registered client. @see https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1 */
export type Registration = Read<typeof registration>;
/** A token response. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export type Tokens = Read<typeof tokens>;
/** An error response. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export type OAuthError = Read<typeof oauthError>;

/** Reads protected resource metadata. */
export function readResourceMetadata(json: unknown): Reading<ResourceMetadata> {
  return read(json, resourceMetadata);
}

/** Reads authorization server metadata, RFC 8414 or OpenID Connect. */
export function readServerMetadata(json: unknown): Reading<ServerMetadata> {
  return read(json, serverMetadata);
}

/** Reads a registration response. */
export function readRegistration(json: unknown): Reading<Registration> {
  return read(json, registration);
}

/** Reads a token response; `expires_in` written as a string is understood and named. */
export function readTokens(json: unknown): Reading<Tokens> {
  return read(json, tokens);
}

/** Reads an error response. */
export function readOAuthError(json: unknown): Reading<OAuthError> {
  return read(json, oauthError);
}

interface Kinds {
  readonly string: string;
  readonly strings: readonly string[];
  readonly boolean: boolean;
  readonly seconds: number;
}

type Shape = Readonly<Record<string, keyof Kinds>>;
type Read<S extends Shape> = { readonly [K in keyof S]?: Kinds[S[K]] };

function read<S extends Shape>(json: unknown, shape: S): Reading<Read<S>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return {
      value: {},
      problems: [
        {
          code: 'not-an-object',
          member: '',
          message: `the document is ${typeName(json)}, expected a JSON object`,
        },
      ],
    };
  const value: Record<string, Kinds[keyof Kinds]> = {};
  const problems: ReadingProblem[] = [];
  for (const [member, kind] of Object.entries(shape)) {
    if (!Object.hasOwn(json, member)) continue;
    const seen: unknown = (json as Readonly<Record<string, unknown>>)[member];
    const { used, code } = READERS[kind](seen);
    if (used !== undefined) value[member] = used;
    if (code)
      problems.push({
        code,
        member,
        message:
          code === 'wrong-item'
            ? `${member} holds items that are no strings, expected ${EXPECTED[kind]}`
            : `${member} is ${typeName(seen)}, expected ${EXPECTED[kind]}`,
      });
  }
  // Each member was read by the reader of its kind, which the loop cannot show to the compiler.
  return { value: value as Read<S>, problems };
}

/** The type and never the value: these documents carry secrets, and a message may be shown. */
function typeName(value: unknown): string {
  if (value === undefined) return 'not JSON';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : (TYPE_NAMES[typeof value] ?? 'not JSON');
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
};

interface Used {
  readonly used?: Kinds[keyof Kinds];
  readonly code?: ReadingProblem['code'];
}

const EXPECTED: Readonly<Record<keyof Kinds, string>> = {
  string: 'a string',
  strings: 'an array of strings',
  boolean: 'true or false',
  seconds: 'a number of seconds',
};

const READERS: Readonly<Record<keyof Kinds, (seen: unknown) => Used>> = {
  string: (seen) => (typeof seen === 'string' ? { used: seen } : { code: 'wrong-type' }),
  boolean: (seen) => (typeof seen === 'boolean' ? { used: seen } : { code: 'wrong-type' }),
  strings(seen) {
    if (!Array.isArray(seen)) return { code: 'wrong-type' };
    const used = seen.filter((item) => typeof item === 'string');
    return used.length === seen.length ? { used } : { used, code: 'wrong-item' };
  },
  seconds(seen) {
    if (typeof seen === 'number' && Number.isFinite(seen)) return { used: seen };
    return typeof seen === 'string' && /^\d+$/.test(seen)
      ? { used: Number(seen), code: 'number-as-string' }
      : { code: 'wrong-type' };
  },
};
