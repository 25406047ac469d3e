import { rfc6749, rfc7636, rfc8707 } from '../../spec/references.ts';
import { switches } from '../revision.ts';
import { defineStep } from '../step.ts';
import { oauthClient, requestTokens } from '../token-request.ts';

/** Redeems the code. */
export const token = defineStep({
  id: 'token',
  title: 'Exchange the authorization code for tokens',
  spec: [rfc6749('4.1.3'), rfc7636('4.5'), rfc8707('2.2')],
  needs: ['server', 'client', 'grant'],
  async run({ server, client, grant, resource }, tools) {
    const tokens = await requestTokens(
      await oauthClient({ server, client }, tools),
      'authorization_code',
      {
        code: grant.code,
        redirect_uri: grant.redirectUri,
        code_verifier: grant.verifier,
        ...(resource?.identifier !== undefined &&
          switches(tools.options).resourceParameter && { resource: resource.identifier }),
      },
      tools,
    );
    return { tokens };
  },
});
