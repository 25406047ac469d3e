/** Deviations of the authorization server metadata. Both documents say the same, unless noted. */
import {
  all,
  type Change,
  callbackQuery,
  challengeParameter,
  document,
  type Fault,
  fault,
  header,
  member,
  on,
  status,
  text,
} from './fault.ts';

const metadata = (...changes: readonly Change[]): Change =>
  on(['asm', 'openid-configuration'], ...changes);

const NOT_FOUND = [status(404), text('not found')] as const;

export const SERVER_METADATA_FAULTS: readonly Fault[] = [
  fault('asm-not-found', 'serves no authorization server metadata', metadata(...NOT_FOUND)),
  fault(
    'asm-http-format',
    'serves the OAuth document as plain text',
    on('asm', header('content-type', 'text/plain')),
  ),
  fault(
    'asm-issuer-mismatch',
    'calls itself by the name of another issuer',
    metadata(member('issuer', 'https://other.example')),
  ),
  fault(
    'asm-issuer-trailing-slash',
    'ends its issuer with a slash',
    metadata(issuerMade((issuer) => `${issuer}/`)),
  ),
  fault(
    'asm-issuer-invalid',
    'has a query in its issuer',
    metadata(issuerMade((issuer) => `${issuer}?tenant=1`)),
    { rules: ['asm-issuer-invalid', 'asm-issuer-mismatch'] },
  ),
  fault(
    'asm-endpoints-missing',
    'names no authorization endpoint',
    metadata(member('authorization_endpoint', undefined)),
  ),
  fault(
    'asm-endpoint-insecure',
    'names an endpoint without TLS on another host',
    metadata(member('introspection_endpoint', 'http://login.example/introspect')),
  ),
  fault(
    'asm-code-flow-unsupported',
    'does not offer the authorization code grant',
    metadata(member('grant_types_supported', ['refresh_token', 'client_credentials'])),
  ),
  fault(
    'asm-pkce-methods-missing',
    'does not say that it knows PKCE',
    metadata(member('code_challenge_methods_supported', undefined)),
  ),
  fault(
    'asm-pkce-no-s256',
    'offers the plain PKCE method only',
    metadata(member('code_challenge_methods_supported', ['plain'])),
  ),
  fault(
    'asm-deprecated-grants',
    'offers the password grant',
    metadata(member('grant_types_supported', ['authorization_code', 'refresh_token', 'password'])),
  ),
  fault(
    'asm-no-registration-path',
    'offers no way to register',
    metadata(
      member('registration_endpoint', undefined),
      member('client_id_metadata_document_supported', undefined),
    ),
  ),
  fault(
    'asm-cimd-unsupported',
    'does not offer client ID metadata documents',
    metadata(member('client_id_metadata_document_supported', undefined)),
  ),
  fault(
    'asm-public-client-unsupported',
    'offers no authentication method for public clients',
    metadata(
      member('token_endpoint_auth_methods_supported', ['private_key_jwt']),
      member('client_id_metadata_document_supported', undefined),
    ),
    { rules: ['asm-public-client-unsupported', 'asm-cimd-unsupported'] },
  ),
  fault(
    'cimd-flag-without-none',
    'offers client ID metadata documents and no method that such a client could use',
    metadata(member('token_endpoint_auth_methods_supported', ['client_secret_basic'])),
  ),
  fault(
    'cimd-flag-not-boolean',
    'says in a string that it takes client ID metadata documents',
    metadata(member('client_id_metadata_document_supported', 'true')),
  ),
  fault(
    'grant-types-omit-refresh',
    'does not list the refresh grant it has',
    metadata(member('grant_types_supported', ['authorization_code'])),
  ),
  fault('asm-only-oidc', 'serves the OpenID Connect document only', on('asm', ...NOT_FOUND)),
  fault(
    'asm-5xx-aborts',
    'fails over the OAuth document',
    on('asm', status(500), text('internal error')),
  ),
  fault(
    'asm-missing-required-fields',
    'serves an OpenID Connect document alone, and an incomplete one',
    all(
      on('asm', ...NOT_FOUND),
      on('openid-configuration', member('subject_types_supported', undefined)),
    ),
    { rules: ['asm-missing-required-fields', 'asm-only-oidc'] },
  ),
  fault(
    'token-auth-methods-inconsistent',
    'registers the client for a method its metadata does not list',
    metadata(member('token_endpoint_auth_methods_supported', ['none', 'client_secret_post'])),
    {
      rules: ['token-auth-methods-inconsistent', 'dcr-ignores-requested-none'],
      omits: ['public-client'],
    },
  ),
  fault(
    'edge-challenge-html',
    'lets a bot check answer for the metadata',
    metadata(
      status(403),
      header('cf-mitigated', 'challenge'),
      text('<!doctype html><title>Just a moment...</title>', 'text/html'),
    ),
  ),
  fault(
    'authorize-origin-differs-from-issuer',
    'has its login on another origin and sends no iss parameter',
    all(
      metadata(
        member('authorization_response_iss_parameter_supported', undefined),
        document((given) => ({
          ...given,
          authorization_endpoint: String(given.authorization_endpoint).replace(
            '127.0.0.1',
            'localhost',
          ),
        })),
      ),
      on(
        'callback',
        callbackQuery((query) => without(query, 'iss')),
      ),
    ),
    { rules: ['authorize-origin-differs-from-issuer', 'asm-iss-parameter-unadvertised'] },
  ),
  fault(
    'asm-iss-parameter-unadvertised',
    'neither sends nor advertises the iss parameter',
    all(
      metadata(member('authorization_response_iss_parameter_supported', undefined)),
      on(
        'callback',
        callbackQuery((query) => without(query, 'iss')),
      ),
    ),
  ),
  fault(
    'authz-iss-unadvertised',
    'sends the iss parameter without saying so',
    metadata(member('authorization_response_iss_parameter_supported', undefined)),
  ),
  fault(
    'metadata-empty-array',
    'lists the languages of its pages as an empty array',
    metadata(member('ui_locales_supported', [])),
  ),
  fault(
    'legacy-endpoint-fallback-used',
    'publishes no metadata at all',
    all(
      on('challenge', challengeParameter('resource_metadata', undefined)),
      on(['prm', 'asm', 'openid-configuration'], ...NOT_FOUND),
    ),
    {
      rules: ['legacy-endpoint-fallback-used', 'prm-not-found'],
    },
  ),
];

function issuerMade(edit: (issuer: string) => string): Change {
  return document((given) => ({ ...given, issuer: edit(String(given.issuer)) }));
}

function without(query: URLSearchParams, name: string): URLSearchParams {
  return new URLSearchParams([...query].filter(([key]) => key !== name));
}
