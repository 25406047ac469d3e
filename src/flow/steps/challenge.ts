import type { Answer } from '../../http/http.ts';
import { anonymous } from '../../mcp/credentials.ts';
import { McpError } from '../../mcp/error.ts';
import type { Session } from '../../mcp/session.ts';
import { findBearer, parseChallenges } from '../../oauth/challenge.ts';
import { NEWEST_LEGACY } from '../../spec/revisions.ts';
import { STEPS } from '../../spec/steps.ts';
import { headerValues } from '../../trace/headers.ts';
import { isUnserved } from '../../trace/unserved.ts';
import { openSession, sessionFor } from '../negotiate.ts';
import type { FlowOptions } from '../options.ts';
import { switches } from '../revision.ts';
import { defineStep, type Facts, OpenServer, StepFailure, type Tools } from '../step.ts';
import { describeAnswer } from '../text.ts';

/** Asks without a token, as every client does first, and reads the refusal. */
export const challenge = defineStep({
  id: 'challenge',
  ...STEPS.challenge,
  needs: [],
  async run(_, tools) {
    const refused = await refusal(tools);
    if (refused.status !== 401) {
      const reason = `the request without a token was answered with ${describeAnswer(refused)}, expected 401 with WWW-Authenticate${hintOn(refused)}`;
      if (!tools.options.lenient) throw new StepFailure(reason);
      tools.note(`went on (--lenient) although ${reason}`);
    }
    const values = headerValues(refused.headers, 'www-authenticate');
    const bearer = findBearer(parseChallenges(values));
    if (!bearer)
      tools.note('the refusal carries no Bearer challenge; the well-known places are tried');
    return { challenge: { exchange: refused.exchange, bearer } satisfies Facts['challenge'] };
  },
});

/** What a web server answers where nobody takes a POST says nothing of tokens. */
function hintOn(answer: Answer): string {
  return isUnserved(answer) ? '; is this the URL of the MCP endpoint?' : '';
}

/**
 * What the server refuses first: the handshake, the list of tools, or the tool the user named.
 * @throws {OpenServer} when it refuses nothing
 */
async function refusal(tools: Tools): Promise<Answer> {
  const { call } = tools.options;
  try {
    const { session } = await openSession(tools, anonymous);
    await askFor(call, session).finally(() => session.close().catch(() => undefined));
  } catch (error) {
    if (!(error instanceof McpError)) throw error;
    return await betterRefusal(error, tools);
  }
  throw new OpenServer(
    call
      ? `the server, and its tool ${JSON.stringify(call.tool)}, answered without asking for a token`
      : 'the server answered without asking for a token; name a protected tool with --call <tool>',
  );
}

async function askFor(call: FlowOptions['call'], session: Session): Promise<void> {
  const listed = await session.tools();
  const tool = listed.find(({ name }) => name === call?.tool);
  if (call) await session.call(call.tool, call.arguments, tool);
}

/**
 * Some modern servers check the message before the token: what they refuse a legacy handshake with
 * is the refusal that counts.
 */
async function betterRefusal({ answer }: McpError, tools: Tools): Promise<Answer> {
  const mayBe = switches(tools.options).era === 'modern' && [400, 404, 405].includes(answer.status);
  const other = mayBe ? await refusedHandshake(tools) : undefined;
  return other?.status === 401 ? other : answer;
}

async function refusedHandshake(tools: Tools): Promise<Answer | undefined> {
  return await sessionFor(tools, NEWEST_LEGACY)
    .open()
    .then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof McpError) return error.answer;
        throw error;
      },
    );
}
