/**
 * Resource identifiers (RFC 8707, RFC 9728), compared as the strings they are. `URL.href` would add a
 * slash to an empty path and lower-case the host: the very defects that break strict clients.
 */

/**
 * How a resource identifier relates to the one expected. `parent-path`: the same origin, and a path that
 * covers the expected one, or is the same but for its spelling or query; lenient clients accept that.
 */
export type ResourceRelation =
  | 'same'
  | 'trailing-slash'
  | 'parent-path'
  | 'other-path'
  | 'other-origin'
  | 'invalid';

/**
 * Compares the `resource` of a document with the identifier it was fetched for.
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3.3
 */
export function compareResource(actual: string, expected: string): ResourceRelation {
  if (actual === expected) return 'same';
  const seen = parse(actual);
  const wanted = parse(expected);
  if (!seen) return 'invalid';
  if (actual === `${expected}/` || `${actual}/` === expected) return 'trailing-slash';
  if (!wanted || seen.origin !== wanted.origin) return 'other-origin';
  return covers(seen, wanted) ? 'parent-path' : 'other-path';
}

/** The identifier of an MCP server: its URL without a fragment, and not otherwise touched. */
export function canonicalResource(mcpUrl: string): string {
  return mcpUrl.split('#', 1)[0] ?? '';
}

/** True for `localhost`, 127.0.0.0/8 and `::1`, with or without brackets. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** True for a URL whose host never leaves this machine. */
export function isLoopbackUrl(url: string): boolean {
  return isLoopbackHost(parse(url)?.hostname ?? '');
}

/** True for https, and for http on a loopback host. */
export function isSecureUrl(url: string): boolean {
  const { protocol, hostname = '' } = parse(url) ?? {};
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

function covers(parent: URL, child: URL): boolean {
  const path = parent.pathname.replace(/\/$/, '');
  return child.pathname === path || child.pathname.startsWith(`${path}/`);
}

function parse(url: string): URL | undefined {
  // Not asked first whether it can be: a trace has many URLs, and nearly all of them can.
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
