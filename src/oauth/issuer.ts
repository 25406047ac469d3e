/** Issuer identifiers, compared code point by code point. */
import { quoted } from './quoted.ts';

/** How an issuer relates to the one expected. */
export type IssuerRelation = 'same' | 'trailing-slash' | 'different' | 'missing';

/**
 * Compares the `issuer` of a document, or an `iss`, with the identifier expected.
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.3
 */
export function compareIssuer(actual: string | undefined, expected: string): IssuerRelation {
  if (actual === undefined) return 'missing';
  if (actual === expected) return 'same';
  return actual === `${expected}/` || `${actual}/` === expected ? 'trailing-slash' : 'different';
}

/** What a callback's `iss` is judged by. */
export interface IssFacts {
  /** `authorization_response_iss_parameter_supported` of the metadata is true. */
  readonly advertised: boolean;
  /** The `iss` parameter of the callback, decoded. */
  readonly received: string | undefined;
  /** The issuer whose authorization endpoint the user was sent to. */
  readonly issuer: string;
}

/** Whether a callback may be used. */
export type IssVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: 'iss-missing' | 'iss-mismatch';
      readonly message: string;
    };

/**
 * Judges the `iss` of an authorization response, errors included. A present one counts even where
 * nothing advertises it; an absent one is forgiven only there.
 * @see https://www.rfc-editor.org/rfc/rfc9207#section-2.4
 */
export function judgeIss({ advertised, received, issuer }: IssFacts): IssVerdict {
  const relation = compareIssuer(received, issuer);
  if (relation === 'same' || (relation === 'missing' && !advertised)) return { ok: true };
  if (relation === 'missing')
    return {
      ok: false,
      code: 'iss-missing',
      message: `the callback has no iss although the metadata promises one, expected ${quoted(issuer)}`,
    };
  return {
    ok: false,
    code: 'iss-mismatch',
    message: `iss of the callback is ${quoted(received)}, expected ${quoted(issuer)}`,
  };
}
