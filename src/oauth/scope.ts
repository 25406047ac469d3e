/** Scopes: which to ask for, and how to compare them. */

/** What is known when a scope has to be chosen. */
export interface ScopeSources {
  /** `scope` of the challenge. */
  readonly challenge?: string | undefined;
  /** `scopes_supported` of the protected resource metadata. */
  readonly supported?: readonly string[] | undefined;
  /** What the user asked for; used as it is. */
  readonly override?: string | undefined;
  /** True where the authorization server lists `offline_access` and the revision lets a client add it. */
  readonly offlineAccess: boolean;
}

/**
 * The scope to ask for: the challenge's, else every scope the resource supports, else none.
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization#scope-selection-strategy
 */
export function chooseScope({
  challenge,
  supported,
  override,
  offlineAccess,
}: ScopeSources): string | undefined {
  if (override !== undefined) return override === '' ? undefined : override;
  const chosen = unionScope(challenge) ?? unionScope(supported?.join(' '));
  // Alone it would replace the server's default scope by nothing useful.
  return chosen !== undefined && offlineAccess ? unionScope(chosen, 'offline_access') : chosen;
}

/** The scopes of a scope string, whatever blanks separate them. */
export function parseScope(scope: string | undefined): ReadonlySet<string> {
  return new Set((scope ?? '').split(/\s+/).filter((item) => item !== ''));
}

/** Every scope of the strings once, in order of first appearance; undefined when there is none. */
export function unionScope(...scopes: readonly (string | undefined)[]): string | undefined {
  const all = new Set(scopes.flatMap((scope) => [...parseScope(scope)]));
  return all.size === 0 ? undefined : [...all].join(' ');
}

/** True when both hold the same scopes, in any order. */
export function sameScope(one: string | undefined, other: string | undefined): boolean {
  const [left, right] = [parseScope(one), parseScope(other)];
  return left.size === right.size && [...left].every((scope) => right.has(scope));
}

/**
 * True for scope tokens separated by exactly one space.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export function isScope(scope: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(scope);
}
