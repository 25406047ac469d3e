/** Deviations of the token endpoint: code exchange and refresh. */
import { decodeJwt, UnsecuredJWT } from 'jose';
import {
  document,
  type Fault,
  fault,
  header,
  jsonBody,
  member,
  on,
  status,
  text,
  withoutHeader,
} from './fault.ts';

const BOTH = ['token', 'refresh'] as const;
const MONTH = 30 * 24 * 3600;
const INVALID_CLIENT = { error: 'invalid_client', error_description: 'the client is refused' };

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
    on('token', status(400), jsonBody(INVALID_CLIENT)),
    {
      rules: [
        'token-invalid-client-challenge',
        'token-client-auth-rejected',
        'dcr-ignores-requested-none',
      ],
      omits: ['public-client'],
    },
  ),
  fault(
    'token-client-auth-rejected',
    'refuses the client at the token endpoint',
    on(
      'token',
      status(401),
      header('www-authenticate', 'Basic realm="token endpoint"'),
      jsonBody(INVALID_CLIENT),
    ),
  ),
  fault(
    'token-response-not-json',
    'writes the token answer as a form',
    on('token', (answer, inbound) =>
      text(formOf(answer.body), 'application/x-www-form-urlencoded')(answer, inbound),
    ),
  ),
  fault(
    'token-response-schema',
    'issues tokens that live for no time',
    on(BOTH, member('expires_in', 0)),
  ),
  fault(
    'token-requires-json-or-rejects-form',
    'takes no forms at the token endpoint',
    on('token', status(415), text('Unsupported Media Type')),
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
    'refresh-rejects-resource',
    'refuses a refresh that names the resource',
    on(
      'refresh',
      status(400),
      jsonBody({ error: 'invalid_target', error_description: 'resource is not allowed here' }),
    ),
  ),
  fault(
    'refresh-needs-scope',
    'refuses a refresh that names no scope',
    on(
      'refresh',
      status(400),
      jsonBody({ error: 'invalid_request', error_description: 'scope is missing' }),
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

function formOf(body: string | undefined): string {
  const given: Readonly<Record<string, unknown>> = JSON.parse(body ?? '{}');
  const fields = Object.entries(given).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return String(new URLSearchParams(fields));
}
