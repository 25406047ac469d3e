import { isLabel } from '../secret.ts';
import { isTellable } from './ledger.ts';
import { createMatcher } from './matcher.ts';
import { base64CoresOf, spellingsOf, unescapeOnce } from './spelling.ts';

/** A secret that the user typed or an option brought. */
export interface KnownSecret {
  /** What it is: `password`, `client_secret`, `email`, `header`, `proxy_credentials`, … */
  readonly kind: string;
  readonly value: string;
  /** True for what a person made: it gets a number and never a digest. Default by kind. */
  readonly human?: boolean;
}

/** Levels of escapes within escapes that are looked through. */
const DEEPEST_ESCAPE = 3;

/**
 * The secrets that occur in a text, spelled out or percent-, form-, JSON-, HTML- or base64-encoded.
 * Secrets of fewer than six characters, and words every trace is made of, cannot be told apart.
 */
export function findSurvivors<S extends { readonly value: string }>(
  text: string,
  secrets: readonly S[],
): readonly S[] {
  return survivorSearch(secrets)(text);
}

/** The same search, prepared for many texts. */
export function survivorSearch<S extends { readonly value: string }>(
  secrets: readonly S[],
): (text: string) => readonly S[] {
  const matcher = createMatcher<S>();
  for (const secret of secrets.filter(({ value }) => isTellable(value) && !isLabel(value)))
    for (const spelling of [...spellingsOf(secret.value), ...base64CoresOf(secret.value)])
      matcher.add(spelling, secret);
  return (text) => {
    const found = new Set<S>();
    let level: string | undefined = text;
    for (let depth = 0; level !== undefined && depth <= DEEPEST_ESCAPE; depth += 1) {
      for (const { value } of matcher.find(level)) found.add(value);
      level = unescapeOnce(level)?.text;
    }
    return [...found];
  };
}
