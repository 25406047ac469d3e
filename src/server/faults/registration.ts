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
    'registers a client without the refresh grant it asked for',
    on('registration', member('grant_types', ['authorization_code'])),
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
