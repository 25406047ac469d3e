/** Which rule tells why a difference matters: it has to be about this very thing, and about what became of it. */
import type { Change, Difference } from '../diff/difference.ts';
import type { Role } from '../trace/view.ts';

/** A kind of difference, and the rule whose `why` is true of it. */
export interface Reason {
  readonly rule: string;
  readonly roles: readonly Role[];
  /** The whole pointer: whose word it is, and where in it. */
  readonly pointer: RegExp;
  readonly changes: readonly Change[];
  /** What the second run was answered with; any status when absent. */
  readonly answered?: (status: number) => boolean;
  /** True where right and wrong look alike: the rule must have found fault with the second run. */
  readonly judged?: boolean;
  readonly when?: (difference: Difference) => boolean;
}

type Condition = Pick<Reason, 'judged' | 'when'>;
type Row = readonly [rule: string, pointer: string, changes: readonly Change[], also?: Condition];

const GONE: readonly Change[] = ['removed'];
const OTHER: readonly Change[] = ['changed'];
const GONE_OR_OTHER: readonly Change[] = ['removed', 'changed'];
const NEW_OR_OTHER: readonly Change[] = ['added', 'changed'];
const JUDGED: Condition = { judged: true };

const CHALLENGE: readonly Row[] = [
  ['www-authenticate-missing', 'headers/www-authenticate', GONE],
  ['prm-pointer-missing', 'headers/www-authenticate/[^/]+/resource_metadata', GONE],
  ['challenge-scope-missing', 'headers/www-authenticate/[^/]+/scope', GONE],
  ['www-authenticate-malformed', 'headers/www-authenticate/malformed', NEW_OR_OTHER, JUDGED],
];

const RESOURCE_METADATA: readonly Row[] = [
  ['prm-resource-mismatch', 'body/resource', OTHER, JUDGED],
  ['prm-authorization-servers-missing', 'body/authorization_servers(?:/0)?', GONE],
];

const METHODS = 'body/code_challenge_methods_supported';
const SERVER_METADATA: readonly Row[] = [
  ['asm-issuer-mismatch', 'body/issuer', OTHER, JUDGED],
  ['asm-pkce-methods-missing', METHODS, GONE],
  ['asm-pkce-no-s256', METHODS, OTHER, { when: lost('S256') }],
  ['asm-endpoints-missing', 'body/(?:authorization|token)_endpoint', GONE],
  ['asm-no-registration-path', 'body/registration_endpoint', GONE, JUDGED],
  [
    'asm-public-client-unsupported',
    'body/token_endpoint_auth_methods_supported',
    GONE_OR_OTHER,
    { when: lost('none') },
  ],
  [
    'asm-iss-parameter-unadvertised',
    'body/authorization_response_iss_parameter_supported',
    GONE_OR_OTHER,
    { when: ({ before }) => before === true },
  ],
];

const REGISTRATION: readonly Row[] = [
  ['dcr-redirect-uris-changed', 'body/redirect_uris', GONE],
  ['dcr-redirect-uris-changed', 'body/redirect_uris', OTHER, JUDGED],
  ['dcr-ignores-requested-none', 'body/token_endpoint_auth_method', OTHER, JUDGED],
  ['dcr-metadata-substituted', 'body/token_endpoint_auth_method', OTHER, JUDGED],
];

const AUDIENCE = 'body/access_token/jwt/claims/aud';
const TOKEN: readonly Row[] = [
  ['token-type-invalid', 'body/token_type', GONE],
  ['token-type-invalid', 'body/token_type', OTHER, JUDGED],
  ['token-expires-in-missing', 'body/expires_in', GONE],
  // After an answer to a refresh without one the client keeps the one it has.
  [
    'token-no-refresh-token',
    'body/refresh_token',
    GONE,
    { when: ({ where }) => where.name === 'authorization_code' },
  ],
  ['token-scope-differs', 'body/scope', GONE_OR_OTHER, JUDGED],
  ['token-jwt-audience', AUDIENCE, GONE],
  ['token-jwt-audience', AUDIENCE, OTHER, JUDGED],
  [
    'token-jwt-claims',
    'body/access_token/jwt/claims/(?:iss|exp|sub|client_id|iat|jti)',
    GONE,
    JUDGED,
  ],
  ['token-cache-control', 'headers/cache-control', GONE],
  ['token-cache-control', 'headers/cache-control', OTHER, { when: lost('no-store') }],
];

const CALLBACK: readonly Row[] = [
  ['authz-iss-missing', 'query/iss', GONE, JUDGED],
  ['authz-state-mismatch', 'query/state', GONE_OR_OTHER, JUDGED],
];

/** Judged, since what a client pushes is gone from the request that the browser makes. */
const AUTHORIZATION: readonly Row[] = [
  ['client-pkce-missing', '(?:query|body)/code_challenge', GONE, JUDGED],
  ['client-resource-missing', '(?:query|body)/resource', GONE, JUDGED],
];

const TOKEN_REQUEST: readonly Row[] = [
  ['client-pkce-missing', 'body/code_verifier', GONE, JUDGED],
  ['client-resource-missing', 'body/resource', GONE],
];

const isDocument = (status: number): boolean => status >= 200 && status < 300;
const isChallenge = (status: number): boolean => status === 401;

/** First fit wins. What is new has broken nothing yet, but for what makes a header unreadable. */
export const REASONS: readonly Reason[] = [
  ...inAnswers(['mcp'], isChallenge, CHALLENGE),
  ...inAnswers(['resource-metadata'], isDocument, RESOURCE_METADATA),
  ...inAnswers(['server-metadata'], isDocument, SERVER_METADATA),
  ...inAnswers(['registration'], isDocument, REGISTRATION),
  ...inAnswers(['token'], isDocument, TOKEN),
  ...inRequests(['callback'], CALLBACK),
  ...inRequests(['authorization', 'pushed-authorization'], AUTHORIZATION),
  ...inRequests(['token'], TOKEN_REQUEST),
];

function inAnswers(
  roles: readonly Role[],
  answered: (status: number) => boolean,
  rows: readonly Row[],
): readonly Reason[] {
  return rows.map((row) => ({ ...reasonOf(roles, 'response', row), answered }));
}

function inRequests(roles: readonly Role[], rows: readonly Row[]): readonly Reason[] {
  return rows.map((row) => reasonOf(roles, 'request', row));
}

function reasonOf(
  roles: readonly Role[],
  part: 'request' | 'response',
  [rule, pointer, changes, also]: Row,
): Reason {
  return { rule, roles, pointer: new RegExp(`^/${part}/${pointer}$`), changes, ...also };
}

/** True for a list that had this and has it no more. */
function lost(item: string): (difference: Difference) => boolean {
  return ({ before, after }) => has(before, item) && !has(after, item);
}

function has(list: unknown, item: string): boolean {
  return Array.isArray(list) && list.includes(item);
}
