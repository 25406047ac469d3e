import { ConsentError } from '../consent/consent.ts';
import { OAuthRefusal } from './refused-answer.ts';
import { Again, type Facts, type Tools } from './step.ts';

/** Errors that say that the server does not know this client, or not with this redirect. */
const UNKNOWN_CLIENT: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_redirect_uri',
]);

/**
 * What to do about a refusal when the client comes from the user's store: a server may have forgotten
 * it since. It is then forgotten here too, and registered once more.
 * @returns the way back to the registration; the error itself where that would not help
 */
export function withoutStaleClient(
  error: unknown,
  { server, client }: Pick<Facts, 'server' | 'client'>,
  { options, note }: Tools,
): unknown {
  if (client.origin !== 'kept-earlier' || !isAboutClient(error)) return error;
  const problem = options.clients?.forget(server.issuer);
  if (problem !== undefined) {
    note(`the kept client could not be forgotten: ${problem}`);
    return error;
  }
  return new Again('registration', {}, `${error.message}; the kept client may be forgotten there`);
}

/** A server that does not know the client shows a page: it has no redirect that it may trust. */
function isAboutClient(error: unknown): error is Error {
  if (error instanceof OAuthRefusal) return UNKNOWN_CLIENT.has(error.error);
  return error instanceof ConsentError && error.code === 'page-error';
}
