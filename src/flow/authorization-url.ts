import { parseScope } from '../oauth/scope.ts';
import { isObject, type JsonObject, parseJson } from '../trace/body.ts';
import { stringMember } from '../trace/view.ts';
import { refusedAnswer } from './refused-answer.ts';
import { requestedResource } from './requested-resource.ts';
import { requestedScope } from './requested-scope.ts';
import type { Facts, Tools } from './step.ts';
import { httpErrorIn, type OauthClient } from './token-request.ts';

/** Where the user is sent, and what the callback and the token request are checked with. */
export interface AuthorizationUrl {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
}

/** Builds the authorization request; it is pushed first where the server insists (RFC 9126). */
export async function authorizationUrl(
  client: OauthClient,
  facts: Pick<Facts, 'server' | 'client'> & Partial<Facts>,
  tools: Tools,
): Promise<AuthorizationUrl> {
  const { oauth, configuration } = client;
  const { options } = tools;
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
    ? await pushedUrl(client, parameters, tools)
    : oauth.buildAuthorizationUrl(configuration, parameters);
  return { url: url.href, state, verifier };
}

/**
 * Pushes the request and names it by the URI that comes back. An answer that openid-client refuses,
 * a 200 for instance, is good enough where it carries that URI.
 * @throws {StepFailure} when none came
 */
async function pushedUrl(
  { oauth, configuration, lastAnswer }: OauthClient,
  parameters: URLSearchParams,
  tools: Tools,
): Promise<URL> {
  try {
    return await oauth.buildAuthorizationUrlWithPAR(configuration, parameters);
  } catch (error) {
    const answer = lastAnswer();
    if (!answer) throw httpErrorIn(error) ?? error;
    const request = stringMember(objectIn(answer.text), 'request_uri');
    if (answer.status >= 300 || request === undefined)
      throw refusedAnswer('the pushed authorization request', answer, '201 with a request_uri');
    tools.note(`some clients stop here, this run goes on: ${String(error)}`);
    return oauth.buildAuthorizationUrl(configuration, { request_uri: request });
  }
}

function objectIn(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
