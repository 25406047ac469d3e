import { rfc6749, rfc7636, rfc8707 } from '../../spec/references.ts';
import { createDpopKeys, type DpopKeys } from '../dpop-keys.ts';
import { requestedResource } from '../requested-resource.ts';
import { requestedScope } from '../requested-scope.ts';
import { defineStep, type Facts, type Grant, type Tools } from '../step.ts';
import { oauthClient, pollForTokens, requestTokens } from '../token-request.ts';

/** Redeems the code. */
export const token = defineStep({
  id: 'token',
  title: 'Exchange the authorization code for tokens',
  spec: [rfc6749('4.1.3'), rfc7636('4.5'), rfc8707('2.2')],
  needs: ['server', 'client', 'grant'],
  async run(facts, tools) {
    const [grantType, parameters] = grantRequest(facts.grant);
    const { dpop = await keysFor(tools) } = facts;
    const tokens =
      facts.grant.kind === 'device'
        ? await pollForTokens(await oauthClient(facts, tools), facts.grant.device, tools)
        : await requestTokens(
            await oauthClient(facts, tools),
            grantType,
            {
              ...parameters,
              ...scopeWithoutUser(facts, tools),
              ...requestedResource(facts, tools.options),
            },
            tools,
            dpop,
          );
    return { tokens, ...(dpop && { dpop }) };
  },
});

async function keysFor({ options }: Tools): Promise<DpopKeys | undefined> {
  return options.dpop ? await createDpopKeys() : undefined;
}

/** Grant type and own parameters of each kind of grant. */
function grantRequest(grant: Grant): readonly [string, Readonly<Record<string, string>>] {
  switch (grant.kind) {
    case 'code':
      return [
        'authorization_code',
        {
          code: grant.code,
          redirect_uri: grant.redirectUri,
          code_verifier: grant.verifier,
        },
      ];
    case 'client-credentials':
      return ['client_credentials', {}];
    case 'assertion':
      return ['urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion: grant.assertion }];
    case 'device':
      return ['urn:ietf:params:oauth:grant-type:device_code', {}];
  }
}

/** Where no authorization request named the scope, the token request does. */
function scopeWithoutUser(
  { grant, ...facts }: Partial<Facts>,
  { options }: Tools,
): { readonly scope?: string } {
  const scope = grant?.kind === 'code' ? undefined : requestedScope(facts, options);
  return scope === undefined ? {} : { scope };
}
