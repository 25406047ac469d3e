/** Deviations of the first answer: the refusal of a request without a token. */
import {
  challengeParameter,
  type Fault,
  fault,
  headerText,
  on,
  status,
  text,
  withoutHeader,
} from './fault.ts';

export const CHALLENGE_FAULTS: readonly Fault[] = [
  fault(
    'forbidden-instead-of-unauthorized',
    'refuses a request without a token with 403',
    on('challenge', status(403)),
  ),
  fault(
    'other-status-for-unauthenticated',
    'refuses a request without a token with 400',
    on('challenge', status(400), withoutHeader('www-authenticate')),
  ),
  fault('challenge-on-200', 'sends its challenge with 200', on('challenge', status(200))),
  fault(
    'access-proxy-login-redirect',
    'sends a request without a token to the login page',
    on('challenge', (answer, { url }) => ({
      kind: answer.kind,
      status: 302,
      headers: [['location', `${url.origin}/login`]],
    })),
  ),
  fault(
    'csrf-blocks-mcp-post',
    'asks requests without a token for an anti-forgery cookie',
    on('challenge', status(403), withoutHeader('www-authenticate'), text('CSRF cookie not set.')),
  ),
  fault(
    'host-header-allowlist',
    'does not know the host it is called by',
    on('challenge', status(421), withoutHeader('www-authenticate'), text('Invalid Host header')),
  ),
  fault('auth-not-required', 'answers whoever has no token, but for tool calls', undefined, {
    omits: ['token'],
  }),
  fault(
    'www-authenticate-missing',
    'sends its 401 without a challenge',
    on('challenge', withoutHeader('www-authenticate')),
  ),
  fault(
    'www-authenticate-malformed',
    'leaves the quotes of the metadata URL out of the challenge',
    on(
      'challenge',
      headerText('www-authenticate', (value) =>
        value.replace(/resource_metadata="([^"]*)"/, 'resource_metadata=$1'),
      ),
    ),
  ),
  fault(
    'prm-pointer-missing',
    'names no resource_metadata in the challenge',
    on('challenge', challengeParameter('resource_metadata', undefined)),
  ),
  fault(
    'prm-pointer-invalid',
    'points at its metadata with a path alone',
    on(
      'challenge',
      challengeParameter('resource_metadata', '/.well-known/oauth-protected-resource/mcp'),
    ),
  ),
  fault(
    'challenge-error-without-credentials',
    'calls a token invalid that was never sent',
    on('challenge', challengeParameter('error', 'invalid_token')),
  ),
  fault(
    'challenge-scope-missing',
    'names no scope in the challenge',
    on('challenge', challengeParameter('scope', undefined)),
  ),
  fault(
    'challenge-scope-syntax',
    'puts two blanks between the scopes of the challenge',
    on('challenge', challengeParameter('scope', 'mcp:tools  stocks:read')),
  ),
  fault(
    'challenge-hidden-behind-basic',
    'offers Basic before Bearer in the same header',
    on(
      'challenge',
      headerText('www-authenticate', (value) => `Basic realm="reference", ${value}`),
    ),
  ),
  fault(
    'challenge-syntax-nonstandard',
    'puts blanks around the equals signs of its challenge',
    on(
      'challenge',
      headerText('www-authenticate', (value) => value.replaceAll('=', ' = ')),
    ),
  ),
  fault(
    'duplicate-resource-metadata-param',
    'names its metadata twice in one challenge',
    on(
      'challenge',
      headerText(
        'www-authenticate',
        (value) => `${value}, ${/resource_metadata="[^"]*"/.exec(value)?.[0]}`,
      ),
    ),
  ),
];
