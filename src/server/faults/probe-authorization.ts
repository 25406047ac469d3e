/** Wrong answers of the authorization server to requests that no well-behaved client sends. */
import type { Inbound } from '../answer.ts';
import {
  all,
  type Change,
  callbackQuery,
  type Fault,
  header,
  headerText,
  jsonBody,
  on,
  probe,
  sentBack,
  status,
  when,
  withoutHeader,
} from './fault.ts';

const BEARER_FREE = [
  'prm',
  'asm',
  'openid-configuration',
  'registration',
  'registration-error',
  'token',
  'token-error',
] as const;

export const AUTHORIZATION_PROBE_FAULTS: readonly Fault[] = [
  probe(
    'cors-metadata-missing',
    'lets no script of another origin read its metadata',
    on(BEARER_FREE, withoutHeader('access-control-allow-origin')),
  ),
  probe(
    'cors-expose-headers-missing',
    'hides the challenge and the session from scripts',
    withoutHeader('access-control-expose-headers'),
  ),
  probe(
    'authz-cors-enabled',
    'lets scripts of another origin read its pages',
    on(['authorize', 'page'], header('access-control-allow-origin', '*')),
  ),
  probe(
    'authz-untrusted-redirect-followed',
    'redirects to a URI that nobody registered',
    on('authorize', when(isRefusedRequest, sentBack('invalid_request'))),
  ),
  probe(
    'authz-implicit-accepted',
    'gives a token to whoever asks for response_type=token',
    on(
      'callback',
      when(
        ({ url }) => url.searchParams.get('response_type') === 'token',
        all(
          callbackQuery(
            () => new URLSearchParams({ access_token: 'implicit', token_type: 'Bearer' }),
          ),
          headerText('location', (location) => location.replace('?', '#')),
        ),
      ),
    ),
  ),
  probe(
    'unknown-parameter-rejected',
    'refuses authorization requests with a parameter it does not know',
    on('authorize', when(hasUnknownParameter, sentBack('invalid_request'))),
  ),
  probe(
    'dcr-accepts-http-redirect',
    'registers redirects over http to any host',
    on('registration-error', when(asksFor(/^http:\/\//), registered)),
  ),
  probe(
    'dcr-accepts-dangerous-redirect',
    'registers redirects to scripts, fragments and wildcards',
    on('registration-error', when(asksFor(/^(javascript|data):|[#*]/), registered)),
  ),
  probe(
    'token-password-grant-accepted',
    'takes the password grant',
    on(
      'token-error',
      when(
        ({ body }) => new URLSearchParams(body).get('grant_type') === 'password',
        all(
          status(200),
          jsonBody({ access_token: 'by-password', token_type: 'Bearer', expires_in: 3600 }),
        ),
      ),
    ),
  ),
];

const KNOWN_PARAMETERS: readonly string[] = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'resource',
  'nonce',
  'prompt',
];

function hasUnknownParameter({ url }: Inbound): boolean {
  return [...url.searchParams.keys()].some((name) => !KNOWN_PARAMETERS.includes(name));
}

function isRefusedRequest({ url }: Inbound, answer: { readonly status: number }): boolean {
  return answer.status === 400 && url.searchParams.has('redirect_uri');
}

function asksFor(uri: RegExp): (inbound: Inbound) => boolean {
  return ({ body }) => {
    const uris = /"redirect_uris":\s*\[([^\]]*)\]/.exec(body)?.[1]?.split(',') ?? [];
    return uris.some((text) => uri.test(text.trim().replace(/^"/, '')));
  };
}

/** The answer of a server that registers whatever it is told. */
function registered(
  { kind, headers }: Parameters<Change>[0],
  { body }: Inbound,
): ReturnType<Change> {
  const document = { client_id: 'registered-without-a-look', ...JSON.parse(body) };
  return { kind, status: 201, headers, body: JSON.stringify(document) };
}
