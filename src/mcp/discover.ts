import type { Answer } from '../http/http.ts';
import { quoted } from '../oauth/quoted.ts';
import type { Revision } from '../spec/revisions.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import { isObject } from '../trace/body.ts';
import { McpError } from './error.ts';
import type { Session } from './session.ts';

/**
 * Asks a modern server what it speaks. One that names the same version while refusing it is asked once
 * more; one without `server/discover` is taken at its word: the next request will tell.
 * @throws {McpError} when it does not speak the revision.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/discover
 */
export async function discover(
  request: Session['request'],
  revision: Revision,
): Promise<{ readonly answer: Answer; readonly revision: string }> {
  const ask = (): ReturnType<Session['request']> => request('server/discover');
  try {
    const { answer, result } = await ask().catch((error: unknown) => {
      if (supportedVersions(error).includes(revision.id)) return ask();
      throw error;
    });
    const versions = result.supportedVersions;
    if (Array.isArray(versions) && !versions.includes(revision.id))
      throw new McpError(
        'rpc-error',
        `the server speaks ${quoted(versions)}, expected ${revision.id} among them`,
        answer,
        { code: RPC_ERROR.unsupportedVersion, data: { supported: versions } },
      );
    return { answer, revision: revision.id };
  } catch (error) {
    if (isWithoutDiscovery(error)) return { answer: error.answer, revision: revision.id };
    throw error;
  }
}

/** A modern server answers an unknown method with 404; a legacy one answers it with 200. */
function isWithoutDiscovery(error: unknown): error is McpError {
  return (
    error instanceof McpError &&
    error.answer.status === 404 &&
    error.rpc?.code === RPC_ERROR.methodNotFound
  );
}

/** The versions that an error names as supported; empty for another error. */
export function supportedVersions(error: unknown): readonly string[] {
  if (!(error instanceof McpError) || error.rpc?.code !== RPC_ERROR.unsupportedVersion) return [];
  const { data } = error.rpc;
  const supported = isObject(data) ? data.supported : undefined;
  return Array.isArray(supported) ? supported.filter((id) => typeof id === 'string') : [];
}
