/** What every tool call needs; the first challenge asks for it. */
export const BASE_SCOPE = 'mcp:tools';

/** What `list_stocks` needs besides. */
export const STOCKS_SCOPE = 'stocks:read';

/** The scopes of the protected resource. `offline_access` is no matter of the resource. */
export const RESOURCE_SCOPES: readonly string[] = [BASE_SCOPE, STOCKS_SCOPE];

/** Every scope the authorization server grants, with what it tells the user. */
export const SCOPE_MEANINGS: Readonly<Record<string, string>> = {
  [BASE_SCOPE]: 'Use the tools of this server',
  [STOCKS_SCOPE]: 'Read your stocks',
  openid: 'Know who you are',
  offline_access: 'Stay connected while you are away',
};

/** Every scope that a realm grants, with what it tells the user. */
export function scopeMeanings({
  scopes,
}: {
  readonly scopes?: Readonly<Record<string, string>>;
}): Readonly<Record<string, string>> {
  return scopes ?? SCOPE_MEANINGS;
}

/** The scopes of a space-separated list, each once; empty for none. */
export function scopesOf(list: string | null | undefined): readonly string[] {
  return [...new Set((list ?? '').split(' ').filter((scope) => scope !== ''))];
}

/** Whether all wanted scopes were granted. */
export function covers(granted: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((scope) => granted.includes(scope));
}
