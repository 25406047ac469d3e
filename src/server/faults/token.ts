/** Deviations of the token endpoint: code exchange and refresh. */
import { decodeJwt, UnsecuredJWT } from 'jose';
import type { Answer, Inbound } from '../answer.ts';
import {
  all,
  document,
  type Fault,
  fault,
  header,
  jsonBody,
  member,
  on,
  status,
  text,
  when,
  withoutHeader,
} from './fault.ts';

const BOTH = ['token', 'refresh'] as const;
const MONTH = 30 * 24 * 3600;

export const TOKEN_FAULTS: readonly Fault[] = [
  fault(
    'token-content-type',
    'serves the token answer as plain text',
    on('token', header('content-type', 'text/plain')),
  ),
  fault(
    'token-cache-control',
    'lets caches keep the token answer',
    on('token', withoutHeader('cache-control')),
  ),
  fault(
    'token-access-token-missing',
    'answers without an access token',
    on('token', member('access_token', undefined)),
  ),
  fault(
    'token-type-invalid',
    'answers with a token type nobody knows',
    on('token', member('token_type', 'mac')),
  ),
  fault(
    'token-type-nonstandard-case',
    'writes the token type in small letters',
    on(BOTH, member('token_type', 'bearer')),
  ),
  fault(
    'token-expires-in-missing',
    'does not say how long the token lives',
    on(BOTH, member('expires_in', undefined)),
  ),
  fault(
    'token-field-types',
    'writes the lifetime as a string',
    on(BOTH, member('expires_in', '3600')),
  ),
  fault(
    'token-scope-differs',
    'does not say which scope it granted',
    on(BOTH, member('scope', undefined)),
  ),
  fault(
    'token-no-refresh-token',
    'gives no refresh token',
    on('token', member('refresh_token', undefined)),
  ),
  fault(
    'token-error-format',
    'refuses the code with a page',
    on('token', status(400), text('<h1>Bad request</h1>', 'text/html')),
  ),
  fault(
    'token-invalid-client-challenge',
    'makes the client confidential and then refuses its Basic credentials without a challenge',
    all(
      on(
        'registration',
        member('token_endpoint_auth_method', 'client_secret_basic'),
        member('client_secret', 'a-secret-that-will-be-refused'),
        member('client_secret_expires_at', 0),
      ),
      on('token-error', when(isInvalidClient, all(status(400), withoutHeader('www-authenticate')))),
    ),
    { rules: ['token-invalid-client-challenge', 'dcr-metadata-substituted'] },
  ),
  fault('token-jwt-audience', 'issues tokens for another audience', undefined, {
    mint: (claims) => ({ ...claims, aud: 'https://other.example/api' }),
    omits: ['audience'],
  }),
  fault('token-jwt-claims', 'issues tokens that do not name the client', undefined, {
    mint: ({ client_id: _, ...claims }) => claims,
  }),
  fault(
    'token-jwt-unsigned',
    'issues tokens without a signature',
    on(
      BOTH,
      document((given) => ({
        ...given,
        access_token: new UnsecuredJWT(decodeJwt(String(given.access_token))).encode(),
      })),
    ),
    { rules: ['token-jwt-claims'], omits: ['signature'] },
  ),
  fault(
    'token-lifetime-long',
    'issues access tokens for a month',
    on(BOTH, member('expires_in', MONTH)),
    { mint: (claims) => ({ ...claims, exp: Number(claims.iat) + MONTH }) },
  ),
  fault(
    'refresh-failed',
    'refuses every refresh token',
    on(
      'refresh',
      status(400),
      jsonBody({ error: 'invalid_grant', error_description: 'the refresh token is unknown' }),
    ),
  ),
  fault(
    'refresh-not-rotated',
    'gives no new refresh token with a refresh',
    on('refresh', member('refresh_token', undefined)),
  ),
  fault('refresh-audience-lost', 'gives a refreshed token more scope than was granted', undefined, {
    mint: (claims, situation) =>
      situation === 'refresh'
        ? { ...claims, scope: `${String(claims.scope)} stocks:read` }
        : claims,
  }),
];

function isInvalidClient(_: Inbound, { body }: Answer): boolean {
  return body?.includes('"invalid_client"') ?? false;
}
