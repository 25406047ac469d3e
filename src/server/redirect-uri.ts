import type { Realm } from './realm.ts';

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)(.*)$/;

/** Why a redirect URI cannot be registered; undefined when it can. @see RFC 9700 section 2.1 */
export function redirectUriProblem(
  uri: string,
  applicationType: string | undefined,
): string | undefined {
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  const { protocol, username, password } = new URL(uri);
  if (uri.includes('#')) return 'has a fragment';
  if (uri.includes('*')) return 'has a wildcard';
  if (/[^\x21-\x7e]/.test(uri)) return 'has characters that no URI has';
  if (username || password) return 'carries credentials';
  if (protocol === 'https:') return undefined;
  if (applicationType === 'web') return 'is not https, as a web client needs';
  if (protocol === 'http:') return LOOPBACK.test(uri) ? undefined : 'is http on another host';
  // Private-use schemes are reversed domain names (RFC 8252 section 7.1); this keeps out
  // javascript:, data: and their kind.
  return protocol.includes('.')
    ? undefined
    : 'has a scheme that is neither http, https nor private';
}

/**
 * Whether a requested redirect URI is a registered one: the same string, but for the port of a
 * loopback address, which a native client picks at run time.
 * @see RFC 8252 section 7.3
 */
export function isRegisteredRedirect(
  registered: readonly string[],
  requested: string,
  checks: Realm['checks'] = () => true,
): boolean {
  return registered.some(
    (uri) =>
      uri === requested ||
      (checks('redirect-uri-port') && sameButPort(uri, requested)) ||
      (!checks('redirect-uri-match') && requested.startsWith(uri)),
  );
}

function sameButPort(a: string, b: string): boolean {
  const [, hostA, restA] = LOOPBACK.exec(a) ?? [];
  const [, hostB, restB] = LOOPBACK.exec(b) ?? [];
  return hostA !== undefined && hostA === hostB && restA === restB;
}

/** The redirect URI with parameters added to what its query already holds. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string>>): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`;
}
