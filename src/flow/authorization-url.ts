import { parseScope } from '../oauth/scope.ts';
import { requestedResource } from './requested-resource.ts';
import { requestedScope } from './requested-scope.ts';
import type { Facts, Tools } from './step.ts';
import type { OauthClient } from './token-request.ts';

/** Where the user is sent, and what the callback and the token request are checked with. */
export interface AuthorizationUrl {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
}

/** Builds the authorization request; it is pushed first where the server insists (RFC 9126). */
export async function authorizationUrl(
  { oauth, configuration }: OauthClient,
  facts: Pick<Facts, 'server' | 'client'> & Partial<Facts>,
  { options }: Tools,
): Promise<AuthorizationUrl> {
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const scope = requestedScope(facts, options);
  const parameters = new URLSearchParams({
    response_type: 'code',
    redirect_uri: facts.client.redirectUri,
    ...(scope !== undefined && { scope }),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    // OpenID Connect Core section 11: without it a server ignores offline_access.
    ...(parseScope(scope).has('offline_access') && { prompt: 'consent' }),
    ...requestedResource(facts, options),
  });
  for (const [name, value] of options.authorizeParameters) parameters.append(name, value);
  const { metadata } = facts.server;
  const pushes =
    metadata.require_pushed_authorization_requests === true &&
    metadata.pushed_authorization_request_endpoint !== undefined;
  const url = pushes
    ? await oauth.buildAuthorizationUrlWithPAR(configuration, parameters)
    : oauth.buildAuthorizationUrl(configuration, parameters);
  return { url: url.href, state, verifier };
}
