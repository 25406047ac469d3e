/** Which names give a secret away, and which words stand in every trace. Tables only. */

/** Where a named value stands. */
export type Place = 'query' | 'form' | 'json' | 'html' | 'header' | 'challenge' | 'bare';

/** The kind of a value by the name it goes under. */
const KINDS: Readonly<Record<string, string>> = {
  access_token: 'access_token',
  actor_token: 'actor_token',
  api_key: 'api_key',
  apikey: 'api_key',
  private_key: 'api_key',
  secret_key: 'api_key',
  access_key: 'api_key',
  assertion: 'assertion',
  auth_req_id: 'auth_req_id',
  c_nonce: 'nonce',
  cnonce: 'nonce',
  nonce: 'nonce',
  nextnonce: 'nonce',
  opaque: 'nonce',
  rspauth: 'credentials',
  client_assertion: 'client_assertion',
  client_secret: 'client_secret',
  code: 'code',
  authorization_code: 'code',
  auth_code: 'code',
  code_verifier: 'code_verifier',
  device_code: 'device_code',
  id_token: 'id_token',
  id_token_hint: 'id_token',
  initial_access_token: 'access_token',
  logout_token: 'logout_token',
  otp: 'otp',
  totp: 'otp',
  mfa_code: 'otp',
  one_time_code: 'otp',
  passcode: 'otp',
  pin: 'otp',
  verification_code: 'otp',
  pw: 'password',
  refresh_token: 'refresh_token',
  registration_access_token: 'registration_access_token',
  relaystate: 'state',
  samlart: 'saml_artifact',
  samlrequest: 'saml_request',
  samlresponse: 'saml_response',
  saml_response: 'saml_response',
  secret: 'secret',
  session: 'session_id',
  session_id: 'session_id',
  session_state: 'session_id',
  sessionid: 'session_id',
  sid: 'session_id',
  software_statement: 'software_statement',
  state: 'state',
  subject_token: 'subject_token',
  ticket: 'ticket',
  token: 'token',
  user_code: 'user_code',
};

/** The kind of a value by what its name ends in or holds. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /(^|_)(password|passwd|passphrase|pwd|pass)(_?\d|_confirm(ation)?|_again|_repeat)?$/,
    'password',
  ],
  [/(csrf|xsrf|authenticity|requestverification)/, 'form_token'],
  [/_client_secret$/, 'client_secret'],
  [/_(secret|api_?key|private_key)$/, 'secret'],
  [/_otp$/, 'otp'],
  [/_nonce$/, 'nonce'],
  [/_token$/, 'token'],
];

/** The kind of a header's whole value, by the header's name. */
const HEADERS: Readonly<Record<string, string>> = {
  dpop: 'dpop_proof',
  'dpop-nonce': 'dpop_nonce',
  'mcp-session-id': 'session_id',
};

const SECRET_HEADER =
  /(^|-)(api-?key|access-?token|auth-?token|token|secret|password|passwd|signature|assertion|csrf|xsrf|session|session-?id|credentials?)$/;

/** Private members of a JSON Web Key. @see https://www.rfc-editor.org/rfc/rfc7518#section-6 */
const PRIVATE_KEY_MEMBERS: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);

/** Claims about a person. @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims */
const PERSONAL: Readonly<Record<string, string>> = {
  address: 'address',
  birthdate: 'birthdate',
  family_name: 'name',
  formatted: 'address',
  given_name: 'name',
  locality: 'address',
  middle_name: 'name',
  name: 'name',
  nickname: 'name',
  phone_number: 'phone_number',
  picture: 'picture',
  postal_code: 'address',
  profile: 'profile',
  street_address: 'address',
  sub: 'subject',
  website: 'profile',
};

/** Personal claims whose name means nothing else, in whatever document they stand. */
const ALWAYS_PERSONAL: ReadonlySet<string> = new Set([
  'birthdate',
  'family_name',
  'given_name',
  'middle_name',
  'phone_number',
  'street_address',
  'sub',
]);

/** Names whose values everybody may read, however random they look. */
const READABLE: ReadonlySet<string> = new Set([
  'action',
  'audience',
  'client_assertion_type',
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'grant_type',
  'iss',
  'issuer',
  'kid',
  'prompt',
  'redirect_uri',
  'requested_token_type',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'subject_token_type',
  'token_type_hint',
]);

/** Kinds that say little: another sighting of the same value names it better. */
const VAGUE: ReadonlySet<string> = new Set([
  'cookie',
  'credentials',
  'form_token',
  'jwt',
  'secret',
  'subject',
  'token',
]);

/** Kinds that a person made or typed: they get a number, never a digest. */
const HUMAN: ReadonlySet<string> = new Set([
  'address',
  'birthdate',
  'email',
  'name',
  'otp',
  'password',
  'phone_number',
  'picture',
  'profile',
  'url_credentials',
  'user_code',
]);

/** Kinds that may be a person's choice or a machine's: a number, unless a machine was seen to make it. */
const PERHAPS_HUMAN: ReadonlySet<string> = new Set([
  'api_key',
  'basic_credentials',
  'client_secret',
  'cookie',
  'credentials',
  'header',
  'proxy_credentials',
  'secret',
  'subject',
]);

/** Names that mean a secret in a request and a plain word elsewhere: `"code": "invalid_request"`. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['code', 'state', 'token', 'session_id', 'secret']);

/** Names as they are compared: `accessToken`, `access-token` and `access_token` are one. */
export function plainName(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[-.\s[\]]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
}

const kinds = new Map<string, string | undefined>();
const MOST_REMEMBERED = 10_000;

/** The kind of secret that goes under a name; undefined when the name gives nothing away. */
export function kindOfName(name: string): string | undefined {
  if (name.length > 100) return undefined;
  if (kinds.has(name)) return kinds.get(name);
  const plain = plainName(name);
  const kind = Object.hasOwn(KINDS, plain)
    ? KINDS[plain]
    : PATTERNS.find(([pattern]) => pattern.test(plain))?.[1];
  if (kinds.size < MOST_REMEMBERED) kinds.set(name, kind);
  return kind;
}

/** The kind of secret that a whole header value is. */
export function kindOfHeader(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(HEADERS, lower)) return HEADERS[lower];
  return SECRET_HEADER.test(lower) ? 'api_key' : undefined;
}

/** The kind of a personal claim; `isAboutPerson` tells that the document describes somebody. */
export function kindOfClaim(name: string, isAboutPerson: boolean): string | undefined {
  if (!isAboutPerson && !ALWAYS_PERSONAL.has(name)) return undefined;
  return Object.hasOwn(PERSONAL, name) ? PERSONAL[name] : undefined;
}

/** True for a member of a JSON Web Key that only its owner may know. */
export function isPrivateKeyMember(name: string): boolean {
  return PRIVATE_KEY_MEMBERS.has(name);
}

/** True for a name whose value everybody may read. */
export function isReadableName(name: string): boolean {
  return READABLE.has(plainName(name));
}

/** True for a kind that another sighting of the same value names better. */
export function isVague(kind: string): boolean {
  return VAGUE.has(kind);
}

/** True for a kind whose name is also a plain word for something else. */
export function isAmbiguous(kind: string): boolean {
  return AMBIGUOUS.has(kind);
}

/** Who makes secrets of this kind. */
export function makerOf(kind: string): 'human' | 'perhaps-human' | 'machine' {
  if (HUMAN.has(kind)) return 'human';
  return PERHAPS_HUMAN.has(kind) ? 'perhaps-human' : 'machine';
}
