import { ConsentError } from '../../consent/consent.ts';
import type { Callback, Loopback } from '../../http/loopback.ts';
import { judgeIss } from '../../oauth/issuer.ts';
import { parseScope } from '../../oauth/scope.ts';
import { oauth21, rfc7636, rfc8707, rfc9207 } from '../../spec/references.ts';
import { requestedResource } from '../requested-resource.ts';
import { requestedScope } from '../requested-scope.ts';
import { defineStep, type Facts, StepFailure, type Tools } from '../step.ts';
import { quote } from '../text.ts';
import { oauthClient } from '../token-request.ts';

/** Sends the user to the authorization server and waits for the callback. */
export const authorization = defineStep({
  id: 'authorization',
  title: 'Let the user approve',
  spec: [oauth21('4.1.1'), rfc7636('4.3'), rfc8707('2.1'), rfc9207('2.4')],
  needs: ['server', 'client'],
  async run(facts, tools) {
    const { oauth, configuration } = await oauthClient(facts, tools);
    const verifier = oauth.randomPKCECodeVerifier();
    const state = oauth.randomState();
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const parameters = requestParameters(facts, { state, challenge }, tools);
    const url = oauth.buildAuthorizationUrl(configuration, parameters);
    for (const [name, value] of tools.options.authorizeParameters)
      url.searchParams.append(name, value);

    const loopback = await tools.loopback();
    const callback = await approve(url.href, state, loopback, facts.client.redirectUri, tools);
    const code = codeOf(callback.parameters, facts.server, tools);
    return { grant: { code, verifier, redirectUri: facts.client.redirectUri } };
  },
});

function requestParameters(
  facts: Pick<Facts, 'server' | 'client'> & Partial<Facts>,
  { state, challenge }: { readonly state: string; readonly challenge: string },
  { options }: Tools,
): Record<string, string> {
  const scope = requestedScope(facts, options);
  return {
    response_type: 'code',
    redirect_uri: facts.client.redirectUri,
    ...(scope !== undefined && { scope }),
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state,
    // OpenID Connect Core section 11: without it a server ignores offline_access.
    ...(parseScope(scope).has('offline_access') && { prompt: 'consent' }),
    ...requestedResource(facts, options),
  };
}

/** Waits for the matching callback, as long as a human may take. */
async function approve(
  url: string,
  state: string,
  loopback: Loopback,
  redirectUri: string,
  tools: Tools,
): Promise<Callback> {
  const { consentTimeout } = tools.options;
  const patience = AbortSignal.timeout(consentTimeout);
  const signal = AbortSignal.any([tools.signal, patience]);
  const arrived = loopback.expect(state);
  const { http, say, ask, consent } = tools;
  const driven = consent
    .approve(url, { http, redirectUri, signal, say, ask })
    .then((final) => afterApproval(final, arrived, loopback, tools));
  const gaveUp = new Promise<never>((_, reject) => {
    const stop = (): void => reject(giveUp(tools.signal.aborted, consentTimeout, loopback));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Whichever loses the race must not become an unhandled rejection.
  driven.catch(() => {});
  return Promise.race([arrived, driven, gaveUp]);
}

/** What is left to do once the way of approving has done its part. */
async function afterApproval(
  final: string | undefined,
  arrived: Promise<Callback>,
  loopback: Loopback,
  { consent, http }: Tools,
): Promise<Callback> {
  // What the user pasted takes the same way as a callback from a browser.
  if (final !== undefined) await http.send({ url: final, recorded: false });
  const waits = final === undefined && consent.name !== 'form';
  const rejection = loopback.rejections().at(-1);
  if (waits) return arrived;
  const missing = new StepFailure(
    rejection
      ? `the callback was not accepted: ${rejection}`
      : 'no callback reached the listener, expected one with code and state',
  );
  return Promise.race([arrived, settledLater(missing)]);
}

/** Loses against a promise that is already settled. */
async function settledLater(error: Error): Promise<never> {
  await new Promise((resolve) => setImmediate(resolve));
  throw error;
}

function giveUp(interrupted: boolean, timeout: number, loopback: Loopback): Error {
  if (interrupted) return new ConsentError('page-error', 'interrupted while waiting for approval');
  const seen = loopback.rejections();
  const others =
    seen.length > 0 ? `; ${seen.length} other callbacks came, the last because ${seen.at(-1)}` : '';
  return new StepFailure(
    `no callback came within ${timeout / 1000} s, expected one with code and state${others}`,
  );
}

/** The code of a callback whose issuer is the expected one (RFC 9207 section 2.4). */
function codeOf(
  parameters: URLSearchParams,
  { issuer, metadata, published }: Facts['server'],
  tools: Tools,
): string {
  const verdict = judgeIss({
    advertised: metadata.authorization_response_iss_parameter_supported === true,
    received: parameters.get('iss') ?? undefined,
    issuer,
  });
  if (published && !verdict.ok) tools.refuse(verdict.message);
  const error = parameters.get('error');
  const description = parameters.get('error_description');
  if (error !== null)
    throw new StepFailure(
      `the authorization server answered ${quote(error)}${description ? `: ${quote(description)}` : ''}, expected a code`,
    );
  const code = parameters.get('code');
  if (!code) throw new StepFailure('the callback carries no code, expected one');
  return code;
}
