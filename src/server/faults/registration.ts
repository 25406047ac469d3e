/** Deviations of the registration endpoint. */
import { type Fault, fault, header, jsonBody, member, on, status, text } from './fault.ts';

export const REGISTRATION_FAULTS: readonly Fault[] = [
  fault('dcr-response-format', 'registers with 200', on('registration', status(200))),
  fault(
    'dcr-redirect-uris-changed',
    'answers with another redirect URI than it was sent',
    on('registration', member('redirect_uris', ['https://client.example/callback'])),
  ),
  fault(
    'dcr-metadata-substituted',
    'registers the client for a grant it did not ask for',
    on(
      'registration',
      member('grant_types', ['authorization_code', 'refresh_token', 'client_credentials']),
    ),
  ),
  fault(
    'dcr-drops-refresh-token',
    'registers the client without the refresh grant it asked for',
    on('registration', member('grant_types', ['authorization_code'])),
  ),
  fault(
    'dcr-response-nulls',
    'writes null for what a client did not say',
    on('registration', member('logo_uri', null), member('contacts', null)),
  ),
  fault(
    'dcr-ignores-requested-none',
    'registers a public client as a confidential one',
    undefined,
    { omits: ['public-client'] },
  ),
  fault(
    'dcr-secret-method-without-secret',
    'registers the client for a method with a secret and gives none',
    on('registration', member('token_endpoint_auth_method', 'client_secret_post')),
  ),
  fault('dcr-status-other-2xx', 'registers with 202', on('registration', status(202))),
  fault(
    'dcr-rejects-auth-method',
    'refuses to register a public client although its metadata offers that',
    on(
      'registration',
      status(400),
      jsonBody({
        error: 'invalid_client_metadata',
        error_description: 'token_endpoint_auth_method none is not supported',
      }),
    ),
  ),
  fault(
    'dcr-html-or-redirect',
    'refuses a registration with a page',
    on(
      'registration',
      status(422),
      text('<!doctype html><title>Unprocessable</title>', 'text/html'),
    ),
  ),
  fault(
    'oauth-endpoint-redirected',
    'redirects the registration',
    on('registration', (answer, { url }) => ({
      kind: answer.kind,
      status: 307,
      headers: [['location', url.href.replace('127.0.0.1', 'localhost')]],
    })),
  ),
  fault(
    'dcr-secret-for-public-client',
    'gives a secret to a client that has no use for it',
    on(
      'registration',
      member('client_secret', 'not-needed-by-a-public-client'),
      member('client_secret_expires_at', 0),
    ),
  ),
  fault(
    'dcr-error-format',
    'refuses a registration without an error document',
    on('registration', status(400), text('not allowed')),
  ),
  fault(
    'dcr-closed',
    'registers only clients with an initial access token',
    on(
      'registration',
      status(401),
      header('www-authenticate', 'Bearer realm="registration"'),
      jsonBody({ error: 'invalid_token', error_description: 'registration needs a token' }),
    ),
  ),
  fault(
    'dcr-loopback-rejected',
    'refuses a redirect to the loopback address',
    on(
      'registration',
      status(400),
      jsonBody({ error: 'invalid_redirect_uri', error_description: 'a redirect has to be https' }),
    ),
  ),
  fault(
    'dcr-no-cleanup',
    'gives no way to delete the client',
    on(
      'registration',
      member('registration_client_uri', undefined),
      member('registration_access_token', undefined),
    ),
  ),
];
