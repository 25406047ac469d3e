import { anonymous, type Credentials } from '../mcp/credentials.ts';
import { supportedVersions } from '../mcp/discover.ts';
import { McpError, requireSuccess } from '../mcp/error.ts';
import type { Line } from '../mcp/exchange.ts';
import { openLegacyTransport } from '../mcp/legacy-events.ts';
import { createSession, type Session, type SessionOptions } from '../mcp/session.ts';
import { findRevision, NEWEST_LEGACY, REVISIONS, type Revision } from '../spec/revisions.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import { extensionsOf } from './extensions.ts';
import type { Tools } from './step.ts';

/** A session that is open, and the revision it speaks. */
export interface Opened {
  readonly session: Session;
  readonly revision: string;
}

/** A session that has not said anything yet. */
export function sessionFor(
  tools: Tools,
  revision: Revision,
  credentials: Credentials = anonymous,
  transport?: SessionOptions['transport'],
): Session {
  const { clientInfo } = tools.options.profile;
  return createSession({
    ...lineOf(tools, credentials),
    revision,
    clientInfo,
    extensions: extensionsOf(tools.options),
    ...(transport && { transport }),
  });
}

function lineOf({ http, options, signal }: Tools, credentials: Credentials): Line {
  const { url, answers } = options;
  return { http, url, credentials, signal, ...(answers && { answers }) };
}

/**
 * Opens a session in the revision asked for. With `auto` it opens as the client does that is played,
 * with `initialize`, which costs a legacy server nothing; where the server says that it is a modern
 * one, or only has the old HTTP+SSE transport, it goes on that way. Each attempt stands in the trace.
 * @param spoken the revision that an earlier session was sent to: nothing else is tried before it
 * @throws {McpError}
 */
export async function openSession(
  tools: Tools,
  credentials: Credentials,
  spoken: Revision = NEWEST_LEGACY,
): Promise<Opened> {
  const asked = tools.options.revision;
  const first = asked === 'auto' ? spoken : asked;
  try {
    return await open(sessionFor(tools, first, credentials));
  } catch (error) {
    if (!(error instanceof McpError)) throw error;
    const other = otherEra(error, first, asked === 'auto');
    if (other) {
      tools.found({ spoken: other });
      tools.note(`the server refused ${first.id} and names ${other.id}: went on with that`);
      return await open(sessionFor(tools, other, credentials));
    }
    if (first.era === 'legacy' && hasNoPost(error))
      return await openOldTransport(tools, credentials, error);
    throw error;
  }
}

async function open(session: Session): Promise<Opened> {
  const { revision } = await session.open();
  return { session, revision };
}

/** The revision of the other era that a refusal points at. */
function otherEra(error: McpError, tried: Revision, mayChange: boolean): Revision | undefined {
  if (!mayChange) return undefined;
  const named = supportedVersions(error).flatMap((id) => findRevision(id) ?? []);
  const newest = REVISIONS.findLast((revision) => named.includes(revision) && revision !== tried);
  if (newest) return newest;
  // Without a list: a refusal of the handshake that only a modern server has.
  const isModern = error.method === 'initialize' && MODERN_REFUSALS.has(error.rpc?.code);
  return isModern ? REVISIONS.at(-1) : undefined;
}

const MODERN_REFUSALS: ReadonlySet<unknown> = new Set([
  RPC_ERROR.methodNotFound,
  RPC_ERROR.headerMismatch,
  RPC_ERROR.missingCapability,
]);

/** Statuses of a server that takes no POST at this URL: it may still have the transport of 2024-11-05. */
function hasNoPost({ answer, rpc }: McpError): boolean {
  return [400, 404, 405].includes(answer.status) && rpc === undefined;
}

async function openOldTransport(
  tools: Tools,
  credentials: Credentials,
  refusal: McpError,
): Promise<Opened> {
  const transport = await openLegacyTransport(lineOf(tools, credentials));
  if ('answer' in transport) {
    // A server without POST asks for the token here: that refusal tells more than the first.
    if (transport.answer.status === 401) requireSuccess('GET', transport.answer, []);
    throw refusal;
  }
  tools.note('Streamable HTTP was refused; the deprecated HTTP+SSE transport answered');
  const session = sessionFor(tools, NEWEST_LEGACY, credentials, transport.send);
  const closing: Session = {
    ...session,
    close: async () => {
      await transport.close();
      return undefined;
    },
  };
  try {
    return await open(closing);
  } catch (error) {
    await transport.close();
    throw error;
  }
}
