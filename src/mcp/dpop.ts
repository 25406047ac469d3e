import { createHash, randomUUID } from 'node:crypto';
import { headerValue } from '../trace/headers.ts';
import type { Credentials } from './credentials.ts';

/** The key pair a DPoP token is bound to, and what signs with it. */
export interface DpopKey {
  /** Public key as a JWK. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Signs header and claims of a proof; gives the JWT in compact form. */
  readonly sign: (
    header: Readonly<Record<string, unknown>>,
    claims: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
}

/**
 * A sender-constrained token: a fresh proof for each request, repeated once with the nonce that the
 * server asks for.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-7
 */
export function dpop(accessToken: string, key: DpopKey, now: () => number): Credentials {
  let nonce: string | undefined;
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  return {
    headers: async (method, url) => {
      const proof = await key.sign(
        { typ: 'dpop+jwt', jwk: key.jwk },
        {
          jti: randomUUID(),
          htm: method,
          htu: url.replace(/[?#].*$/s, ''),
          iat: Math.floor(now() / 1000),
          ath,
          ...(nonce !== undefined && { nonce }),
        },
      );
      return [
        ['authorization', `DPoP ${accessToken}`],
        ['dpop', proof],
      ];
    },
    learn: ({ status, headers }) => {
      const offered = headerValue(headers, 'dpop-nonce');
      if (offered === undefined || offered === nonce) return false;
      nonce = offered;
      const challenge = headerValue(headers, 'www-authenticate') ?? '';
      return status === 401 && challenge.includes('use_dpop_nonce');
    },
  };
}
