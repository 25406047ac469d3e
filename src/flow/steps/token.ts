import { STEPS } from '../../spec/steps.ts';
import { createDpopKeys, type DpopKeys } from '../dpop-keys.ts';
import { GRANT_TYPES } from '../grant-types.ts';
import { requestedResource } from '../requested-resource.ts';
import { requestedScope } from '../requested-scope.ts';
import { withoutStaleClient } from '../stale-client.ts';
import { defineStep, type Facts, type Grant, type Tools } from '../step.ts';
import { oauthClient, pollForTokens, requestTokens } from '../token-request.ts';

/** Redeems the code. */
export const token = defineStep({
  id: 'token',
  ...STEPS.token,
  needs: ['server', 'client', 'grant'],
  async run(facts, tools) {
    const { dpop = await keysFor(tools) } = facts;
    try {
      const tokens = await redeem(facts, tools, dpop);
      return { tokens, ...(dpop && { dpop }) };
    } catch (error) {
      throw withoutStaleClient(error, facts, tools);
    }
  },
});

async function redeem(
  facts: Pick<Facts, 'server' | 'client' | 'grant'> & Partial<Facts>,
  tools: Tools,
  dpop: DpopKeys | undefined,
): Promise<Facts['tokens']> {
  const oauth = await oauthClient(facts, tools);
  if (facts.grant.kind === 'device')
    return await pollForTokens(oauth, facts.grant.device, tools, dpop);
  const [grantType, own] = grantRequest(facts.grant);
  const resource = requestedResource(facts, tools.options);
  const parameters = { ...own, ...scopeWithoutUser(facts, tools), ...resource };
  return await requestTokens(oauth, grantType, parameters, tools, dpop);
}

async function keysFor({ options }: Tools): Promise<DpopKeys | undefined> {
  return options.dpop ? await createDpopKeys() : undefined;
}

/** Grant type and own parameters of each kind of grant. */
function grantRequest(
  grant: Exclude<Grant, { readonly kind: 'device' }>,
): readonly [string, Readonly<Record<string, string>>] {
  switch (grant.kind) {
    case 'code':
      return [
        GRANT_TYPES.authorization_code,
        {
          code: grant.code,
          redirect_uri: grant.redirectUri,
          code_verifier: grant.verifier,
        },
      ];
    case 'client-credentials':
      return [GRANT_TYPES.client_credentials, {}];
    case 'assertion':
      return [GRANT_TYPES.jwt_bearer, { assertion: grant.assertion }];
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
