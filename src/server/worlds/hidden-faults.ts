import { RESOURCE_METADATA_FAULTS } from '../faults/resource-metadata.ts';
import { SERVER_METADATA_FAULTS } from '../faults/server-metadata.ts';

const OTHER_ISSUER = 'no-prm-issuer-not-origin';

const RESOURCE_METADATA = RESOURCE_METADATA_FAULTS.map(({ id }) => id);
const SERVER_METADATA = SERVER_METADATA_FAULTS.map(({ id }) => id);

/** They change the claims of a JWT. */
const JWT = [
  'token-jwt-audience',
  'token-jwt-claims',
  'token-jwt-unsigned',
  'refresh-audience-lost',
];

/** They change the answer to a refresh. */
const REFRESH = [
  'refresh-failed',
  'refresh-rejects-resource',
  'refresh-needs-scope',
  'refresh-not-rotated',
];

/** They change the pages of the usual login. */
const USUAL_LOGIN = ['stale-client-id', 'redirect-uri-mismatch-after-dcr'];

const STEP_UP = 'insufficient-scope-challenge';
const CLIENT_DOCUMENT = 'cimd-advertised-but-rejected';

/** What came with later revisions than the first. */
const LATER = [
  ...RESOURCE_METADATA.filter((id) => id !== OTHER_ISSUER),
  'asm-issuer-trailing-slash',
  'www-authenticate-malformed',
  'prm-pointer-missing',
  'challenge-syntax-nonstandard',
  'duplicate-resource-metadata-param',
  'cimd-flag-without-none',
  'authz-iss-unadvertised',
  'authz-iss-missing',
  'authz-iss-mismatch',
  'authz-response-duplicate-params',
  'refresh-rejects-resource',
];

const FIRST_REVISION = [
  ...LATER,
  ...JWT,
  ...USUAL_LOGIN,
  STEP_UP,
  CLIENT_DOCUMENT,
  'invalid-scope',
  'token-scope-differs',
];

/** Faults that no run shows in a world, which lacks what they break or is that way already; by its name. */
export const HIDDEN_FAULTS: Readonly<Record<string, readonly string[]>> = {
  minimal: [STEP_UP, OTHER_ISSUER],
  'secured-api': [
    ...JWT,
    ...REFRESH,
    STEP_UP,
    CLIENT_DOCUMENT,
    'prm-resource-parent-path',
    OTHER_ISSUER,
    'cimd-flag-without-none',
    'grant-types-omit-refresh',
    'authorize-origin-differs-from-issuer',
    'dcr-secret-method-without-secret',
    'dcr-secret-for-public-client',
    'oauth-endpoint-redirected',
  ],
  federated: [
    ...JWT,
    ...USUAL_LOGIN,
    'authorize-origin-differs-from-issuer',
    'authz-redirect-preserves-post',
    'consent-csp-form-action',
  ],
  legacy: FIRST_REVISION,
  'legacy-bare': [
    ...FIRST_REVISION,
    ...SERVER_METADATA.filter((id) => id !== 'legacy-endpoint-fallback-used'),
    OTHER_ISSUER,
    'auth-not-required',
  ],
};
