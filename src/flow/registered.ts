import { ListenError } from '../http/listen.ts';
import type { Registration, ServerMetadata } from '../oauth/documents.ts';
import { quoted } from '../oauth/quoted.ts';
import { parseScope } from '../oauth/scope.ts';
import type { AuthMethod } from './options.ts';
import type { Wanted } from './register.ts';
import type { Client, Tools } from './step.ts';

/** The answer, not the request, says what was registered (RFC 7591 section 3.2.1). */
export async function obey(
  answer: Registration,
  id: string,
  wanted: Wanted,
  metadata: ServerMetadata,
  tools: Tools,
): Promise<Client> {
  if (answer.grant_types && !answer.grant_types.includes('refresh_token'))
    tools.note('the refresh_token grant was dropped');
  noteNarrowerScope(answer.scope, wanted.scope, tools);
  const { registration_client_uri: uri, registration_access_token: token } = answer;
  const authMethod = agreedMethod(answer, wanted.token_endpoint_auth_method, metadata, tools);
  return {
    id,
    ...(answer.client_secret !== undefined && { secret: answer.client_secret }),
    authMethod: tools.options.tokenAuthMethod ?? authMethod,
    ...(answer.scope !== undefined && { scope: answer.scope }),
    redirectUri: await agreedRedirect(answer, wanted.redirect_uris[0], tools),
    origin: 'registered',
    ...(uri && token && { management: { uri, token } }),
  };
}

const SECRET_METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const;

const KNOWN_METHODS = ['none', ...SECRET_METHODS, 'private_key_jwt'] as const;

function agreedMethod(
  { token_endpoint_auth_method: said, client_secret: secret }: Registration,
  asked: string,
  { token_endpoint_auth_methods_supported: offered }: ServerMetadata,
  tools: Tools,
): AuthMethod {
  const method = said ?? (secret === undefined ? asked : unsaidMethod(offered, asked));
  if (method !== asked)
    tools.note(
      `token_endpoint_auth_method is ${quoted(said)}, ${quoted(asked)} was asked for` +
        (said === undefined ? `: ${method} is used` : ''),
    );
  const known = KNOWN_METHODS.find((candidate) => candidate === method);
  if (!known) tools.note(`the method ${quoted(method)} is not one this client can use`);
  if (secret === undefined && SECRET_METHODS.some((candidate) => candidate === known))
    tools.note(`no client_secret came, expected one for ${quoted(method)}`);
  return known ?? 'none';
}

/** A secret without a word about it: `client_secret_basic`, unless the server takes only others (RFC 7591 section 2). */
function unsaidMethod(offered: readonly string[] | undefined, asked: string): string {
  const methods = offered ?? ['client_secret_basic'];
  return SECRET_METHODS.find((method) => methods.includes(method)) ?? asked;
}

function noteNarrowerScope(granted: string | undefined, wanted: unknown, tools: Tools): void {
  if (granted === undefined || typeof wanted !== 'string') return;
  const registered = parseScope(granted);
  const missing = [...parseScope(wanted)].filter((scope) => !registered.has(scope));
  if (missing.length > 0)
    tools.note(`the registration leaves out scope ${quoted(missing.join(' '))}`);
}

/** A changed loopback redirect is listened on where that is possible. */
async function agreedRedirect(
  { redirect_uris: registered }: Registration,
  redirectUri: string,
  tools: Tools,
): Promise<string> {
  if (!registered || registered.includes(redirectUri)) return redirectUri;
  tools.note(`redirect_uris is ${quoted(registered)}, expected ${quoted(redirectUri)} among them`);
  const changed = registered.find((uri) => LOOPBACK.test(uri) && URL.canParse(uri));
  if (changed === undefined) return redirectUri;
  const { hostname, port, pathname } = new URL(changed);
  // A loopback redirect may carry any port (RFC 8252 section 7.3).
  if (port === '' && withoutPort(redirectUri) === changed) return redirectUri;
  try {
    const place = { host: hostname, port: Number(port), path: pathname };
    return (await tools.loopback(place)).redirectUri;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    tools.note(error.message);
    return redirectUri;
  }
}

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/;

function withoutPort(uri: string): string {
  return uri.replace(/:\d+(?=\/|$)/, '');
}
