import { McpError } from '../../mcp/error.ts';
import { STEPS } from '../../spec/steps.ts';
import { converse } from '../converse.ts';
import { requestedResource } from '../requested-resource.ts';
import { defineStep, type Facts, Skipped, StepFailure, type Tools } from '../step.ts';
import { oauthClient, requestTokens } from '../token-request.ts';

/** Does what a client does an hour later: a new token, and a call with it. */
export const refresh = defineStep({
  id: 'refresh',
  ...STEPS.refresh,
  needs: ['server', 'client', 'tokens'],
  async run(facts, tools) {
    const { tokens } = facts;
    if (tokens.refresh_token === undefined) throw new Skipped('no refresh token was issued');
    const fresh = await requestTokens(
      await oauthClient(facts, tools),
      'refresh_token',
      { refresh_token: tokens.refresh_token, ...requestedResource(facts, tools.options) },
      tools,
      facts.dpop,
    );
    if (fresh.refresh_token === undefined)
      tools.note('no new refresh token came: the old one is kept');
    const kept = { ...fresh, refresh_token: fresh.refresh_token ?? tokens.refresh_token };
    // Whatever becomes of the call: these are the tokens to revoke in the end.
    tools.found({ tokens: kept });
    await callWith({ ...facts, tokens: kept }, tools);
    return {};
  },
});

async function callWith(
  facts: Pick<Facts, 'tokens'> & Partial<Facts>,
  tools: Tools,
): Promise<void> {
  try {
    await converse(facts, tools, { callsTool: false, listsTools: true });
  } catch (error) {
    if (error instanceof McpError) throw new StepFailure(error.message, { cause: error });
    throw error;
  }
}
