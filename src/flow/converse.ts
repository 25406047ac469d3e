import { bearer, type Credentials } from '../mcp/credentials.ts';
import { dpop } from '../mcp/dpop.ts';
import { hasValidAnnotations } from '../mcp/tool.ts';
import { quoted } from '../oauth/quoted.ts';
import { findRevision } from '../spec/revisions.ts';
import { openSession } from './negotiate.ts';
import { type Facts, StepFailure, type Tools } from './step.ts';

/** A version without a word about authorization; clients speak it, and some servers know no later one. */
const BEFORE_AUTHORIZATION = '2024-11-05';

/** What a conversation found out. */
export interface Conversation {
  /** The revision the server chose. */
  readonly revision: string;
  readonly tools: readonly string[];
}

/**
 * Talks to the MCP server with a token: handshake, tools, the tool the user named, good-bye.
 * @throws {McpError} when the server refuses, or answers with something else.
 */
export async function converse(
  facts: Pick<Facts, 'tokens'> & Partial<Facts>,
  tools: Tools,
  { callsTool, listsTools }: { readonly callsTool: boolean; readonly listsTools: boolean },
): Promise<Conversation> {
  const { session, revision } = await openSession(tools, credentialsOf(facts), facts.spoken);
  try {
    if (!findRevision(revision) && revision !== BEFORE_AUTHORIZATION)
      throw new StepFailure(
        `the server chose protocol version ${quoted(revision)}, expected a published one`,
      );
    tools.found({ revision });
    const listed = listsTools ? await session.tools() : [];
    const { call } = tools.options;
    if (callsTool && call) {
      const tool = listed.find(({ name }) => name === call.tool);
      const isModern = findRevision(revision)?.era === 'modern';
      if (tool && isModern && !hasValidAnnotations(tool))
        throw new StepFailure(
          `the tool ${quoted(call.tool)} has an x-mcp-header that no header can carry: a client leaves it out`,
        );
      const { result } = await session.call(call.tool, call.arguments, tool);
      if (result.resultType === 'input_required')
        tools.note('the tool asks for input (input_required): --answers gives it');
    }
    return { revision, tools: listed.map(({ name }) => name) };
  } finally {
    // A good-bye that goes wrong stands in the log, and takes nothing from the call.
    await session.close().catch(() => undefined);
  }
}

function credentialsOf({
  tokens,
  dpop: keys,
}: Pick<Facts, 'tokens'> & Partial<Facts>): Credentials {
  const bound = keys && tokens.token_type?.toLowerCase() === 'dpop';
  return bound ? dpop(tokens.access_token, keys.key, Date.now) : bearer(tokens.access_token);
}
