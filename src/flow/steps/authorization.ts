import { STEPS } from '../../spec/steps.ts';
import { waitForApproval } from '../approval.ts';
import { authorizationUrl } from '../authorization-url.ts';
import { codeOf, needsIss } from '../callback-code.ts';
import { grantWithoutBrowser } from '../other-grants.ts';
import { requestedScope } from '../requested-scope.ts';
import { withoutStaleClient } from '../stale-client.ts';
import { defineStep, type Facts, type Tools } from '../step.ts';
import { oauthClient } from '../token-request.ts';

/** Sends the user to the authorization server and waits for the callback. */
export const authorization = defineStep({
  id: 'authorization',
  ...STEPS.authorization,
  needs: ['server', 'client'],
  async run(facts, tools) {
    const asked = requestedScope(facts, tools.options);
    const other = await grantWithoutBrowser(facts, tools);
    const grant = other ?? (await askUser(facts, tools));
    return { grant, ...(asked !== undefined && { asked }) };
  },
});

async function askUser(
  facts: Pick<Facts, 'server' | 'client'> & Partial<Facts>,
  tools: Tools,
): Promise<Facts['grant']> {
  const oauth = await oauthClient(facts, tools);
  const { redirectUri } = facts.client;
  const loopback = await tools.loopback();
  try {
    const { url, state, verifier } = await authorizationUrl(oauth, facts, tools);
    const answer = { redirectUri, needsIss: needsIss(facts.server, tools) };
    const callback = await waitForApproval(url, state, loopback, answer, tools);
    const code = codeOf(callback.parameters, facts.server, tools);
    return { kind: 'code', code, verifier, redirectUri };
  } catch (error) {
    throw withoutStaleClient(error, facts, tools);
  }
}
