/** Deviations of the first answer: the refusal of a request without a token. */
import {
  challengeParameter,
  type Fault,
  fault,
  headerText,
  on,
  status,
  withoutHeader,
} from './fault.ts';

export const CHALLENGE_FAULTS: readonly Fault[] = [
  fault(
    'auth-status-not-401',
    'refuses a request without a token with 403',
    on('challenge', status(403)),
  ),
  fault('auth-not-required', 'answers whoever has no token, unless a tool needs more', undefined, {
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
      headerText('www-authenticate', (text) =>
        text.replace(/resource_metadata="([^"]*)"/, 'resource_metadata=$1'),
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
      headerText('www-authenticate', (text) => `Basic realm="reference", ${text}`),
    ),
  ),
];
