import { beforeAll, expect, test } from 'vitest';
import { FAULTS, findFault } from '../../src/server/faults.ts';
import { startServer } from '../../src/server/start.ts';
import { type Tour, tour } from './tour.ts';

const METADATA = ['oauth-authorization-server', 'openid-configuration'];
const CALLS = ['initialize', 'notification', 'legacy list', 'discover', 'list', 'call'];
const MODERN = ['discover', 'list', 'call'];
const TOKENS = ['token', 'refresh'];

/** The answers of the tour that each fault changes. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  'dcr-trusted-hosts-policy': ['registration'],
  'dcr-rate-limited': ['registration'],
  'dcr-unknown-grant-or-missing-default': ['registration'],
  'dcr-client-name-policy': ['registration'],
  'resource-param-rejected': ['callback'],
  'invalid-scope': ['callback'],
  'stale-client-id': ['page'],
  'redirect-uri-mismatch-after-dcr': ['page'],
  'forbidden-instead-of-unauthorized': ['challenge'],
  'other-status-for-unauthenticated': ['challenge'],
  'challenge-on-200': ['challenge'],
  'access-proxy-login-redirect': ['challenge'],
  'csrf-blocks-mcp-post': ['challenge'],
  'host-header-allowlist': ['challenge'],
  'auth-not-required': ['challenge'],
  'www-authenticate-missing': ['challenge'],
  'www-authenticate-malformed': ['challenge'],
  'prm-pointer-missing': ['challenge'],
  'prm-pointer-invalid': ['challenge'],
  'challenge-error-without-credentials': ['challenge'],
  'challenge-scope-missing': ['challenge'],
  'challenge-scope-syntax': ['challenge'],
  'challenge-hidden-behind-basic': ['challenge'],
  'challenge-syntax-nonstandard': ['challenge'],
  'duplicate-resource-metadata-param': ['challenge'],
  'prm-not-found': ['challenge', 'oauth-protected-resource'],
  'prm-http-status': ['oauth-protected-resource'],
  'prm-not-json': ['oauth-protected-resource'],
  'prm-resource-mismatch': ['oauth-protected-resource'],
  'prm-resource-parent-path': ['oauth-protected-resource'],
  'resource-trailing-slash': ['oauth-protected-resource'],
  'prm-resource-invalid-uri': ['oauth-protected-resource'],
  'prm-authorization-servers-missing': ['oauth-protected-resource'],
  'prm-authorization-server-not-issuer': ['oauth-protected-resource'],
  'prm-bearer-header-unsupported': ['oauth-protected-resource'],
  'offline-access-in-resource-scopes': ['oauth-protected-resource'],
  'prm-behind-auth': ['oauth-protected-resource'],
  'prm-html-200': ['oauth-protected-resource'],
  'prm-bad-field-types': ['oauth-protected-resource'],
  'no-prm-issuer-not-origin': [
    'challenge',
    'oauth-protected-resource',
    'oauth-authorization-server',
    'openid-configuration',
  ],
  'asm-not-found': METADATA,
  'asm-http-format': ['oauth-authorization-server'],
  'asm-issuer-mismatch': METADATA,
  'asm-issuer-trailing-slash': METADATA,
  'asm-issuer-invalid': METADATA,
  'asm-endpoints-missing': METADATA,
  'asm-endpoint-insecure': METADATA,
  'asm-code-flow-unsupported': METADATA,
  'asm-pkce-methods-missing': METADATA,
  'asm-pkce-no-s256': METADATA,
  'asm-deprecated-grants': METADATA,
  'asm-no-registration-path': METADATA,
  'asm-cimd-unsupported': METADATA,
  'asm-public-client-unsupported': METADATA,
  'cimd-flag-without-none': METADATA,
  'cimd-flag-not-boolean': METADATA,
  'grant-types-omit-refresh': METADATA,
  'asm-only-oidc': ['oauth-authorization-server'],
  'asm-5xx-aborts': ['oauth-authorization-server'],
  'asm-missing-required-fields': METADATA,
  'token-auth-methods-inconsistent': [
    'oauth-authorization-server',
    'openid-configuration',
    'registration',
    'token',
  ],
  'edge-challenge-html': METADATA,
  'authorize-origin-differs-from-issuer': [
    'oauth-authorization-server',
    'openid-configuration',
    'callback',
  ],
  'asm-iss-parameter-unadvertised': [
    'oauth-authorization-server',
    'openid-configuration',
    'callback',
  ],
  'authz-iss-unadvertised': METADATA,
  'metadata-empty-array': METADATA,
  'legacy-endpoint-fallback-used': [
    'challenge',
    'oauth-protected-resource',
    'oauth-authorization-server',
    'openid-configuration',
  ],
  'dcr-response-format': ['registration'],
  'dcr-redirect-uris-changed': ['registration'],
  'dcr-metadata-substituted': ['registration'],
  'dcr-drops-refresh-token': ['registration'],
  'dcr-response-nulls': ['registration'],
  'dcr-ignores-requested-none': ['registration', 'token'],
  'dcr-secret-method-without-secret': ['registration'],
  'dcr-status-other-2xx': ['registration'],
  'dcr-rejects-auth-method': ['registration'],
  'dcr-html-or-redirect': ['registration'],
  'oauth-endpoint-redirected': ['registration'],
  'dcr-secret-for-public-client': ['registration'],
  'dcr-error-format': ['registration'],
  'dcr-closed': ['registration'],
  'dcr-loopback-rejected': ['registration'],
  'dcr-no-cleanup': ['registration'],
  'authz-request-failed': ['callback'],
  'authz-state-mismatch': ['callback'],
  'authz-iss-missing': ['callback'],
  'authz-iss-mismatch': ['callback'],
  'authz-response-duplicate-params': ['callback'],
  'authz-response-in-fragment': ['callback'],
  'authz-redirect-preserves-post': ['callback'],
  'consent-csp-form-action': ['page'],
  'cimd-advertised-but-rejected': [],
  'token-content-type': ['token'],
  'token-cache-control': ['token'],
  'token-access-token-missing': ['token'],
  'token-type-invalid': ['token'],
  'token-type-nonstandard-case': TOKENS,
  'token-expires-in-missing': TOKENS,
  'token-field-types': TOKENS,
  'token-scope-differs': TOKENS,
  'token-no-refresh-token': ['token'],
  'token-error-format': ['token'],
  'token-invalid-client-challenge': ['registration', 'token'],
  'token-client-auth-rejected': ['token'],
  'token-response-not-json': ['token'],
  'token-response-schema': TOKENS,
  'token-requires-json-or-rejects-form': ['token'],
  'token-jwt-audience': TOKENS,
  'token-jwt-claims': TOKENS,
  'token-jwt-unsigned': TOKENS,
  'token-lifetime-long': TOKENS,
  'refresh-failed': ['refresh'],
  'refresh-rejects-resource': ['refresh'],
  'refresh-needs-scope': ['refresh'],
  'refresh-not-rotated': ['refresh'],
  'refresh-audience-lost': ['refresh'],
  'mcp-fresh-token-rejected': CALLS,
  'mcp-scope-contradiction': CALLS,
  'insufficient-scope-challenge': ['stocks'],
  'transport-content-type': ['initialize', 'legacy list', 'discover', 'list', 'call'],
  'transport-notification-status': ['notification'],
  'transport-legacy-sse-only': [
    'initialize',
    'notification',
    'legacy list',
    'discover',
    'list',
    'call',
    'GET',
  ],
  'authorization-header-stripped': CALLS,
  'bearer-middleware-needs-expiry': CALLS,
  'edge-blocks-ai-user-agent': CALLS,
  'mcp-call-redirected': CALLS,
  'session-lost': ['legacy list'],
  'transport-session-id-charset': ['initialize', 'legacy list'],
  'transport-session-id-weak': ['initialize', 'legacy list'],
  'init-version-unknown': ['initialize'],
  'protocol-version-rejected': ['legacy list', 'list'],
  'post-auth-mcp-error': ['legacy list', 'list'],
  'transport-jsonrpc-id-mismatch': ['legacy list', 'list'],
  'transport-accept-rejected': ['initialize'],
  'modern-discover-missing': ['discover'],
  'modern-result-type-missing': MODERN,
  'modern-cache-hints-invalid': ['list'],
  'modern-server-info-missing': MODERN,
  'modern-session-id-minted': MODERN,
  'modern-server-initiated-request': ['list'],
  'modern-reserved-error-code': ['call'],
  'modern-x-mcp-header-invalid': ['list'],
  'cors-metadata-missing': [
    'oauth-protected-resource',
    'oauth-authorization-server',
    'openid-configuration',
    'registration',
    'token',
  ],
  'cors-expose-headers-missing': [],
  'authz-cors-enabled': ['page'],
  'authz-untrusted-redirect-followed': [],
  'authz-implicit-accepted': [],
  'unknown-parameter-rejected': [],
  'dcr-accepts-http-redirect': [],
  'dcr-accepts-dangerous-redirect': [],
  'token-password-grant-accepted': [],
  'mcp-invalid-token-status': [],
  'mcp-invalid-token-error-code': [],
  'mcp-bearer-scheme-case': [],
  'mcp-session-id-as-auth': [],
  'mcp-unauthenticated-stream': [],
  'transport-get-delete-status': ['GET'],
  'transport-terminated-session': [],
  'transport-protocol-version-unchecked': [],
  'modern-version-error': [],
  'modern-header-validation': [],
  'modern-meta-validation': [],
  'modern-unknown-method': [],
  'authz-redirect-uri-partial-match': [],
  'authz-loopback-port-fixed': [],
  'authz-pkce-not-required': [],
  'authz-pkce-plain-accepted': [],
  'cimd-mismatch-accepted': [],
  'cimd-redirect-unchecked': [],
  'token-wrong-verifier-accepted': [],
  'token-missing-verifier-accepted': [],
  'token-pkce-downgrade-accepted': [],
  'token-code-replay-accepted': [],
  'token-code-replay-not-revoked': [],
  'token-redirect-uri-unchecked': [],
  'token-client-binding-missing': [],
  'token-resource-mismatch-accepted': [],
  'mcp-token-in-query-accepted': [],
  'mcp-forged-jwt-accepted': [],
  'mcp-expired-token-accepted': [],
  'mcp-audience-confusion': [],
  'mcp-id-token-accepted': ['stocks'],
  'refresh-replay-accepted': [],
  'refresh-replay-no-revocation': [],
  'refresh-scope-escalation': [],
  'refresh-client-binding': [],
  'revocation-ineffective': [],
  'transport-origin-unchecked': [],
  'transport-host-rebinding': [],
};

let healthy: Tour = {};

beforeAll(async () => {
  healthy = await tour();
});

test('a server without faults answers alike every time', async () => {
  expect(await tour()).toEqual(healthy);
});

test.each(FAULTS.map(({ id }) => id))('%s changes what it says and nothing else', async (id) => {
  const faulty = await tour({ faults: [id] });
  // What lies behind a broken answer is not reached, which is no change of its own.
  const changed = Object.keys(faulty).filter((name) => faulty[name] !== healthy[name]);
  expect(changed).toEqual(CHANGES[id]);
});

test('every fault has an id of its own, a description and a rule', () => {
  const ids = FAULTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(FAULTS.filter(({ describe, rules }) => !describe || rules.length === 0)).toEqual([]);
});

test('an unknown fault is refused with those most like it', async () => {
  expect(() => findFault('prm-not-jason')).toThrow(/"prm-not-jason" is unknown.*prm-not-json/);
  await expect(startServer({ faults: ['nonsense'] })).rejects.toThrow(/unknown/);
});

test('faults add up', async () => {
  const faulty = await tour({ faults: ['dcr-response-format', 'token-cache-control'] });
  const changed = Object.keys(faulty).filter((name) => faulty[name] !== healthy[name]);
  expect(changed).toEqual(['registration', 'token']);
});
