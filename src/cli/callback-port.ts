import type { FlowOptions } from '../flow/options.ts';
import { ListenError, listenOnLoopback } from '../http/listen.ts';
import { UserError } from './exit.ts';

/**
 * Finds out before any request is made that the callback's port can be listened on.
 * @throws {UserError} when it cannot
 */
export async function requireCallbackPort({
  callback,
}: Pick<FlowOptions, 'callback'>): Promise<void> {
  if (callback.port === 0) return;
  try {
    const listening = await listenOnLoopback(callback.host, callback.port, () => {});
    await listening.close();
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new UserError(
      `--callback-port: ${error.message}; choose another, or leave it out for a free one`,
    );
  }
}
