import { createSession, McpError, type Session } from '../mcp/session.ts';
import { findRevision, NEWEST_LEGACY } from '../spec/revisions.ts';
import { StepFailure, type Tools } from './step.ts';

/** What a conversation found out. */
export interface Conversation {
  /** The revision the server chose. */
  readonly revision: string;
  readonly tools: readonly string[];
}

/**
 * Talks to the MCP server with a token: handshake, tools, the tool the user named, good-bye.
 * @throws {StepFailure} when the server refuses, or answers with something else.
 */
export async function converse(
  accessToken: string,
  tools: Tools,
  { callsTool }: { readonly callsTool: boolean },
): Promise<Conversation> {
  const session = createSession({
    http: tools.http,
    url: tools.options.url,
    // Always this spelling: some servers compare the scheme with its case.
    authorization: `Bearer ${accessToken}`,
    revision: tools.options.revision === 'auto' ? NEWEST_LEGACY : tools.options.revision,
    clientInfo: tools.options.profile.clientInfo,
  });
  try {
    return await talk(session, tools, callsTool);
  } catch (error) {
    if (error instanceof McpError) throw new StepFailure(error.message, { cause: error });
    throw error;
  }
}

async function talk(session: Session, tools: Tools, callsTool: boolean): Promise<Conversation> {
  const { revision } = await session.open();
  if (!findRevision(revision))
    throw new StepFailure(
      `the server chose protocol version ${JSON.stringify(revision)}, expected a published one`,
    );
  const listed = await session.tools();
  const { call } = tools.options;
  if (callsTool && call)
    await session.request('tools/call', { name: call.tool, arguments: call.arguments });
  await session.close();
  return { revision, tools: listed.map(({ name }) => name) };
}
