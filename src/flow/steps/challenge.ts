import type { Answer } from '../../http/http.ts';
import { createSession, McpError, type Session } from '../../mcp/session.ts';
import { findBearer, parseChallenges } from '../../oauth/challenge.ts';
import { mcp, rfc6750, rfc9110 } from '../../spec/references.ts';
import { NEWEST_LEGACY } from '../../spec/revisions.ts';
import { headerValues } from '../../trace/headers.ts';
import { defineStep, type Facts, OpenServer, StepFailure, type Tools } from '../step.ts';
import { describeAnswer } from '../text.ts';

/** Asks without a token, as every client does first, and reads the refusal. */
export const challenge = defineStep({
  id: 'challenge',
  title: 'Ask without a token',
  spec: [
    mcp('2025-11-25', 'basic/authorization#protocol-requirements'),
    rfc6750('3'),
    rfc9110('11.6.1'),
  ],
  needs: [],
  async run(_, tools) {
    const session = anonymousSession(tools);
    const refusal = await refusalOf(() => session.open());
    if (refusal) return read(refusal, tools);
    return { ...(await askForTool(session, tools)) };
  },
});

function anonymousSession({ http, options }: Tools): Session {
  return createSession({
    http,
    url: options.url,
    revision: options.revision === 'auto' ? NEWEST_LEGACY : options.revision,
    clientInfo: options.profile.clientInfo,
  });
}

/** The answer that refused; undefined when the server did what it was asked. */
async function refusalOf(ask: () => Promise<unknown>): Promise<Answer | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (error instanceof McpError) return error.answer;
    throw error;
  }
}

function read(answer: Answer, tools: Tools): Partial<Facts> {
  const seen = describeAnswer(answer);
  if (answer.status !== 401) {
    const reason = `the anonymous initialize was answered with ${seen}, expected 401 with WWW-Authenticate`;
    if (!tools.options.lenient) throw new StepFailure(reason);
    tools.note(`went on although ${reason}`);
  }
  const challenges = parseChallenges(headerValues(answer.headers, 'www-authenticate'));
  const bearer = findBearer(challenges);
  if (!bearer)
    tools.note('the refusal carries no Bearer challenge; the well-known places are tried');
  return { challenge: { exchange: answer.exchange, bearer } };
}

/** The server asked for nothing: try the tool the user named, else stop here. */
async function askForTool(session: Session, tools: Tools): Promise<Partial<Facts>> {
  const { call } = tools.options;
  if (!call) {
    await session.close();
    throw new OpenServer(
      'initialize was answered without asking for a token; name a protected tool with --call <tool>',
    );
  }
  const refusal = await refusalOf(() =>
    session.request('tools/call', { name: call.tool, arguments: call.arguments }),
  );
  await session.close();
  if (refusal) return read(refusal, tools);
  throw new OpenServer(
    `initialize and the tool ${JSON.stringify(call.tool)} were answered without asking for a token`,
  );
}
