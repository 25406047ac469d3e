/** Questions to the claims of a decoded JWT, whose signature nobody here verifies. */

/** The claims of a JWT, of any type until asked. */
export type Claims = { readonly [name: string]: unknown };

/**
 * The audiences: `aud` as a list; empty when there is none.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
 */
export function audiences(claims: Claims): readonly string[] {
  return [claims.aud].flat().filter((audience) => typeof audience === 'string');
}

/** A NumericDate claim (`exp`, `iat`, `nbf`) in seconds; undefined when absent or not a finite number. */
export function numericDate(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Seconds from `iat` to `exp`; undefined unless both are there. */
export function lifetime(claims: Claims): number | undefined {
  const issued = numericDate(claims, 'iat');
  const expires = numericDate(claims, 'exp');
  return issued === undefined || expires === undefined ? undefined : expires - issued;
}

/** The scopes granted: `scope` as a string, or `scp` as a list or a string; undefined when neither is there. */
export function claimedScope(claims: Claims): string | undefined {
  const value = claims.scope ?? claims.scp;
  const items = [value].flat().filter((item) => typeof item === 'string');
  return items.length === 0 ? undefined : items.join(' ');
}
