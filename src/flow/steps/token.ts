import { rfc6749, rfc7636, rfc8707 } from '../../spec/references.ts';
import { requestedResource } from '../requested-resource.ts';
import { defineStep } from '../step.ts';
import { oauthClient, requestTokens } from '../token-request.ts';

/** Redeems the code. */
export const token = defineStep({
  id: 'token',
  title: 'Exchange the authorization code for tokens',
  spec: [rfc6749('4.1.3'), rfc7636('4.5'), rfc8707('2.2')],
  needs: ['server', 'client', 'grant'],
  async run(facts, tools) {
    const { grant } = facts;
    const tokens = await requestTokens(
      await oauthClient(facts, tools),
      'authorization_code',
      {
        code: grant.code,
        redirect_uri: grant.redirectUri,
        code_verifier: grant.verifier,
        ...requestedResource(facts, tools.options),
      },
      tools,
    );
    return { tokens };
  },
});
